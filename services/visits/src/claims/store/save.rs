//! Claims in Postgres: written and changed, each with its lines and what they post to the ledger in one statement.

use careway_kernel::{ClaimId, PaymentAdviceId};
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder, query_builder::Separated};
use uuid::Uuid;

use crate::{
    adjudication::amounts::Amounts,
    benefits::domain::posting::{Posting, Taking},
    claims::domain::{Claim, ReviewReason},
    seal::Keys,
    service_lines::{
        self,
        domain::{Owner, OwnerKind, Parties, ServiceLine},
        store::{SaveLines, push_save, push_undo},
    },
};

/// What a claim is found and recognised by.
#[derive(Debug, Clone)]
pub(crate) struct Hashes {
    /// Of the member number.
    pub(crate) identifier: Vec<u8>,
    /// Of what was claimed.
    pub(crate) content: Vec<u8>,
}

/// How a claim's own row is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Row<'a> {
    New(&'a Hashes),
    Changed,
    /// Changed, and what is claimed too.
    Edited(&'a Hashes),
}

/// What a command made of a claim.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SaveClaim<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) parties: &'a Parties,
    pub(crate) row: Row<'a>,
    /// New ones, and those that changed.
    pub(crate) lines: &'a [ServiceLine],
    /// Lines of a draft that it has no more.
    pub(crate) removed: &'a [Uuid],
    /// Lines whose postings are taken back first.
    pub(crate) undone: &'a [Uuid],
    pub(crate) postings: &'a [Posting],
}

impl<'a> SaveClaim<'a> {
    /// A new claim.
    pub(crate) fn new(
        claim: &'a Claim,
        hashes: &'a Hashes,
        (parties, lines): (&'a Parties, &'a [ServiceLine]),
    ) -> Self {
        Self { row: Row::New(hashes), ..Self::changed(claim, (parties, lines)) }
    }

    /// A claim that was locked.
    pub(crate) fn changed(claim: &'a Claim, (parties, lines): (&'a Parties, &'a [ServiceLine])) -> Self {
        Self { claim, parties, row: Row::Changed, lines, removed: &[], undone: &[], postings: &[] }
    }
}

/// Why a claim was not written.
#[derive(Debug)]
pub(crate) enum SaveError {
    /// Another claim of the facility and payer has its reference.
    ReferenceTaken,
    Other(Error),
}

/// Writes a claim with its lines and all that they post: one statement, all of it or nothing.
pub(crate) async fn save(
    conn: &mut PgConnection,
    keys: &Keys,
    save: SaveClaim<'_>,
    at: DateTime<Utc>,
) -> Result<(), SaveError> {
    let SaveClaim { claim, parties, lines, removed, undone, postings, .. } = save;
    let mut statement = QueryBuilder::new("with head as (");
    match save.row {
        Row::New(hashes) => push_insert(&mut statement, claim, hashes),
        Row::Changed => push_update(&mut statement, claim, None),
        Row::Edited(hashes) => push_update(&mut statement, claim, Some(&hashes.content)),
    }
    if !removed.is_empty() {
        statement.push(", gone as (delete from service_line where owner_id = ").push_bind(claim.id.uuid());
        statement.push(" and determination is null and line_id = any (").push_bind(removed);
        statement.push(") returning 1)");
    }
    let owner = Owner { kind: OwnerKind::Claim, id: claim.id.uuid(), number: Some(claim.number.clone()) };
    let lines = SaveLines { owner: &owner, parties, lines, undone, taking: Taking::Commit, postings, at };
    push_save(&mut statement, keys, &lines).map_err(SaveError::Other)?;
    statement.build().execute(conn).await.map_err(|error| {
        match error.as_database_error().and_then(|refused| refused.constraint()) {
            Some("claim_reference_once") => SaveError::ReferenceTaken,
            _ => SaveError::Other(service_lines::store::refusal(error)),
        }
    })?;
    Ok(())
}

