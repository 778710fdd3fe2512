//! A plan's definition as it comes over the wire, read strictly: every violation with its path.

use careway_contract::types::v1::LocalizedText;
use careway_contract::visits::v1::{
    self as proto, plan_benefit, plan_definition::AdjudicationStep, plan_limit, preauthorization_rule::Needed,
};
use careway_kernel::{Currency, Language, Money, Percent, Violations, text::Text};

use super::domain::{
    AgeGroup, Benefit, Ceiling, Code, Deductible, Growth, Limit, PlanDefinition, Preauthorization, Scope,
    Span, Step, Texts, Unit, Waiting,
    period::Period,
    rules::{check_benefit, check_limit, check_plan, check_shared},
    service_type::ServiceType,
};

const ADULT_AGE: i32 = 18;
const LONGEST_TEXT: usize = 500;

/// Reads and checks a definition. `known` are the service types there are.
pub(crate) fn parse(
    v: &mut Violations,
    wire: proto::PlanDefinition,
    known: &[ServiceType],
) -> Option<PlanDefinition> {
    let code = v.required("code", wire.code.as_str(), parse_plan_code);
    let names = texts(v, "names", &wire.names);
    let currency = v.required("currency", wire.currency.as_str(), Currency::parse);
    let adult_age = number(v, "adultAge", Some(wire.adult_age.unwrap_or(ADULT_AGE)));
    // Amounts cannot be read without knowing their currency; the rest is, so that all violations come at once.
    let money = currency.unwrap_or(Currency::Rwf);
    let benefits = v.each("benefits", wire.benefits, |v, it| benefit(v, it, money, known));
    let ceilings = v.each("ceilings", wire.ceilings, |v, it| ceiling(v, it, money));
    let deductibles = v.each("deductibles", wire.deductibles, |v, it| deductible(v, it, money));
    let order = order(v, &wire.order);
    let plan = PlanDefinition {
        code: code?,
        names: names?,
        currency: currency?,
        adult_age: adult_age?,
        benefits: benefits?,
        ceilings: ceilings?,
        deductibles: deductibles?,
        order: order?,
    };
    check_plan(v, &plan);
    Some(plan)
}

fn benefit(
    v: &mut Violations,
    wire: proto::PlanBenefit,
    money: Currency,
    known: &[ServiceType],
) -> Option<Benefit> {
    let code = v.required("code", wire.code.as_str(), Code::parse);
    let service_type = v.required("serviceType", wire.service_type.as_str(), ServiceType::parse);
    let names = texts(v, "names", &wire.names);
    let limits = v.each("limits", wire.limits, |v, it| limit(v, it, money));
    let deductible = v.optional("deductible", wire.deductible.as_str(), Code::parse);
    let ceilings = v.each("ceilings", &wire.ceilings, |v, it| v.field("", Code::parse(it)));
    let ceiling_exempt = v.each("ceilingExempt", wire.ceiling_exempt, |v, it| match it.try_into() {
        Ok(plan_benefit::AgeGroup::Adult) => Some(AgeGroup::Adult),
        Ok(plan_benefit::AgeGroup::Child) => Some(AgeGroup::Child),
        _ => v.present("", None),
    });
    let copayment = v.optional("copayment", wire.copayment.as_str(), |text| minor(text, money));
    let coinsurance = v.optional("coinsurancePercent", wire.coinsurance_percent.as_str(), Percent::parse);
    let waiting = waiting(v, wire.waiting.unwrap_or_default());
    let frequency_days = match wire.frequency_days {
        Some(days) => number(v, "frequencyDays", Some(days)).map(Some),
        None => Some(None),
    };
    let preauthorization =
        v.within("preauthorization", |v| preauthorization(v, wire.preauthorization, money));
    let exclusions = v.each("exclusions", &wire.exclusions, |v, it| v.field("", parse_exclusion(it)));
    let conditions = v.each("conditions", &wire.conditions, |v, it| texts(v, "texts", &it.texts));
    let benefit = Benefit {
        code: code?,
        service_type: service_type?,
        names: names?,
        covered: wire.covered.unwrap_or(true),
        limits: limits?,
        deductible: deductible?,
        ceilings: ceilings?,
        ceiling_exempt: ceiling_exempt?,
        copayment: copayment?.unwrap_or(0),
        coinsurance: coinsurance?.unwrap_or(Percent::ZERO),
        waiting: waiting?,
        frequency_days: frequency_days?,
        preauthorization: preauthorization?,
        exclusions: exclusions?,
        conditions: conditions?,
    };
    check_benefit(v, &benefit, known);
    Some(benefit)
}

