//! A visit's change in Postgres: one statement, over the version it came from.

use careway_kernel::OrganizationId;
use careway_service::{NotWritten, OnConstraint};
use sqlx::{PgConnection, types::Json};

use crate::{
    coverages::domain::entitlement::Entitlement,
    visits::domain::{Visit, refusal::Refusal},
};

/// Keeps a visit as it is now, over the version it came from.
///
/// # Errors
/// `VISIT_CHANGED` when it changed meanwhile (only for those who did not lock it), `VISIT_ALREADY_OPEN` when the
/// member has an open visit of this type here on this day; the transaction is over then.
pub(crate) async fn update_visit(conn: &mut PgConnection, visit: &Visit) -> Result<(), NotWritten<Refusal>> {
    let (challenge, patient) = (visit.challenge.as_ref(), visit.patient.as_ref());
    let (admission, cancellation) = (visit.admission.as_ref(), visit.cancellation.as_ref());
    let notice = admission.and_then(|it| it.notice.as_ref());
    let resolution = visit.dispute.as_ref().and_then(|it| it.resolution);
    let coverage = patient.and_then(|it| it.entitlement.coverage.as_ref());
    let updated = sqlx::query(
        "update visit set version = $2, state = $3, expires_at = $4, identifier_hash = $5, sealed_challenge = $6, \
         challenge_id = $7, masked_destination = $8, code_expires_at = coalesce($9, code_expires_at), \
         resend_available_at = coalesce($10, resend_available_at), resends = $11, override_payer_id = $12, \
         payer_id = $13, member_id = $14, family_id = $15, member_birth_date = $16, sealed_member = $17, \
         coverage_id = $18, plan_id = $19, plan_version = $20, entitlement = $21, verified_at = $22, \
         verified_by = $23, overridden = $24, service_type = $25, visit_number = $26, practitioner = $27, \
         referral = $28, admitted_at = $29, admission_notice_due_at = $30, admission_notice_warn_at = $31, \
         admission_warned_at = $32, admission_notified_at = $33, discharged_at = $34, cancelled_at = $35, \
         cancel_reason = $36, disputed_at = $37, dispute_resolved_at = $38, dispute_outcome = $39, \
         disputed = $40, newborn = $41 \
         where visit_id = $1 and version = $2 - 1",
    )
    .bind(visit.id.uuid())
    .bind(visit.version)
    .bind(visit.state.as_str())
    .bind(visit.expires_at)
    .bind(&visit.identifier_hash)
    .bind(challenge.map(|it| &it.sealed))
    .bind(challenge.map(|it| &it.id))
    .bind(challenge.map(|it| &it.masked_destination))
    .bind(challenge.map(|it| it.code_expires_at))
    .bind(challenge.map(|it| it.resend_available_at))
    .bind(visit.resends)
    .bind(visit.override_payer.map(OrganizationId::uuid))
    .bind(patient.map(|it| it.payer.uuid()))
    .bind(patient.map(|it| it.member.uuid()))
    .bind(patient.map(|it| it.family.uuid()))
    .bind(patient.and_then(|it| it.birth_date))
    .bind(patient.map(|it| &it.sealed_member))
    .bind(coverage.map(|it| it.coverage_id.uuid()))
    .bind(coverage.map(|it| it.plan_id.uuid()))
    .bind(coverage.map(|it| it.plan_version))
    .bind(patient.map(|it| Json::<&Entitlement>(&it.entitlement)))
    .bind(patient.map(|it| it.verified_at))
    .bind(patient.map(|it| it.verified_by))
    .bind(patient.is_some_and(|it| it.overridden))
    .bind(admission.map(|it| it.service_type.as_str()))
    .bind(admission.map(|it| &it.number))
    .bind(admission.and_then(|it| it.practitioner.as_ref()))
    .bind(admission.and_then(|it| it.referral.as_ref()))
    .bind(admission.map(|it| it.at))
    .bind(notice.map(|it| it.due_at))
    .bind(notice.map(|it| it.warn_at))
    .bind(notice.and_then(|it| it.warned_at))
    .bind(notice.and_then(|it| it.given_at))
    .bind(visit.discharged_at)
    .bind(cancellation.map(|it| it.at))
    .bind(cancellation.map(|it| &it.reason))
    .bind(visit.dispute.as_ref().map(|it| it.at))
    .bind(resolution.map(|it| it.at))
    .bind(resolution.map(|it| if it.upheld { "UPHELD" } else { "DISMISSED" }))
    .bind(visit.is_disputed())
    .bind(patient.is_some_and(|it| it.newborn))
    .execute(conn)
    .await
    .on_constraint("visit_open_once", || Refusal::AlreadyOpen { visit: None })?;
    // The caller decided on a version that is no more; asking again with the same key decides anew.
    if updated.rows_affected() == 1 { Ok(()) } else { Err(NotWritten::Refused(Refusal::Changed)) }
}
