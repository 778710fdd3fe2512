//! What every decision of a pre-authorization goes through: its lines settled by the plan, the rules' word, and everything
//! kept in one statement: itself, its lines, what they hold and what they no longer hold.

use careway_kernel::{OrganizationId, PreauthorizationId};
use careway_service::{Error, Result, Transaction};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    domain::{
        Preauthorization, Rules, Validity,
        line::{Need, Outcome, PreauthorizationLine},
        transitions::{Finding, PreauthorizationRefusal},
    },
    store::{self, SavePreauthorization, facts::Amending},
};
use crate::{
    App,
    adjudication::{
        amounts::Amounts,
        outcome::Determination,
        refusal::{Refusal, Refused},
    },
    benefits::domain::posting::Posting,
    documents::{
        self,
        store::citation::{Citation, CitationKind},
    },
    service_lines::{
        domain::{OwnerKind, ServiceLine},
        settle::AdjudicationContext,
    },
};

/// A pre-authorization on its way: as it was, as its lines are becoming, and what bears on them.
pub(crate) struct PreauthorizationDraft {
    pub(crate) care: AdjudicationContext,
    /// The lines as they are to be.
    pub(crate) lines: Vec<ServiceLine>,
    /// The thousandths of each that claims have taken, by the line's id.
    pub(crate) taken: Vec<(Uuid, i64)>,
    is_new: bool,
    /// The lines as they are kept.
    kept: Vec<ServiceLine>,
    held: Vec<Uuid>,
    postings: Vec<Posting>,
}

impl PreauthorizationDraft {
    /// Nothing is kept of a new one.
    pub(crate) fn new(care: AdjudicationContext, lines: Vec<ServiceLine>) -> Self {
        Self {
            care,
            lines,
            taken: Vec::new(),
            is_new: true,
            kept: Vec::new(),
            held: Vec::new(),
            postings: Vec::new(),
        }
    }

    /// Locks one that is kept, and all that bears on it; 404 when the party has no such one.
    pub(crate) async fn lock(
        app: &App,
        tx: &mut Transaction,
        id: PreauthorizationId,
        party: OrganizationId,
        amending: Amending<'_>,
    ) -> Result<(Self, Preauthorization)> {
        let (now, keys) = (tx.now(), &app.context.keys);
        let found = store::facts::lock_kept(tx, keys, id, party, now, amending).await?;
        let found = found.ok_or(Error::not_found("pre-authorization"))?;
        let care = AdjudicationContext::with(app, tx, found.facts).await?;
        let taken = found.lines.iter().map(|(line, taken)| (line.id, *taken)).collect();
        let lines: Vec<ServiceLine> = found.lines.into_iter().map(|(line, _)| line).collect();
        let held = found.preauthorization.held();
        let kept = lines.clone();
        let case = Self { care, lines, taken, is_new: false, kept, held, postings: Vec::new() };
        Ok((case, found.preauthorization))
    }

    /// The numbers of the lines that claims have drawn on.
    pub(crate) fn in_use(&self) -> Vec<u16> {
        let drawn = |line: &&ServiceLine| self.taken.iter().any(|(id, taken)| *id == line.id && *taken > 0);
        self.lines.iter().filter(drawn).map(|line| line.position).collect()
    }

    /// The lines' own row of care.
    pub(crate) fn line_mut(&mut self, id: Uuid) -> Option<&mut ServiceLine> {
        self.lines.iter_mut().find(|line| line.id == id)
    }

    /// Another line takes the place of this one.
    pub(crate) fn replace(&mut self, sequence: u16, by: Uuid) {
        let current = |line: &&mut ServiceLine| line.position == sequence && line.replaced_by.is_none();
        if let Some(line) = self.lines.iter_mut().find(current) {
            line.replaced_by = Some(by);
        }
    }

    /// Settles the lines that wait, by the plan and the reviewer's decisions; the others keep what they have.
    pub(crate) fn adjudicate(&mut self, preauthorization: &Preauthorization) {
        let waits = |line: &ServiceLine| preauthorization.pending().any(|pending| pending.id == line.id);
        let mut waiting: Vec<ServiceLine> = self.lines.iter().filter(|line| waits(line)).cloned().collect();
        self.postings = self.care.adjudicate(OwnerKind::Preauthorization, &mut waiting).postings;
        for mut settled in waiting {
            self.note_cover(&mut settled);
            if let Some(line) = self.line_mut(settled.id) {
                *line = settled;
            }
        }
    }

    /// What is asked for may lie ahead, and the cover end before: told, though only the claim is refused for it.
    fn note_cover(&self, line: &mut ServiceLine) {
        let ends = self.care.facts.coverage.refusal_on(line.asked.date).is_some();
        if let Some(settled) = line.settled.as_mut().filter(|_| ends) {
            settled.refusals.push(Refused::new(Refusal::CoverNotInForce));
        }
    }

