//! What adjudication is given: one claim or pre-authorization, and what is known of its member, prices and limits.

use std::collections::BTreeMap;

use careway_kernel::{MemberId, OrganizationId, VisitId};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{diagnosis::Diagnosis, quantity::Quantity, refusal::Refusal};
use crate::{
    benefits::domain::{
        ledger::{Account, Standing},
        posting::Cause,
    },
    plans::domain::{AgeGroup, Benefit, Code, PlanDefinition, service_type::ServiceType},
};

/// Everything adjudication reckons with.
#[derive(Debug, Clone)]
pub(crate) struct AdjudicationInput<'a> {
    /// The version that the member's coverage keeps.
    pub(crate) plan: &'a PlanDefinition,
    /// The visit's kind of care.
    pub(crate) service_type: &'a ServiceType,
    pub(crate) visit: VisitId,
    /// The visit's day of service: what is counted by the visit is kept under it, whatever days its lines have.
    pub(crate) visited_on: NaiveDate,
    pub(crate) member: MemberId,
    pub(crate) facility: OrganizationId,
    /// Policy years start on this day of the year.
    pub(crate) policy_year_from: NaiveDate,
    /// The member's own start, from which waiting periods run.
    pub(crate) member_since: NaiveDate,
    /// Whether the adult's rules apply.
    pub(crate) adult: bool,
    pub(crate) family_size: u32,
    /// Taken by their numbers, in whatever order they stand here.
    pub(crate) lines: &'a [Line],
    /// How the accounts stand that [`accounts`](crate::adjudication::accounts::accounts) names, what this case itself posted
    /// before left out; an account that is not here has nothing on it. Empty while the accounts are asked for.
    pub(crate) standings: BTreeMap<Account, Standing>,
    /// The member's earlier care that stands: of claims neither rejected nor recalled, this one's left out.
    pub(crate) history: &'a [PriorService],
}

/// One service or medicine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What the ledger's entries are made for. Of a pre-authorization, no approval is asked for.
    pub(crate) cause: Cause,
    /// Its place in the claim, which decides which line takes first.
    pub(crate) number: u16,
    /// The code of the service or medicine, in capitals.
    pub(crate) code: String,
    pub(crate) date: NaiveDate,
    /// As claimed.
    pub(crate) quantity: Quantity,
    /// The price of one as claimed, in minor units; not negative.
    pub(crate) unit_price: i64,
    pub(crate) diagnoses: Vec<Diagnosis>,
    /// What was agreed for the code at the facility on the day; none when nothing was.
    pub(crate) tariff: Option<Tariff>,
    /// What the payer's reviewer decided; none before a review.
    pub(crate) decision: Option<Review>,
    /// The pre-authorization's line that is cited, or was found, for it.
    pub(crate) approval: Option<Approval>,
}

/// The agreed price of one code at one facility on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tariff {
    /// In capitals.
    pub(crate) code: String,
    pub(crate) kind: TariffKind,
    /// The plans' benefits it may fall under; of those that the plan has for the visit's kind of care the first applies.
    pub(crate) benefits: Vec<Code>,
    /// The price of one, in minor units; not negative.
    pub(crate) price: i64,
    /// At most so much on one line.
    pub(crate) most_quantity: Option<Quantity>,
}

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TariffKind {
    Service,
    Medicine,
}

impl TariffKind {
    pub(crate) const ALL: [Self; 2] = [Self::Service, Self::Medicine];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "SERVICE",
            Self::Medicine => "MEDICINE",
        }
    }
}

/// What the payer's reviewer decided of one line. Nothing overrules it, and it overrules no limit of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Review {
    /// Nothing was objected to; the plan's rules and limits hold as without a review.
    Accept,
    Reject {
        refusal: Refusal,
        /// The reviewer's own words.
        text: String,
    },
    /// Less than was claimed. A quantity stands in place of the price list's most, a price in place of the tariff's.
    Adjust {
        quantity: Option<Quantity>,
        unit_price: Option<i64>,
        /// The reviewer's own words.
        reason: String,
    },
}

/// What a pre-authorization's line still allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Approval {
    /// The pre-authorization's line: the cause of what it reserved. Lines that cite the same share what it allows.
    pub(crate) reservation: Uuid,
    /// The service or medicine that was approved, in capitals.
    pub(crate) code: String,
    pub(crate) member: MemberId,
    pub(crate) facility: OrganizationId,
    /// The first and the last day it may be used on, both inclusive.
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    /// What is left of the approved quantity; none when it is used up.
    pub(crate) quantity: Option<Quantity>,
    /// What is left of the approved price, before the patient's part, in minor units; none where only the quantity
    /// is bounded.
    pub(crate) amount: Option<i64>,
    /// What it still holds on each account.
    pub(crate) held: Vec<(Account, i64)>,
}

/// PriorService that was paid for, or at least accepted, before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PriorService {
    pub(crate) benefit: Code,
    /// The code of the service or medicine, in capitals.
    pub(crate) code: String,
    pub(crate) date: NaiveDate,
}

impl<'a> AdjudicationInput<'a> {
    /// The plan's benefit that a line falls under; none without a tariff, or when the plan has none of its benefits
    /// for this kind of care.
    pub(crate) fn benefit_of(&self, line: &Line) -> Option<&'a Benefit> {
        let here = |code: &Code| {
            let fits = |it: &&Benefit| it.code == *code && it.service_type == *self.service_type;
            self.plan.benefits.iter().find(fits)
        };
        line.tariff.as_ref()?.benefits.iter().find_map(here)
    }

    /// Whose rules apply.
    pub(super) const fn age_group(&self) -> AgeGroup {
        if self.adult { AgeGroup::Adult } else { AgeGroup::Child }
    }
}