fn ceiling(v: &mut Violations, wire: proto::PlanCeiling, money: Currency) -> Option<Ceiling> {
    let code = v.required("code", wire.code.as_str(), Code::parse);
    let names = texts(v, "names", &wire.names);
    let limit = v.present("limit", wire.limit).and_then(|it| v.within("limit", |v| limit(v, it, money)));
    Some(Ceiling { code: code?, names: names?, limit: limit? })
}

fn deductible(v: &mut Violations, wire: proto::PlanDeductible, money: Currency) -> Option<Deductible> {
    let code = v.required("code", wire.code.as_str(), Code::parse);
    let period = period(v, wire.period());
    let scope = scope(v, wire.scope());
    let amount = v.required("amount", wire.amount.as_str(), |text| minor(text, money));
    let deductible = Deductible { code: code?, period: period?, scope: scope?, amount: amount? };
    v.check("amount", deductible.amount > 0, "must be more than 0");
    check_shared(v, deductible.period, deductible.scope);
    Some(deductible)
}

fn limit(v: &mut Violations, wire: proto::PlanLimit, money: Currency) -> Option<Limit> {
    let period = period(v, wire.period());
    let scope = scope(v, wire.scope());
    let (unit, field, most) = match wire.count {
        Some(count) => {
            v.check("amount", wire.amount.is_empty(), "must be left out beside a count");
            (Unit::Count, "count", Some(i64::from(count)))
        }
        None => {
            (Unit::Amount, "amount", v.required("amount", wire.amount.as_str(), |text| minor(text, money)))
        }
    };
    let growth = match wire.growth {
        Some(growth) => v.within("growth", |v| self::growth(v, &growth, unit, money)).map(Some),
        None => Some(None),
    };
    let limit = Limit { period: period?, scope: scope?, unit, most: most?, growth: growth? };
    check_limit(v, &limit, field);
    Some(limit)
}

fn growth(v: &mut Violations, wire: &proto::LimitGrowth, unit: Unit, money: Currency) -> Option<Growth> {
    let value = |text: &str| match unit {
        Unit::Amount => minor(text, money),
        Unit::Count => text.parse::<u32>().map(i64::from).map_err(|_| "must be a whole number".to_owned()),
    };
    let above_members = number(v, "aboveMembers", Some(wire.above_members));
    let each = v.required("each", wire.each.as_str(), value);
    let cap = v.required("cap", wire.cap.as_str(), value);
    Some(Growth { above_members: above_members?, each: each?, cap: cap? })
}

fn waiting(v: &mut Violations, wire: proto::WaitingRule) -> Option<Waiting> {
    let adult_months = number(v, "waiting.adultMonths", Some(wire.adult_months));
    let adult_days = number(v, "waiting.adultDays", Some(wire.adult_days));
    let child_months = number(v, "waiting.childMonths", Some(wire.child_months));
    let child_days = number(v, "waiting.childDays", Some(wire.child_days));
    Some(Waiting {
        adult: Span { months: adult_months?, days: adult_days? },
        child: Span { months: child_months?, days: child_days? },
    })
}

