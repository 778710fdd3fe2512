//! What is known when lines of care are adjudicated, and the case that is made of it.

use std::collections::BTreeMap;

use careway_kernel::{Currency, VisitId};
use chrono::{Days, NaiveDate};

use super::{
    OwnerKind, Parties, ServiceLine,
    requested::{Frame, RequestedLine},
};
use crate::{
    adjudication::{
        accounts::accounts,
        adjudicate,
        amounts::Amounts,
        input::{AdjudicationInput, Approval, Line, PriorService, Review, Tariff},
        outcome::Determination,
        refusal::Refusal,
    },
    benefits::domain::{
        ledger::{Account, Standing},
        posting::Posting,
    },
    contracts::domain::{Clauses, Term},
    coverages::domain::Coverage,
    payer_rules::domain::ClaimRules,
    plans::domain::{Code, PlanDefinition, Scope, Unit, service_type::ServiceType},
    visits::domain::{Visit, transitions::INPATIENT},
};

/// One visit, its patient's cover, and what bears on its care.
#[derive(Debug, Clone)]
pub(crate) struct ServiceFacts {
    pub(crate) visit: Visit,
    pub(crate) parties: Parties,
    /// What the patient was admitted for.
    pub(crate) service_type: ServiceType,
    /// Whether the adult's rules apply.
    pub(crate) adult: bool,
    pub(crate) coverage: Coverage,
    pub(crate) family_size: u32,
    /// The day of the discharge; at the facility, today where the patient is still there.
    pub(crate) last_day: NaiveDate,
    /// The payer's.
    pub(crate) rules: ClaimRules,
    /// By the code and the day they were looked up for.
    pub(crate) tariffs: Vec<KnownTariff>,
    /// When the payer and the facility had a contract, of the days that are looked at.
    pub(crate) contracts: Vec<Term>,
    /// The visit's own, and those that were named.
    pub(crate) approvals: Vec<KnownApproval>,
    /// The member's earlier care that bears on the lines.
    pub(crate) history: Vec<PriorService>,
    /// What stands on accounts; nothing on those that are missing.
    pub(crate) balances: Vec<(Key, Standing)>,
}

/// An agreed price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownTariff {
    pub(crate) day: NaiveDate,
    pub(crate) currency: Currency,
    pub(crate) tariff: Tariff,
}

/// A pre-authorization's line, and what it still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownApproval {
    pub(crate) number: Option<String>,
    pub(crate) visit: VisitId,
    /// Without what it holds: the accounts are the plan's to name.
    pub(crate) approval: Approval,
    pub(crate) held: Vec<(Key, i64)>,
}

/// An account as the ledger names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) account: Code,
    pub(crate) scope: Scope,
    pub(crate) period_key: String,
    pub(crate) unit: Unit,
}

/// What became of all the lines; what became of each stands on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settlement {
    pub(crate) totals: Amounts,
    pub(crate) determination: Determination,
    /// What the ledger is to keep.
    pub(crate) postings: Vec<Posting>,
}

impl Key {
    fn names(&self, account: &Account) -> bool {
        self.account == account.code
            && self.scope == account.scope
            && self.period_key == account.window.key
            && self.unit == account.unit
    }
}

impl ServiceFacts {
    /// When the care may have been given, and in what it is paid.
    pub(crate) fn frame(&self, plan: &PlanDefinition) -> Frame {
        Frame {
            currency: plan.currency,
            first_day: self.visit.service_date,
            last_day: self.last_day,
            latest: "must not be after the discharge, nor after today",
        }
    }

    /// So much that is reserved of an account is as good as free.
    pub(crate) fn free(&mut self, key: &Key, reserved: i64) {
        if let Some((_, standing)) = self.balances.iter_mut().find(|(known, _)| known == key) {
            standing.reserved -= reserved;
        }
    }

    /// Whether an approval that the caller may know of has this number.
    pub(crate) fn knows_approval(&self, number: &str) -> bool {
        self.approvals.iter().any(|it| it.number.as_deref() == Some(number))
    }

    /// Settles every line: a price agreed at an earlier adjudication stays, and reviewers' decisions are heard.
    pub(crate) fn adjudicate(
        &self,
        plan: &PlanDefinition,
        owner: OwnerKind,
        lines: &mut [ServiceLine],
    ) -> Settlement {
        let mut asked: Vec<Line> = lines.iter().map(|line| self.line(plan, owner, line)).collect();
        let accounts = accounts(&self.case(plan, &asked, BTreeMap::new()));
        for approval in asked.iter_mut().filter_map(|line| line.approval.as_mut()) {
            let known = self.approvals.iter().find(|it| it.approval.reservation == approval.reservation);
            let held = known.map(|it| it.held.as_slice()).unwrap_or_default();
            approval.held = accounts.iter().filter_map(|it| Some((it.clone(), find(held, it)?))).collect();
        }
        let standings =
            accounts.iter().filter_map(|it| Some((it.clone(), find(&self.balances, it)?))).collect();
        let outcome = adjudicate(&self.case(plan, &asked, standings));

        let postings = outcome.postings().cloned().collect();
        for settled in outcome.lines {
            let id = settled.cause.id();
            let known = asked.iter().find(|it| it.cause.id() == id);
            let line = lines.iter_mut().find(|it| it.id == id);
            if let (Some(known), Some(line)) = (known, line) {
                let approval = known.approval.as_ref().map(|it| it.reservation);
                line.settle(settled, known.tariff.as_ref(), approval);
            }
        }
        Settlement { totals: outcome.totals, determination: outcome.determination, postings }
    }

