//! A line of care as a pre-authorization or a claim keeps it: asked for, adjudicated, decided.

pub(crate) mod facts;
pub(crate) mod refusal;
pub(crate) mod requested;

use careway_kernel::{CoverageId, MemberId, OrganizationId, VisitId};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    adjudication::{
        amounts::Amounts,
        input::{Review, Tariff, TariffKind},
        outcome::{Determination, LineOutcome},
        quantity::Quantity,
        refusal::Refused,
        trace::TraceStep,
    },
    benefits::domain::posting::Cause,
    plans::domain::Code,
};
use requested::RequestedLine;

/// What a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OwnerKind {
    Preauthorization,
    Claim,
}

impl OwnerKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Preauthorization => "PREAUTHORIZATION",
            Self::Claim => "CLAIM",
        }
    }

    /// What the ledger's entries for a line of it are made for.
    pub(crate) const fn cause(self, line: Uuid) -> Cause {
        match self {
            Self::Preauthorization => Cause::PreauthorizationLine(line),
            Self::Claim => Cause::ClaimLine(line),
        }
    }
}

/// The pre-authorization or claim whose lines they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) kind: OwnerKind,
    pub(crate) id: Uuid,
    /// The number people know it by, once it has one.
    pub(crate) number: Option<String>,
}

/// Whose care it is, where, and who pays: the same for all lines of an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parties {
    pub(crate) payer: OrganizationId,
    pub(crate) facility: OrganizationId,
    pub(crate) visit: VisitId,
    pub(crate) member: MemberId,
    pub(crate) coverage: CoverageId,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceLine {
    pub(crate) id: Uuid,
    /// Its place among its owner's lines, from 1.
    pub(crate) position: u16,
    pub(crate) asked: RequestedLine,
    /// None before adjudication.
    pub(crate) settled: Option<Settled>,
    /// What the payer's reviewer decided; none where nobody had to.
    pub(crate) decision: Option<Decision>,
    /// Of a pre-authorization: the first and the last day on which the care may be given.
    pub(crate) approved: Option<(NaiveDate, NaiveDate)>,
    /// Whether it counts: of a claim, for duplicates and frequency; of a pre-authorization, as an approval.
    pub(crate) active: bool,
    /// The line that took its place.
    pub(crate) replaced_by: Option<Uuid>,
}

/// What adjudication made of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) determination: Determination,
    /// None when no price was agreed for the code.
    pub(crate) kind: Option<TariffKind>,
    /// The agreed price of one, as it was then.
    pub(crate) tariff_price: Option<i64>,
    /// The plan's benefit it falls under.
    pub(crate) benefit: Option<Code>,
    /// Whether the plan wants the payer asked first.
    pub(crate) needs_approval: bool,
    /// The pre-authorization's line it draws on.
    pub(crate) approval: Option<Uuid>,
    /// What is approved of the quantity; none when rejected.
    pub(crate) quantity: Option<Quantity>,
    /// The price of what is approved, before any share of the patient.
    pub(crate) allowed: i64,
    pub(crate) amounts: Amounts,
    pub(crate) refusals: Vec<Refused>,
    pub(crate) trace: Vec<TraceStep>,
}

/// A reviewer's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) review: Review,
    pub(crate) by: Uuid,
    pub(crate) at: DateTime<Utc>,
}

impl ServiceLine {
    /// A line that was just asked for.
    pub(crate) fn new(id: Uuid, position: u16, asked: RequestedLine) -> Self {
        Self {
            id,
            position,
            asked,
            settled: None,
            decision: None,
            approved: None,
            active: false,
            replaced_by: None,
        }
    }

    /// Keeps what adjudication made of it. Whether it counts is its owner's to say.
    pub(crate) fn settle(&mut self, outcome: LineOutcome, tariff: Option<&Tariff>, approval: Option<Uuid>) {
        self.settled = Some(Settled {
            determination: outcome.determination,
            kind: tariff.map(|it| it.kind),
            tariff_price: tariff.map(|it| it.price),
            benefit: outcome.benefit,
            needs_approval: outcome.needs_approval,
            approval: approval.filter(|_| outcome.draws),
            quantity: outcome.quantity,
            allowed: outcome.allowed,
            amounts: outcome.amounts,
            refusals: outcome.refusals,
            trace: outcome.trace,
        });
    }

    /// Whether anything of it was approved.
    pub(crate) fn stands(&self) -> bool {
        self.settled.as_ref().is_some_and(|it| it.determination != Determination::Rejected)
    }
}