fn preauthorization(
    v: &mut Violations,
    wire: Option<proto::PreauthorizationRule>,
    money: Currency,
) -> Option<Preauthorization> {
    let Some(wire) = wire else { return Some(Preauthorization::Never) };
    let above = wire.needed() == Needed::Above;
    v.check("above", above || wire.above.is_empty(), "must be left out unless needed is ABOVE");
    match wire.needed() {
        Needed::Unspecified | Needed::Never => Some(Preauthorization::Never),
        Needed::Always => Some(Preauthorization::Always),
        Needed::Above => {
            let amount = v.required("above", wire.above.as_str(), |text| minor(text, money));
            amount.map(Preauthorization::Above)
        }
    }
}

fn order(v: &mut Violations, wire: &[i32]) -> Option<Vec<Step>> {
    if wire.is_empty() {
        return Some(Step::DEFAULT_ORDER.to_vec());
    }
    v.each("order", wire, |v, step| match AdjudicationStep::try_from(*step) {
        Ok(AdjudicationStep::TariffCap) => Some(Step::TariffCap),
        Ok(AdjudicationStep::Exclusions) => Some(Step::Exclusions),
        Ok(AdjudicationStep::Deductible) => Some(Step::Deductible),
        Ok(AdjudicationStep::Copayment) => Some(Step::Copayment),
        Ok(AdjudicationStep::Coinsurance) => Some(Step::Coinsurance),
        Ok(AdjudicationStep::CategoryLimit) => Some(Step::CategoryLimit),
        Ok(AdjudicationStep::Ceiling) => Some(Step::Ceiling),
        Ok(AdjudicationStep::Unspecified) | Err(_) => v.present("", None),
    })
}

fn period(v: &mut Violations, wire: plan_limit::Period) -> Option<Period> {
    let period = match wire {
        plan_limit::Period::Unspecified => None,
        plan_limit::Period::Visit => Some(Period::Visit),
        plan_limit::Period::Day => Some(Period::Day),
        plan_limit::Period::Month => Some(Period::Month),
        plan_limit::Period::PolicyYear => Some(Period::PolicyYear),
        plan_limit::Period::Lifetime => Some(Period::Lifetime),
    };
    v.present("period", period)
}

fn scope(v: &mut Violations, wire: plan_limit::Scope) -> Option<Scope> {
    let scope = match wire {
        plan_limit::Scope::Unspecified => None,
        plan_limit::Scope::Member => Some(Scope::Member),
        plan_limit::Scope::Family => Some(Scope::Family),
    };
    v.present("scope", scope)
}

fn texts(v: &mut Violations, field: &str, wire: &[LocalizedText]) -> Option<Texts> {
    v.check(field, !wire.is_empty(), "must be given in at least one language");
    let mut texts = Texts::new();
    let read = v.each(field, wire, |v, it| {
        let language = v.required("language", it.language.as_str(), Language::parse);
        let text = v.required("text", it.text.as_str(), Text::<LONGEST_TEXT>::parse);
        let (language, text) = (language?, text?);
        v.check("language", texts.insert(language, text.into()).is_none(), "must not be given twice");
        Some(())
    });
    read.map(|_| texts)
}

fn number<N: TryFrom<i32>>(v: &mut Violations, field: &str, value: Option<i32>) -> Option<N> {
    let number = value.and_then(|value| N::try_from(value).ok());
    v.check(field, number.is_some(), "must be a small whole number, not negative");
    number
}

/// Minor units of an amount of money that is not negative.
fn minor(text: &str, currency: Currency) -> Result<i64, String> {
    let money = Money::parse(currency.code(), text).map_err(|error| error.to_string())?;
    if money.is_negative() { Err("must not be negative".to_owned()) } else { Ok(money.minor) }
}

fn parse_plan_code(text: &str) -> Result<String, &'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    let code = text.trim().to_ascii_uppercase();
    let fine = (1..=40).contains(&code.len()) && code.bytes().all(allowed);
    fine.then_some(code).ok_or("must be 1 to 40 letters, digits and - _ . /")
}

fn parse_exclusion(text: &str) -> Result<String, &'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let code = text.trim().to_ascii_uppercase();
    let fine = (1..=40).contains(&code.len()) && code.bytes().all(allowed);
    fine.then_some(code).ok_or("must be the code of a service, a medicine or a diagnosis")
}
