//! How a claim is written, submitted and decided, whichever command does it: look at the visit's care, settle the lines,
//! let the rules decide or leave it to a reviewer, and keep all of it in one statement.

use careway_kernel::{ClaimId, HumanNumber, OrganizationId, VisitId};
use careway_service::{Call, Error, Result, SharedReason, Transaction};
use chrono::{DateTime, Datelike, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    domain::{self, Claim, ClaimDraft, ClaimedVisit, State, refusal::ClaimRefusal, transitions::Decision},
    error::WriteError,
    events,
    store::{
        self,
        context::DecisionContext,
        save::{Hashes, SaveClaim, SaveError},
    },
};
use crate::{
    App,
    adjudication::refusal::Refusal,
    benefits::domain::posting::Posting,
    documents::{
        self,
        store::citation::{Citation, CitationKind},
    },
    preauthorizations,
    service_lines::{
        domain::{
            OwnerKind, ServiceLine,
            facts::Settlement,
            requested::{LineQuery, LineRequest, RequestedLine},
        },
        settle::{AdjudicationContext, new_lines},
        store::facts::FactsQuery,
    },
};

/// What a facility wants to claim.
#[derive(Debug, Clone)]
pub(crate) struct ClaimInput {
    pub(crate) lines: Vec<LineRequest>,
    pub(crate) documents: Vec<Uuid>,
    pub(crate) reference: Option<String>,
}

/// A claim as it was written.
pub(crate) struct Written {
    pub(crate) claim: Claim,
    pub(crate) lines: Vec<ServiceLine>,
}

/// Where a claim is to be written: its visit's care, locked.
pub(crate) struct LockedVisit {
    pub(crate) care: AdjudicationContext,
    pub(crate) context: DecisionContext,
    pub(crate) now: DateTime<Utc>,
}

impl LockedVisit {
    /// Locks the facility's own visit, and looks at what bears on the lines.
    pub(crate) async fn of_visit(
        app: &App,
        tx: &mut Transaction,
        (visit, facility): (VisitId, OrganizationId),
        lines: &[LineRequest],
        numbered: bool,
    ) -> Result<Self> {
        let now = tx.now();
        let wanted: Vec<LineQuery<'_>> = lines.iter().map(LineRequest::query).collect();
        let query = FactsQuery { visit, party: Some(facility), owner: None, lines: &wanted };
        let found = store::context::lock_visit_facts(tx, &query, numbered, now).await?;
        let found = found.filter(|(facts, _)| facts.parties.facility == facility);
        let (facts, context) = found.ok_or(Error::not_found("visit"))?;
        Ok(Self { care: AdjudicationContext::with(app, tx, facts).await?, context, now })
    }

    /// What a claim for these lines is written with.
    pub(crate) fn draft(
        &self,
        app: &App,
        lines: &[ServiceLine],
        reference: Option<String>,
        documents: Vec<Uuid>,
    ) -> Result<ClaimDraft> {
        let (facts, plan) = (&self.care.facts, &self.care.plan);
        let admission = facts.visit.admission.as_ref();
        let admission =
            admission.ok_or_else(|| Error::internal(anyhow::anyhow!("care of a visit without admission")))?;
        Ok(ClaimDraft {
            id: ClaimId::new(&app.clock),
            number: HumanNumber::new("C", self.now.year(), self.context.sequence()).to_string(),
            visit: ClaimedVisit {
                id: facts.visit.id,
                number: admission.number.clone(),
                facility: facts.parties.facility,
                payer: facts.parties.payer,
                member: facts.parties.member,
                coverage: facts.parties.coverage,
                service_date: facts.visit.service_date,
                service_type: facts.service_type.clone(),
                disputed: facts.visit.is_disputed(),
            },
            currency: plan.currency,
            external_reference: reference,
            documents,
            submit_by: self.submit_by(lines),
        })
    }

    /// By the last day of care that the payer still takes: each line's own month counts, and the earliest binds.
    pub(crate) fn submit_by(&self, lines: &[ServiceLine]) -> chrono::NaiveDate {
        let facts = &self.care.facts;
        let first = lines.iter().map(|line| line.asked.date).min().unwrap_or(facts.visit.service_date);
        facts.rules.submission_deadline(first)
    }

    /// What a claim is found and recognised by.
    pub(crate) fn hashes(&self, app: &App, lines: &[ServiceLine]) -> Hashes {
        Hashes {
            identifier: self.care.facts.visit.identifier_hash.clone(),
            content: content(app, lines.iter().map(|line| &line.asked)),
        }
    }