/// A new claim, which its visit counts; and what it takes the place of is told so.
fn push_insert(head: &mut QueryBuilder<Postgres>, claim: &Claim, hashes: &Hashes) {
    let visit = &claim.visit;
    head.push(
        "insert into claim (claim_id, number, visit_id, visit_number, facility_id, payer_id, member_id, \
         coverage_id, identifier_hash, service_date, service_type, currency, created_at, resubmission, resubmits, \
         version, state, external_reference, content_hash, document_ids, submit_by, submitted_at, review_reasons, \
         submitted, write_off, not_covered, deductible, copay, coinsurance, over_category, over_ceiling, payer, \
         decided_at, appeal_by, corrects, former_patient) values (",
    );
    let mut values = head.separated(", ");
    values.push_bind(claim.id.uuid()).push_bind(&claim.number).push_bind(visit.id.uuid());
    values.push_bind(&visit.number).push_bind(visit.facility.uuid()).push_bind(visit.payer.uuid());
    values.push_bind(visit.member.uuid()).push_bind(visit.coverage.uuid()).push_bind(&hashes.identifier);
    values.push_bind(visit.service_date).push_bind(visit.service_type.as_str());
    values.push_bind(claim.currency.code()).push_bind(claim.created_at);
    values.push_bind(claim.chain.resubmission).push_bind(claim.chain.resubmits.map(ClaimId::uuid));
    values.push_bind(claim.version).push_bind(claim.state.as_str());
    values.push_bind(&claim.external_reference).push_bind(&hashes.content);
    values.push_bind(&claim.documents).push_bind(claim.submit_by).push_bind(claim.submitted_at);
    values.push_bind(words(&claim.review_reasons));
    for amount in columns(claim.amounts.as_ref()) {
        values.push_bind(amount);
    }
    values.push_bind(claim.decided_at).push_bind(claim.appeal_by);
    let corrects = claim.chain.corrects;
    values.push_bind(corrects.map(|it| it.claim.uuid())).push_bind(corrects.map(|it| it.patient));
    head.push(") returning 1), counted as (update visit set claims = claims + 1 where visit_id = ");
    head.push_bind(visit.id.uuid()).push(" returning 1)");
    if let Some(former) = claim.chain.resubmits {
        head.push(", former as (update claim set version = version + 1, resubmitted_as = ");
        head.push_bind(claim.id.uuid()).push(" where claim_id = ").push_bind(former.uuid());
        head.push(" returning 1)");
    }
}

/// What a command changed of a claim that it locked.
fn push_update(head: &mut QueryBuilder<Postgres>, claim: &Claim, content: Option<&[u8]>) {
    head.push("update claim set ");
    let mut set = head.separated(", ");
    assign(&mut set, claim);
    if let Some(content) = content {
        set.push("content_hash = ").push_bind_unseparated(content);
    }
    head.push(" where claim_id = ").push_bind(claim.id.uuid()).push(" returning 1)");
}

