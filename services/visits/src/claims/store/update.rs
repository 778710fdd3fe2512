//! Claims in Postgres: written and changed, as the head of the statement that writes their lines and posts to the ledger.

use careway_kernel::{ClaimId, PaymentAdviceId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder, query_builder::Separated};

use crate::{
    adjudication::outcome::Amounts,
    claims::domain::{Claim, ReviewReason},
    service_lines::{domain::OwnerKind, store::undo_lines},
};

/// What a claim is found and recognised by.
#[derive(Debug, Clone)]
pub(crate) struct Hashes {
    /// Of the member number.
    pub(crate) identifier: Vec<u8>,
    /// Of what was claimed.
    pub(crate) content: Vec<u8>,
}

/// A new claim, which its visit counts; and what it takes the place of is told so.
pub(crate) fn insert_head(claim: &Claim, hashes: &Hashes) -> QueryBuilder<Postgres> {
    let visit = &claim.visit;
    let mut head = QueryBuilder::new(
        "with head as (insert into claim (claim_id, number, visit_id, visit_number, facility_id, payer_id, member_id, \
         coverage_id, identifier_hash, service_date, service_type, currency, created_at, resubmission, resubmits, \
         version, state, external_reference, content_hash, document_ids, submit_by, submitted_at, review_reasons, \
         submitted, write_off, not_covered, deductible, copay, coinsurance, over_category, over_ceiling, payer, \
         decided_at, appeal_by) values (",
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
    head.push(") returning 1), counted as (update visit set claims = claims + 1 where visit_id = ");
    head.push_bind(visit.id.uuid()).push(" returning 1)");
    if let Some(former) = claim.chain.resubmits {
        head.push(", former as (update claim set version = version + 1, resubmitted_as = ");
        head.push_bind(claim.id.uuid()).push(" where claim_id = ").push_bind(former.uuid());
        head.push(" returning 1)");
    }
    head
}

/// What a command changed of a claim that it locked.
pub(crate) fn update_head(claim: &Claim, content: Option<&[u8]>) -> QueryBuilder<Postgres> {
    let mut head = QueryBuilder::new("with head as (update claim set ");
    let mut set = head.separated(", ");
    assign(&mut set, claim);
    if let Some(content) = content {
        set.push("content_hash = ").push_bind_unseparated(content);
    }
    head.push(" where claim_id = ").push_bind(claim.id.uuid()).push(" returning 1)");
    head
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
    set.push("advised = ").push_bind_unseparated(claim.advised);
    set.push("payment_advice_id = ").push_bind_unseparated(claim.advice.map(PaymentAdviceId::uuid));
}

/// Keeps what a command changed of a claim whose lines it left alone.
pub(crate) async fn update_claim(conn: &mut PgConnection, claim: &Claim) -> Result<()> {
    let mut statement = update_head(claim, None);
    statement.push(" select from head");
    statement.build().execute(conn).await?;
    Ok(())
}

/// A recalled claim: what its lines took is given back, its visit counts it no more, and what it took the place of may be
/// resubmitted again.
pub(crate) async fn recall(conn: &mut PgConnection, claim: &Claim, at: DateTime<Utc>) -> Result<()> {
    let mut head = update_head(claim, None);
    head.push(", counted as (update visit set claims = claims - 1 where visit_id = ");
    head.push_bind(claim.visit.id.uuid()).push(" returning 1)");
    if let Some(former) = claim.chain.resubmits {
        head.push(
            ", former as (update claim set version = version + 1, resubmitted_as = null where claim_id = ",
        );
        head.push_bind(former.uuid()).push(" returning 1)");
    }
    undo_lines(conn, head, (OwnerKind::Claim, claim.id.uuid()), false, at).await?;
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
