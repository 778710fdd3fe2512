//! Verify a visit: the patient's code confirms presence; the entitlement is decided and kept as it was.

use careway_contract::{
    identity::v1::{MemberSummary, VerifyChallengeRequest},
    visits::v1::{VerifyVisitRequest, VerifyVisitResponse, VisitVerified},
};
use careway_events::{Fact, record};
use careway_kernel::{
    FamilyId, MemberId, MemberNumber, OrganizationId, Violations, VisitId, parse_date, text,
};
use careway_service::{AuditEntry, Call, Error, Keyed, Result, Transaction, path_id};
use prost::Message;
use uuid::Uuid;

use super::{
    access::read_again,
    bound::Bound,
    domain::{Patient, Visit, overrides::OverrideReason},
    store, view,
};
use crate::{
    App, audit,
    coverages::{
        self,
        domain::{
            choice::AskedPayer,
            entitlement::{EntitlementQuery, decide},
        },
    },
    seal::Column,
};

pub(crate) async fn verify_visit(
    app: &App,
    call: &Call,
    request: VerifyVisitRequest,
) -> Keyed<VerifyVisitResponse> {
    let (facility, by) = (call.caller.facility()?, call.caller.person_or_client()?);
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let mut violations = Violations::default();
    let code = text::bare(&request.code);
    let six_digits = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    violations.check("code", six_digits, "must be six digits");
    violations.finish()?;

    let visit = store::find_facility_visit(&app.db, call, id, facility).await?;
    let visit = visit.ok_or(Error::not_found("visit"))?;
    read_again(app, call, &visit, facility, "visit.verify").await?;
    let challenge = app.db.unless_replayed(call, visit.awaiting(app.clock.now()).cloned()).await?;
    let Bound { challenge: bound, asked } = Bound::open(app, &visit, &challenge)?;
    let proof = VerifyChallengeRequest {
        challenge_id: challenge.id,
        code,
        member: bound.member,
        purpose: bound.purpose,
        facility_name: bound.facility_name,
        service_date: bound.service_date,
    };
    let answer = app.context.challenges().verify_challenge(call.forward(proof)).await;
    let member = app.db.unless_replayed(call, answer).await?.into_inner().member;
    let member = member.ok_or_else(|| Error::internal(anyhow::anyhow!("a passed challenge has a member")))?;

    let mut tx = app.db.begin(call).await?;
    let visit = confirm(app, &mut tx, visit, Confirmed { member: &member, asked, by, vouched: None }).await?;
    store::update::update_visit(&mut tx, &visit).await?;
    let patient = record_verified(&mut tx, &visit)?;
    let entry = AuditEntry {
        action: "visit.verify",
        member: Some(patient.member),
        visit: Some(id),
        ..Default::default()
    };
    audit::note(&mut tx, call, entry);
    let shown = view::shown(&app.context.keys, &visit, patient)?;
    tx.commit(VerifyVisitResponse {
        visit: Some(view::visit(&visit)),
        member: Some(shown.member),
        coverage: Some(shown.coverage),
        service_types: shown.service_types,
    })
    .await
}

/// Who is present, and who says so.
pub(crate) struct Confirmed<'a> {
    pub(crate) member: &'a MemberSummary,
    /// The payers that were asked for them.
    pub(crate) asked: Vec<AskedPayer>,
    pub(crate) by: Uuid,
    /// Why two persons vouched, where there was no code.
    pub(crate) vouched: Option<OverrideReason>,
}

/// The visit with its patient: who it is, and what they are entitled to on the day of service.
pub(crate) async fn confirm(
    app: &App,
    tx: &mut Transaction,
    visit: Visit,
    Confirmed { member, asked, by, vouched }: Confirmed<'_>,
) -> Result<Visit> {
    let number = MemberNumber::parse(&member.member_number).map_err(Error::internal)?;
    let newborn = vouched == Some(OverrideReason::Newborn);
    // A child's rules hold for a newborn, whatever its mother's age.
    let birth_date = if newborn { Some(visit.service_date) } else { parse_date(&member.birth_date).ok() };
    let query = EntitlementQuery {
        member: MemberId::parse(&member.member_id).map_err(Error::internal)?,
        family: FamilyId::parse(&member.family_id).map_err(Error::internal)?,
        payer: OrganizationId::parse(&member.payer_id).map_err(Error::internal)?,
        facility: visit.facility,
        on: visit.service_date,
        birth_date,
    };
    let facts = coverages::store::entitlement::find_entitlement(tx, &query).await?;
    let patient = Patient {
        member: query.member,
        family: query.family,
        payer: query.payer,
        birth_date: query.birth_date,
        sealed_member: app.context.keys.seal(Column::Member, visit.id, &member.encode_to_vec())?,
        entitlement: decide(&facts, visit.service_date).after_asking(asked, query.payer),
        verified_at: tx.now(),
        verified_by: by,
        overridden: vouched.is_some(),
        newborn,
    };
    let hash = app.context.keys.member_number_hash(&number);
    Ok(visit.verify(tx.now(), patient, hash, app.context.settings.unadmitted())?)
}

/// Says that the patient is present.
pub(crate) fn record_verified<'v>(tx: &mut Transaction, visit: &'v Visit) -> Result<&'v Patient> {
    let patient = visit
        .patient
        .as_ref()
        .ok_or_else(|| Error::internal(anyhow::anyhow!("verified without a patient")))?;
    let verified = VisitVerified {
        visit_id: visit.id.to_string(),
        facility_id: visit.facility.to_string(),
        payer_id: patient.payer.to_string(),
        member_id: patient.member.to_string(),
        service_date: visit.service_date.to_string(),
        overridden: patient.overridden,
    };
    record(
        tx,
        Fact::new(verified).about(visit.id.uuid(), visit.version).of(visit.facility).also(patient.payer),
    );
    Ok(patient)
}