    /// What adjudication found of every line that was settled.
    fn findings(&self) -> Vec<Finding> {
        let finding = |line: &ServiceLine| {
            let settled = line.settled.as_ref()?;
            let benefits = &self.care.plan.benefits;
            let benefit =
                settled.benefit.as_ref().and_then(|code| benefits.iter().find(|it| it.code == *code));
            Some(Finding {
                sequence: line.position,
                need: Need::of(benefit, settled.needs_approval),
                clean: settled.determination == Determination::Approved && settled.refusals.is_empty(),
                payer: settled.amounts.payer,
            })
        };
        self.lines.iter().filter(|line| line.replaced_by.is_none()).filter_map(finding).collect()
    }

    /// The rules' word on one that was just sent or amended.
    pub(crate) fn settle(
        &mut self,
        preauthorization: Preauthorization,
        now: DateTime<Utc>,
    ) -> Result<Preauthorization, PreauthorizationRefusal> {
        self.adjudicate(&preauthorization);
        let (rules, validity) = (self.rules(&preauthorization), self.usual_validity(now));
        preauthorization.settle(now, &self.findings(), &rules, validity)
    }

    /// The payer's rules, in the plan's currency.
    pub(crate) fn rules(&self, preauthorization: &Preauthorization) -> Rules {
        let rules = &self.care.facts.rules;
        let automatic = rules.automatic_up_to.filter(|most| most.currency == preauthorization.currency);
        Rules {
            standard: rules.decision_time(false),
            urgent: rules.decision_time(true),
            answer: chrono::Duration::hours(rules.information_hours.into()),
            validity_days: rules.preauthorization_valid_days,
            automatic_up_to: automatic.map(|most| most.minor),
        }
    }

    /// From the visit's day on, for as long from now as the payer's rules say, and never less than its lines need.
    pub(crate) fn usual_validity(&self, now: DateTime<Utc>) -> Validity {
        let facts = &self.care.facts;
        let from = facts.visit.service_date;
        let today = facts.last_day.max(now.date_naive());
        let usual = Validity::days_from(today, facts.rules.preauthorization_valid_days).to;
        let last_line = self.lines.iter().map(|line| line.asked.date).max().unwrap_or(from);
        Validity { from, to: usual.max(last_line) }
    }

    /// Keeps the pre-authorization with its lines. What is newly approved is held, what no longer stands is free again.
    pub(crate) async fn save(
        &mut self,
        app: &App,
        tx: &mut Transaction,
        preauthorization: &mut Preauthorization,
    ) -> Result<()> {
        self.follow(preauthorization);
        let now = tx.now();
        let held = preauthorization.held();
        let released: Vec<Uuid> = self.held.iter().copied().filter(|id| !held.contains(id)).collect();
        let fresh = |posting: &Posting| {
            let id = posting.cause.id();
            held.contains(&id) && !self.held.contains(&id)
        };
        let postings: Vec<Posting> = self.postings.iter().filter(|it| fresh(it)).cloned().collect();
        let changed: Vec<ServiceLine> =
            self.lines.iter().filter(|line| !self.kept.contains(line)).cloned().collect();
        let save = SavePreauthorization {
            preauthorization,
            is_new: self.is_new,
            lines: &changed,
            released: &released,
            postings: &postings,
        };
        store::save(tx, &app.context.keys, save, now).await
    }

    /// The rows of care say what was decided: which of them count as approvals, and for which days; and the sum.
    pub(crate) fn follow(&mut self, preauthorization: &mut Preauthorization) {
        let mut totals: Option<Amounts> = None;
        for line in &mut self.lines {
            let asked = preauthorization.lines.iter().find(|asked| asked.id == line.id);
            let approved = asked.is_some_and(PreauthorizationLine::is_approved);
            let validity = preauthorization.validity.filter(|_| approved);
            line.active = approved && validity.is_some();
            line.approved = validity.map(|days| (days.from, days.to));
            let counts = asked.is_some_and(|asked| asked.outcome != Outcome::Withdrawn);
            if let Some(settled) = line.settled.as_ref().filter(|_| counts) {
                totals = Some(totals.unwrap_or_default() + settled.amounts);
            }
        }
        preauthorization.totals = totals;
    }
}

/// Opens documents of the visit to the payer, for the pre-authorization that cites them.
pub(crate) async fn cite(tx: &mut Transaction, of: &Preauthorization, documents: &[Uuid]) -> Result<()> {
    let (visit, payer, by) = (of.visit, of.payer, of.id.uuid());
    let citation = Citation { visit, payer, kind: CitationKind::Preauthorization, by, at: tx.now() };
    documents::citations::cite(tx, citation, documents).await
}
