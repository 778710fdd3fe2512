//! Benefit statements and ledger entries as the contract shows them.

use careway_contract::visits::v1::{self as proto, ledger_entry::Kind, measure::Value};
use careway_kernel::{Currency, Language};
use careway_service::timestamp;
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    domain::{BenefitLine, LimitLine, Statement},
    store::ledger::Entry,
};
use crate::{
    coverages::domain::Coverage,
    plans::domain::reason::Reason,
    plans::{
        domain::{Ceiling, Code, PlanDefinition, Preauthorization, Unit, text_in},
        view::{count, money, needed, period, scope},
    },
};

/// A statement of a coverage.
pub(crate) fn statement(
    plan: &PlanDefinition,
    coverage: &Coverage,
    statement: &Statement<'_>,
    (on, as_of, language): (NaiveDate, DateTime<Utc>, Language),
) -> proto::BenefitStatement {
    proto::BenefitStatement {
        as_of: Some(timestamp(as_of)),
        on: on.to_string(),
        in_force: statement.refusal.is_none(),
        reason: code(statement.refusal),
        coverage_id: coverage.id.to_string(),
        from: coverage.from.to_string(),
        to: coverage.to.to_string(),
        plan_id: coverage.plan.to_string(),
        plan_version: coverage.plan_version,
        plan_name: text_in(&plan.names, language).to_owned(),
        benefits: statement.benefits.iter().map(|line| benefit(plan, line, language)).collect(),
        ceilings: statement.ceilings.iter().map(|(it, line)| ceiling(plan, it, line, language)).collect(),
    }
}

/// A statement that there is no cover, and why.
pub(crate) fn no_cover(reason: Reason, on: NaiveDate, as_of: DateTime<Utc>) -> proto::BenefitStatement {
    proto::BenefitStatement {
        as_of: Some(timestamp(as_of)),
        on: on.to_string(),
        in_force: false,
        reason: proto::Reason::from(reason).as_str_name().to_owned(),
        ..Default::default()
    }
}

fn benefit(plan: &PlanDefinition, line: &BenefitLine<'_>, language: Language) -> proto::Benefit {
    let BenefitLine { benefit, reason, limits, deductible } = line;
    let until = reason.and_then(Reason::until);
    let above = match benefit.preauthorization {
        Preauthorization::Above(amount) => Some(money(amount, plan.currency)),
        Preauthorization::Never | Preauthorization::Always => None,
    };
    proto::Benefit {
        code: benefit.code.as_str().to_owned(),
        name: text_in(&benefit.names, language).to_owned(),
        service_type: benefit.service_type.to_string(),
        covered: reason.is_none(),
        reason: code(*reason),
        waiting_until: until.map(|day| day.to_string()).unwrap_or_default(),
        limits: limits.iter().map(|it| limit(it, plan.currency)).collect(),
        patient_share: Some(proto::PatientShare {
            copayment: (benefit.copayment > 0).then(|| money(benefit.copayment, plan.currency)),
            coinsurance_percent: benefit.coinsurance.to_string(),
            deductible: deductible.as_ref().map(|it| limit(it, plan.currency)),
        }),
        preauthorization: Some(proto::PreauthorizationNeed {
            needed: needed(benefit.preauthorization).into(),
            above,
        }),
        frequency_days: benefit.frequency_days.map(Into::into),
        ceilings: benefit.ceilings.iter().map(Code::as_str).map(str::to_owned).collect(),
        exclusions: benefit.exclusions.clone(),
        conditions: benefit.conditions.iter().map(|texts| text_in(texts, language).to_owned()).collect(),
    }
}

fn ceiling(
    plan: &PlanDefinition,
    ceiling: &Ceiling,
    line: &LimitLine,
    language: Language,
) -> proto::BenefitCeiling {
    proto::BenefitCeiling {
        code: ceiling.code.as_str().to_owned(),
        name: text_in(&ceiling.names, language).to_owned(),
        limit: Some(limit(line, plan.currency)),
    }
}

fn limit(line: &LimitLine, currency: Currency) -> proto::BenefitLimit {
    let measure = |value| Some(measure(value, line.unit, currency));
    proto::BenefitLimit {
        period: period(line.period).into(),
        scope: scope(line.scope).into(),
        limit: measure(line.most),
        used: measure(line.used),
        reserved: measure(line.reserved),
        left: measure(line.left()),
        next_reset: line.next_reset.map(|day| day.to_string()).unwrap_or_default(),
    }
}

fn measure(value: i64, unit: Unit, currency: Currency) -> proto::Measure {
    proto::Measure {
        value: Some(match unit {
            Unit::Amount => Value::Amount(money(value, currency)),
            Unit::Count => Value::Count(count(value)),
        }),
    }
}

fn code(reason: Option<Reason>) -> String {
    reason.map(|reason| proto::Reason::from(reason).as_str_name().to_owned()).unwrap_or_default()
}

/// One line of the ledger, in the plan's currency.
pub(crate) fn entry(entry: &Entry, currency: Currency) -> proto::LedgerEntry {
    let kind = match entry.kind.as_str() {
        "RESERVE" => Kind::Reserve,
        "COMMIT" => Kind::Commit,
        "RELEASE" => Kind::Release,
        "REVERSE" => Kind::Reverse,
        _ => Kind::Unspecified,
    };
    // The key without the letter that keeps the ledger's keys apart.
    let key = entry.period_key.split_once(':').map(|(_, key)| key);
    let measure = |value| Some(measure(value, entry.unit, currency));
    proto::LedgerEntry {
        entry_id: entry.id.to_string(),
        at: Some(timestamp(entry.at)),
        kind: kind.into(),
        account: entry.account.clone(),
        scope: scope(entry.scope).into(),
        period: period(entry.period).into(),
        period_key: key.unwrap_or_default().to_owned(),
        value: measure(entry.amount),
        used_change: measure(entry.used_delta),
        reserved_change: measure(entry.reserved_delta),
        cause_kind: entry.cause_kind.clone(),
        cause_id: entry.cause_id.to_string(),
    }
}