fn assign(set: &mut Separated<'_, Postgres, &str>, claim: &Claim) {
    set.push("version = ").push_bind_unseparated(claim.version);
    set.push("state = ").push_bind_unseparated(claim.state.as_str());
    set.push("external_reference = ").push_bind_unseparated(&claim.external_reference);
    set.push("document_ids = ").push_bind_unseparated(&claim.documents);
    set.push("submit_by = ").push_bind_unseparated(claim.submit_by);
    set.push("submitted_at = ").push_bind_unseparated(claim.submitted_at);
    set.push("review_reasons = ").push_bind_unseparated(words(&claim.review_reasons));
    let names = [
        "submitted",
        "write_off",
        "not_covered",
        "deductible",
        "copay",
        "coinsurance",
        "over_category",
        "over_ceiling",
        "payer",
    ];
    for (name, amount) in names.into_iter().zip(columns(claim.amounts.as_ref())) {
        set.push(name).push_unseparated(" = ").push_bind_unseparated(amount);
    }
    set.push("decided_at = ").push_bind_unseparated(claim.decided_at);
    set.push("appeal_by = ").push_bind_unseparated(claim.appeal_by);
    let (recall, appeal) = (claim.recall.as_ref(), claim.appeal.as_ref());
    let answer = appeal.and_then(|appeal| appeal.answer.as_ref());
    set.push("recalled_at = ").push_bind_unseparated(recall.map(|it| it.at));
    set.push("recall_reason = ").push_bind_unseparated(recall.map(|it| &it.reason));
    set.push("appealed_at = ").push_bind_unseparated(appeal.map(|it| it.at));
    set.push("sealed_appeal = ").push_bind_unseparated(appeal.map(|it| &it.sealed_reason));
    set.push("appeal_document_ids = ")
        .push_bind_unseparated(appeal.map_or(&[][..], |it| it.documents.as_slice()));
    set.push("appeal_answered_at = ").push_bind_unseparated(answer.map(|it| it.at));
    set.push("sealed_appeal_answer = ").push_bind_unseparated(answer.map(|it| &it.sealed_text));
    let correction = claim.correction.as_ref();
    set.push("corrected_at = ").push_bind_unseparated(correction.map(|it| it.at));
    set.push("correction_reason = ").push_bind_unseparated(correction.map(|it| &it.reason));
    set.push("corrected_as = ").push_bind_unseparated(claim.chain.corrected_as.map(ClaimId::uuid));
    set.push("advised = ").push_bind_unseparated(claim.advised);
    set.push("payment_advice_id = ").push_bind_unseparated(claim.advice.map(PaymentAdviceId::uuid));
}

/// Keeps what a command changed of a claim whose lines it left alone.
pub(crate) async fn update_claim(conn: &mut PgConnection, claim: &Claim) -> Result<()> {
    let mut statement = QueryBuilder::new("with head as (");
    push_update(&mut statement, claim, None);
    statement.push(" select from head");
    statement.build().execute(conn).await?;
    Ok(())
}

/// A recalled claim: what its lines took is given back, its visit counts it no more, and what it took the place of may be
/// resubmitted again.
pub(crate) async fn recall(conn: &mut PgConnection, claim: &Claim, at: DateTime<Utc>) -> Result<()> {
    let mut statement = QueryBuilder::new("with head as (");
    push_update(&mut statement, claim, None);
    statement.push(", counted as (update visit set claims = claims - 1 where visit_id = ");
    statement.push_bind(claim.visit.id.uuid()).push(" returning 1)");
    if let Some(former) = claim.chain.resubmits {
        statement.push(
            ", former as (update claim set version = version + 1, resubmitted_as = null where claim_id = ",
        );
        statement.push_bind(former.uuid()).push(" returning 1)");
    }
    push_undo(&mut statement, (OwnerKind::Claim, claim.id.uuid()), false, at);
    statement.build().execute(conn).await?;
    Ok(())
}

/// A corrected or voided claim: what its lines took is given back, and they count no more.
pub(crate) async fn reverse(conn: &mut PgConnection, claim: &Claim, at: DateTime<Utc>) -> Result<()> {
    let mut statement = QueryBuilder::new("with head as (");
    push_update(&mut statement, claim, None);
    push_undo(&mut statement, (OwnerKind::Claim, claim.id.uuid()), false, at);
    statement.build().execute(conn).await?;
    Ok(())
}

fn words(reasons: &[ReviewReason]) -> Vec<&'static str> {
    reasons.iter().map(|reason| reason.as_str()).collect()
}

fn columns(amounts: Option<&Amounts>) -> [Option<i64>; 9] {
    let Some(it) = amounts else { return [None; 9] };
    [
        it.submitted,
        it.write_off,
        it.not_covered,
        it.deductible,
        it.copay,
        it.coinsurance,
        it.over_category,
        it.over_ceiling,
        it.payer,
    ]
    .map(Some)
}