    /// Settles the lines of a submitted claim and lets the rules decide, or leaves it to a reviewer; with what the ledger
    /// is to keep.
    pub(crate) fn settle(&self, claim: Claim, lines: &mut [ServiceLine]) -> Result<(Claim, Vec<Posting>)> {
        let settlement = self.care.adjudicate(OwnerKind::Claim, lines);
        let reasons = self.reasons(&settlement);
        let (claim, postings) = if reasons.is_empty() {
            (claim.decide(self.now, self.decision(&settlement))?, settlement.postings)
        } else {
            (claim.leave_to_review(reasons, settlement.totals)?, Vec::new())
        };
        count(&claim, lines);
        Ok((claim, postings))
    }

    /// Why a reviewer would have to decide.
    pub(crate) fn reasons(&self, settlement: &Settlement) -> Vec<domain::ReviewReason> {
        let Settlement { totals, determination, .. } = settlement;
        let facts = &self.care.facts;
        let outcome = (*determination, totals, self.care.plan.currency);
        let accepted = self.context.override_accepted;
        domain::review_rules::reasons(&facts.rules, &facts.visit, accepted, outcome, self.now)
    }

    /// What became of the lines, and until when that may be appealed.
    pub(crate) fn decision(&self, settlement: &Settlement) -> Decision {
        let days = chrono::Days::new(self.care.facts.rules.appeal_days.into());
        Decision {
            determination: settlement.determination,
            amounts: settlement.totals,
            appeal_by: self.context.today.checked_add_days(days).unwrap_or(chrono::NaiveDate::MAX),
        }
    }
}

/// Lines count for duplicates and frequency as long as their claim does.
pub(crate) fn count(claim: &Claim, lines: &mut [ServiceLine]) {
    for line in lines.iter_mut().filter(|line| line.replaced_by.is_none()) {
        line.active = claim.counts() && line.stands();
    }
}

/// What stands for what is claimed: the same again gives the same.
pub(crate) fn content<'a>(app: &App, lines: impl Iterator<Item = &'a RequestedLine>) -> Vec<u8> {
    let line = |it: &RequestedLine| {
        let diagnoses: Vec<&str> = it.diagnoses.iter().map(|diagnosis| diagnosis.as_str()).collect();
        format!(
            "{}|{}|{}|{:?}|{}|{:?}",
            it.code,
            it.date,
            it.quantity,
            it.unit_price,
            diagnoses.join(" "),
            it.preauthorization
        )
    };
    let lines: Vec<String> = lines.map(line).collect();
    app.context.keys.content_hash(&lines)
}

/// Writes a new claim of a facility for a visit, submitted or not.
pub(crate) async fn write(
    app: &App,
    tx: &mut Transaction,
    (visit, facility): (VisitId, OrganizationId),
    input: ClaimInput,
    submit: bool,
) -> Result<Written, WriteError> {
    let locked = LockedVisit::of_visit(app, tx, (visit, facility), &input.lines, true).await?;
    let lines = new_lines(app, locked.care.request(input.lines)?);
    let claim = Claim::draft(locked.now, locked.draft(app, &lines, input.reference, input.documents)?)?;
    if submit {
        return submit_new(app, tx, &locked, claim, lines).await;
    }
    let hashes = locked.hashes(app, &lines);
    save(app, tx, SaveClaim::new(&claim, &hashes, (&locked.care.facts.parties, &lines))).await?;
    Ok(Written { claim, lines })
}

/// Submits a claim that is not kept yet, and keeps it: a first one, one in place of a rejected one, or of a paid one.
pub(crate) async fn submit_new(
    app: &App,
    tx: &mut Transaction,
    locked: &LockedVisit,
    claim: Claim,
    mut lines: Vec<ServiceLine>,
) -> Result<Written, WriteError> {
    let hashes = locked.hashes(app, &lines);
    let (claim, postings) = submitted(locked, tx, claim, &mut lines).await?;
    let new = SaveClaim::new(&claim, &hashes, (&locked.care.facts.parties, &lines));
    save(app, tx, SaveClaim { postings: &postings, ..new }).await?;
    cite(tx, &claim, &claim.documents).await?;
    Ok(Written { claim, lines })
}

/// The approvals that lines draw on.
pub(crate) fn drawn(lines: &[ServiceLine]) -> Vec<Uuid> {
    lines.iter().filter_map(|line| line.settled.as_ref()?.approval).collect()
}