    fn case<'a>(
        &'a self,
        plan: &'a PlanDefinition,
        lines: &'a [Line],
        standings: BTreeMap<Account, Standing>,
    ) -> AdjudicationInput<'a> {
        AdjudicationInput {
            plan,
            service_type: &self.service_type,
            visit: self.visit.id,
            visited_on: self.visit.service_date,
            member: self.parties.member,
            facility: self.parties.facility,
            policy_year_from: self.coverage.policy_year_from,
            member_since: self.coverage.member_since,
            adult: self.adult,
            family_size: self.family_size,
            lines,
            standings,
            history: &self.history,
        }
    }

    fn line(&self, plan: &PlanDefinition, owner: OwnerKind, line: &ServiceLine) -> Line {
        let asked = &line.asked;
        let tariff = self.tariff(plan, line);
        Line {
            cause: owner.cause(line.id),
            number: line.position,
            code: asked.code.clone(),
            date: asked.date,
            quantity: asked.quantity,
            // Without an agreed price nothing is paid anyway: such a line is refused for that.
            unit_price: asked.unit_price.or(tariff.as_ref().map(|it| it.price)).unwrap_or(0),
            diagnoses: asked.diagnoses.clone(),
            tariff,
            decision: self
                .uncovered(asked.date)
                .or_else(|| self.outside(owner, asked))
                .or_else(|| line.decision.as_ref().map(|it| it.review.clone())),
            approval: self.approval_for(asked).map(|it| it.approval.clone()),
        }
    }

    /// On the visit's own day the cover that was verified holds, whatever became of it; on later ones it must be in force.
    fn uncovered(&self, date: NaiveDate) -> Option<Review> {
        let over = date != self.visit.service_date && self.coverage.refusal_on(date).is_some();
        over.then(|| Review::Reject { refusal: Refusal::CoverNotInForce, text: String::new() })
    }

    /// A code proves that the patient was there on one day: an outpatient's care is of that day or of the night after it.
    /// Later care needs the patient again, unless the payer was asked for it first and allowed it on that day.
    fn outside(&self, owner: OwnerKind, line: &RequestedLine) -> Option<Review> {
        let night = self.visit.service_date.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
        if self.stays() || owner == OwnerKind::Preauthorization || line.date <= night {
            return None;
        }
        let allowed = self.approval_for(line).is_some_and(|it| {
            it.approval.code == line.code && (it.approval.from..=it.approval.to).contains(&line.date)
        });
        (!allowed).then(|| Review::Reject { refusal: Refusal::OutsideVisit, text: String::new() })
    }

    /// Prices are agreed as long as there is a contract. The one that was verified holds on the visit's own day, and for
    /// whoever was admitted to stay until the discharge, unless it says otherwise.
    fn contracted(&self, day: NaiveDate) -> bool {
        let to_discharge = self.stays() && !self.clauses().inpatients_to_last_day;
        day == self.visit.service_date || to_discharge || self.contracts.iter().any(|term| term.holds(day))
    }

    /// What the contract says that the patient was admitted under; what is usual where it never was, in the end.
    pub(crate) fn clauses(&self) -> Clauses {
        let admitted_under = self.contracts.iter().find(|term| term.holds(self.visit.service_date));
        admitted_under.map(|term| term.clauses).unwrap_or_default()
    }

    /// Whether the patient stays until the discharge, where everybody else's care is of one day.
    fn stays(&self) -> bool {
        self.service_type.as_str() == INPATIENT
    }

    /// The price agreed in the plan's currency, as it was when the line was first adjudicated.
    fn tariff(&self, plan: &PlanDefinition, line: &ServiceLine) -> Option<Tariff> {
        let asked = &line.asked;
        let current = self.tariffs.iter().find(|it| it.day == asked.date && it.tariff.code == asked.code);
        let current =
            current.filter(|it| it.currency == plan.currency && self.contracted(it.day)).map(|it| &it.tariff);
        let frozen =
            line.settled.as_ref().and_then(|it| it.kind.zip(it.tariff_price).zip(it.benefit.clone()));
        match frozen {
            Some(((kind, price), benefit)) => Some(Tariff {
                code: asked.code.clone(),
                kind,
                benefits: vec![benefit],
                price,
                most_quantity: current.and_then(|it| it.most_quantity),
            }),
            None => current.cloned(),
        }
    }

    /// The approval named by its number; else the visit's own for the same code. Of several, one that is for this code,
    /// then one that is valid that day, then one of which something is left.
    fn approval_for(&self, line: &RequestedLine) -> Option<&KnownApproval> {
        let named = |it: &&KnownApproval| match &line.preauthorization {
            Some(number) => it.number.as_ref() == Some(number),
            None => it.visit == self.visit.id && it.approval.code == line.code,
        };
        let fitness = |it: &KnownApproval| {
            let approval = &it.approval;
            let valid = (approval.from..=approval.to).contains(&line.date);
            (approval.code == line.code, valid, approval.quantity.is_some())
        };
        // The last of the best is taken by `max_by_key`, so that the first of them is, they are seen from the end.
        self.approvals.iter().filter(named).rev().max_by_key(|it| fitness(it))
    }
}

fn find<T: Copy>(known: &[(Key, T)], account: &Account) -> Option<T> {
    known.iter().find(|(key, _)| key.names(account)).map(|(_, value)| *value)
}
