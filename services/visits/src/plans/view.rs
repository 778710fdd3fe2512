//! Plans as the contract shows them.

use careway_contract::types::v1::{LocalizedText, Money as MoneyMessage};
use careway_contract::visits::v1::{
    self as proto, plan_benefit, plan_definition::AdjudicationStep, plan_limit, preauthorization_rule::Needed,
};
use careway_kernel::{Currency, Money};
use careway_service::timestamp;

use super::domain::{
    AgeGroup, Benefit, Code, Deductible, Limit, PlanDefinition, PlanVersion, Preauthorization, Scope, Step,
    Texts, Unit, period::Period,
};

pub(crate) fn plan(plan: &PlanVersion) -> proto::Plan {
    proto::Plan {
        plan_id: plan.id.to_string(),
        payer_id: plan.payer.to_string(),
        version: plan.version,
        latest_version: plan.latest_version,
        created_at: Some(timestamp(plan.created_at)),
        definition: Some(definition(&plan.definition)),
    }
}

fn definition(plan: &PlanDefinition) -> proto::PlanDefinition {
    proto::PlanDefinition {
        code: plan.code.clone(),
        names: texts(&plan.names),
        currency: plan.currency.code().to_owned(),
        adult_age: Some(plan.adult_age.into()),
        benefits: plan.benefits.iter().map(|it| benefit(it, plan.currency)).collect(),
        ceilings: plan
            .ceilings
            .iter()
            .map(|it| proto::PlanCeiling {
                code: it.code.as_str().to_owned(),
                names: texts(&it.names),
                limit: Some(limit(&it.limit, plan.currency)),
            })
            .collect(),
        deductibles: plan.deductibles.iter().map(|it| deductible(it, plan.currency)).collect(),
        order: plan.order.iter().map(|it| step(*it).into()).collect(),
    }
}

fn benefit(benefit: &Benefit, currency: Currency) -> proto::PlanBenefit {
    let above = match benefit.preauthorization {
        Preauthorization::Above(amount) => decimal(amount, currency),
        Preauthorization::Never | Preauthorization::Always => String::new(),
    };
    proto::PlanBenefit {
        code: benefit.code.as_str().to_owned(),
        service_type: benefit.service_type.to_string(),
        names: texts(&benefit.names),
        covered: Some(benefit.covered),
        limits: benefit.limits.iter().map(|it| limit(it, currency)).collect(),
        deductible: benefit.deductible.as_ref().map(Code::as_str).unwrap_or_default().to_owned(),
        ceilings: benefit.ceilings.iter().map(|code| code.as_str().to_owned()).collect(),
        ceiling_exempt: benefit.ceiling_exempt.iter().map(|it| age_group(*it).into()).collect(),
        copayment: decimal(benefit.copayment, currency),
        coinsurance_percent: benefit.coinsurance.to_string(),
        waiting: Some(proto::WaitingRule {
            adult_months: benefit.waiting.adult.months.into(),
            adult_days: benefit.waiting.adult.days.into(),
            child_months: benefit.waiting.child.months.into(),
            child_days: benefit.waiting.child.days.into(),
        }),
        frequency_days: benefit.frequency_days.map(Into::into),
        preauthorization: Some(proto::PreauthorizationRule {
            needed: needed(benefit.preauthorization).into(),
            above,
        }),
        exclusions: benefit.exclusions.clone(),
        conditions: benefit
            .conditions
            .iter()
            .map(|it| proto::SpecialCondition { texts: texts(it) })
            .collect(),
    }
}

fn limit(limit: &Limit, currency: Currency) -> proto::PlanLimit {
    let value = |value: i64| match limit.unit {
        Unit::Amount => decimal(value, currency),
        Unit::Count => value.to_string(),
    };
    proto::PlanLimit {
        period: period(limit.period).into(),
        scope: scope(limit.scope).into(),
        amount: if limit.unit == Unit::Amount { value(limit.most) } else { String::new() },
        count: (limit.unit == Unit::Count).then(|| count(limit.most)),
        growth: limit.growth.map(|growth| proto::LimitGrowth {
            above_members: growth.above_members.into(),
            each: value(growth.each),
            cap: value(growth.cap),
        }),
    }
}

fn deductible(deductible: &Deductible, currency: Currency) -> proto::PlanDeductible {
    proto::PlanDeductible {
        code: deductible.code.as_str().to_owned(),
        period: period(deductible.period).into(),
        scope: scope(deductible.scope).into(),
        amount: decimal(deductible.amount, currency),
    }
}

pub(crate) fn texts(texts: &Texts) -> Vec<LocalizedText> {
    let text = |(language, text): (&careway_kernel::Language, &String)| LocalizedText {
        language: language.as_str().to_owned(),
        text: text.clone(),
    };
    texts.iter().map(text).collect()
}

pub(crate) fn money(minor: i64, currency: Currency) -> MoneyMessage {
    MoneyMessage { currency: currency.code().to_owned(), amount: decimal(minor, currency) }
}

/// A count fits the contract's integers: no limit is larger than one.
pub(crate) fn count(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

pub(crate) const fn period(period: Period) -> plan_limit::Period {
    match period {
        Period::Visit => plan_limit::Period::Visit,
        Period::Day => plan_limit::Period::Day,
        Period::Month => plan_limit::Period::Month,
        Period::PolicyYear => plan_limit::Period::PolicyYear,
        Period::Lifetime => plan_limit::Period::Lifetime,
    }
}

pub(crate) const fn scope(scope: Scope) -> plan_limit::Scope {
    match scope {
        Scope::Member => plan_limit::Scope::Member,
        Scope::Family => plan_limit::Scope::Family,
    }
}

pub(crate) const fn needed(preauthorization: Preauthorization) -> Needed {
    match preauthorization {
        Preauthorization::Never => Needed::Never,
        Preauthorization::Always => Needed::Always,
        Preauthorization::Above(_) => Needed::Above,
    }
}

const fn age_group(group: AgeGroup) -> plan_benefit::AgeGroup {
    match group {
        AgeGroup::Adult => plan_benefit::AgeGroup::Adult,
        AgeGroup::Child => plan_benefit::AgeGroup::Child,
    }
}

const fn step(step: Step) -> AdjudicationStep {
    match step {
        Step::TariffCap => AdjudicationStep::TariffCap,
        Step::Exclusions => AdjudicationStep::Exclusions,
        Step::Deductible => AdjudicationStep::Deductible,
        Step::Copayment => AdjudicationStep::Copayment,
        Step::Coinsurance => AdjudicationStep::Coinsurance,
        Step::CategoryLimit => AdjudicationStep::CategoryLimit,
        Step::Ceiling => AdjudicationStep::Ceiling,
    }
}

fn decimal(minor: i64, currency: Currency) -> String {
    Money::new(currency, minor).amount()
}