/// Submits a draft: in time, not claimed before, settled.
pub(crate) async fn submitted(
    locked: &LockedVisit,
    tx: &mut Transaction,
    claim: Claim,
    lines: &mut [ServiceLine],
) -> Result<(Claim, Vec<Posting>), WriteError> {
    let claim = claim.submit(locked.now, locked.context.today)?;
    let settled = locked.settle(claim, lines)?;
    if let Some(duplicate) = duplicate(tx, &settled.0, lines).await? {
        return Err(duplicate.into());
    }
    Ok(settled)
}

/// The facility's own claim that stands and has some of the same care, if there is one. What another facility claimed is
/// refused line by line instead: its claims are not this one's to know.
pub(crate) async fn duplicate(
    tx: &mut Transaction,
    claim: &Claim,
    lines: &[ServiceLine],
) -> Result<Option<ClaimRefusal>> {
    let before = |line: &&ServiceLine| {
        let refusals = line.settled.as_ref().map(|it| it.refusals.as_slice()).unwrap_or_default();
        refusals.iter().any(|it| it.refusal == Refusal::ClaimedBefore)
    };
    let repeated: Vec<&ServiceLine> = lines.iter().filter(before).collect();
    if repeated.is_empty() {
        return Ok(None);
    }
    let first = store::find_claimed(tx, claim, &repeated).await?;
    Ok(first.map(|(of, number)| ClaimRefusal::Duplicate { of, number }))
}

/// Keeps a claim, its lines, and what they take from the ledger or give back to it: all of it or nothing.
pub(crate) async fn save(app: &App, tx: &mut Transaction, save: SaveClaim<'_>) -> Result<(), WriteError> {
    let at = tx.now();
    store::save::save(tx, &app.context.keys, save, at).await.map_err(|error| match error {
        SaveError::ReferenceTaken => WriteError::ReferenceTaken { payer: save.claim.visit.payer },
        SaveError::Other(error) => error.into(),
    })?;
    if save.postings.is_empty() && save.undone.is_empty() {
        return Ok(());
    }
    Ok(preauthorizations::usage::count_use(tx, &drawn(save.lines)).await?)
}

/// Opens documents of the visit to the payer, for the claim that cites them. A draft is nobody's but the facility's, and
/// cites nothing yet.
pub(crate) async fn cite(tx: &mut Transaction, claim: &Claim, documents: &[Uuid]) -> Result<()> {
    if claim.state == State::Draft {
        return Ok(());
    }
    let (visit, payer) = (claim.visit.id, claim.visit.payer);
    let citation = Citation { visit, payer, kind: CitationKind::Claim, by: claim.id.uuid(), at: tx.now() };
    documents::citations::cite(tx, citation, documents).await
}

/// Says what happened to a claim that was just submitted, and perhaps decided.
pub(crate) fn record_submitted(tx: &mut Transaction, call: &Call, claim: &Claim) {
    if claim.submitted_at.is_none() {
        events::note(tx, call, claim, "claim.draft");
        return;
    }
    events::submitted(tx, claim);
    if claim.state.is_decided() {
        events::decided(tx, claim, true);
    }
    events::note(tx, call, claim, "claim.submit");
}

/// The refusal, with the claim that has the reference already. Asked after the transaction is over.
pub(crate) async fn named(
    app: &App,
    call: &Call,
    of: (OrganizationId, Option<&str>),
    error: WriteError,
) -> Error {
    if !matches!(error, WriteError::ReferenceTaken { .. }) {
        return error.into();
    }
    match app.db.read(call).await {
        Ok(mut reader) => named_by(&mut reader, of, error).await.into(),
        Err(error) => error,
    }
}

/// The same, asked where the other claim can be seen.
pub(crate) async fn named_by(
    conn: &mut PgConnection,
    (facility, reference): (OrganizationId, Option<&str>),
    error: WriteError,
) -> WriteError {
    let (WriteError::ReferenceTaken { payer }, Some(reference)) = (&error, reference) else { return error };
    match store::find_by_reference(conn, (facility, *payer), reference).await {
        Ok(Some(first)) => {
            ClaimRefusal::Duplicate { of: ClaimId::from_uuid(first.claim_id), number: first.number }.into()
        }
        // It was recalled meanwhile: the same request may go through now.
        Ok(None) => Error::new(SharedReason::Busy, "Others are changing the same thing; try again.").into(),
        Err(error) => error.into(),
    }
}
