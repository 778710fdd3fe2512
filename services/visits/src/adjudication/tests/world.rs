//! A small world to adjudicate in: one plan, one visit, one member at one facility.

use std::collections::BTreeMap;

use careway_kernel::{MemberId, OrganizationId, VisitId};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    adjudication::{
        accounts::accounts,
        adjudicate,
        diagnosis::Diagnosis,
        input::{AdjudicationInput, Approval, Line, PriorService, Tariff, TariffKind},
        outcome::{LineOutcome, Outcome},
        quantity::Quantity,
    },
    benefits::domain::{
        ledger::{Account, Standing},
        posting::Cause,
    },
    plans::domain::{
        Benefit, Ceiling, Code, Deductible, Limit, PlanDefinition, Scope, Unit,
        period::Period,
        service_type::ServiceType,
        tests::plan::{benefit, plan},
    },
};

pub(super) const VISIT: VisitId = VisitId::from_uuid(Uuid::from_u128(1));
pub(super) const MEMBER: MemberId = MemberId::from_uuid(Uuid::from_u128(2));
pub(super) const FACILITY: OrganizationId = OrganizationId::from_uuid(Uuid::from_u128(3));
pub(super) const RESERVATION: Uuid = Uuid::from_u128(4);

/// A case, and all it borrows.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) plan: PlanDefinition,
    pub(super) service_type: ServiceType,
    pub(super) visited_on: NaiveDate,
    pub(super) policy_year_from: NaiveDate,
    pub(super) member_since: NaiveDate,
    pub(super) adult: bool,
    pub(super) family_size: u32,
    pub(super) lines: Vec<Line>,
    pub(super) standings: BTreeMap<Account, Standing>,
    pub(super) history: Vec<PriorService>,
}

impl World {
    /// An adult with no history, in a plan of these benefits.
    pub(super) fn of(benefits: Vec<Benefit>) -> Self {
        Self {
            plan: plan(benefits),
            service_type: ServiceType::parse("OUTPATIENT").unwrap(),
            visited_on: day("2026-06-15"),
            policy_year_from: day("2026-01-01"),
            member_since: day("2026-01-01"),
            adult: true,
            family_size: 1,
            lines: Vec::new(),
            standings: BTreeMap::new(),
            history: Vec::new(),
        }
    }

    pub(super) fn with(mut self, lines: impl IntoIterator<Item = Line>) -> Self {
        self.lines = lines.into_iter().collect();
        self
    }

    pub(super) fn with_ceiling(mut self, code: &str, limit: Limit) -> Self {
        self.plan.ceilings.push(Ceiling { code: self::code(code), names: self.plan.names.clone(), limit });
        self
    }

    pub(super) fn with_deductible(mut self, code: &str, period: Period, scope: Scope, amount: i64) -> Self {
        self.plan.deductibles.push(Deductible { code: self::code(code), period, scope, amount });
        self
    }

    /// So much used and reserved on every account of a code.
    pub(super) fn standing(mut self, code: &str, used: i64, reserved: i64) -> Self {
        for account in self.accounts().into_iter().filter(|it| it.code.as_str() == code) {
            self.standings.insert(account, Standing { used, reserved });
        }
        self
    }

    pub(super) fn case(&self) -> AdjudicationInput<'_> {
        AdjudicationInput {
            plan: &self.plan,
            service_type: &self.service_type,
            visit: VISIT,
            visited_on: self.visited_on,
            member: MEMBER,
            facility: FACILITY,
            policy_year_from: self.policy_year_from,
            member_since: self.member_since,
            adult: self.adult,
            family_size: self.family_size,
            lines: &self.lines,
            standings: self.standings.clone(),
            history: &self.history,
        }
    }

    pub(super) fn accounts(&self) -> Vec<Account> {
        accounts(&self.case())
    }

    pub(super) fn adjudicate(&self) -> Outcome {
        adjudicate(&self.case())
    }

    /// What becomes of the only line.
    pub(super) fn only(&self) -> LineOutcome {
        let [line] = <[LineOutcome; 1]>::try_from(self.adjudicate().lines).unwrap();
        line
    }

    /// The only line as it is on another day.
    pub(super) fn only_on(&self, date: &str) -> LineOutcome {
        let line = Line { date: day(date), ..self.lines[0].clone() };
        self.clone().with([line]).only()
    }
}

/// The outpatient benefit that lines fall under.
pub(super) fn care() -> Benefit {
    benefit("CARE", "OUTPATIENT")
}

/// A line of a claim under `CARE`, at the agreed price.
pub(super) fn line(number: u16, code: &str, quantity: &str, unit_price: i64) -> Line {
    Line {
        cause: Cause::ClaimLine(Uuid::from_u128(0x100 + u128::from(number))),
        number,
        code: code.to_owned(),
        date: day("2026-06-15"),
        quantity: self::quantity(quantity),
        unit_price,
        diagnoses: vec![Diagnosis::parse("J06.9").unwrap()],
        tariff: Some(Tariff {
            code: code.to_owned(),
            kind: TariffKind::Service,
            benefits: vec![self::code("CARE")],
            price: unit_price,
            most_quantity: None,
        }),
        decision: None,
        approval: None,
    }
}

/// An approval of `SCAN` for this member and facility, all year, that holds nothing.
pub(super) fn approval(quantity: &str) -> Approval {
    Approval {
        reservation: RESERVATION,
        code: "SCAN".to_owned(),
        member: MEMBER,
        facility: FACILITY,
        from: day("2026-01-01"),
        to: day("2026-12-31"),
        quantity: Some(self::quantity(quantity)),
        amount: None,
        held: Vec::new(),
    }
}

pub(super) fn limit(period: Period, scope: Scope, unit: Unit, most: i64) -> Limit {
    Limit { period, scope, unit, most, growth: None }
}

/// A limit of the member's policy year.
pub(super) fn yearly(unit: Unit, most: i64) -> Limit {
    limit(Period::PolicyYear, Scope::Member, unit, most)
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

pub(super) fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

/// The codes of a line's refusals.
pub(super) fn refusals(line: &LineOutcome) -> Vec<&'static str> {
    line.refusals.iter().map(|it| it.refusal.code()).collect()
}
