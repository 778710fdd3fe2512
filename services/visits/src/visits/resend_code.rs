//! Resend a visit's code: a new one is on its way, the old one dies.

use careway_contract::{
    identity::v1::ResendChallengeRequest,
    visits::v1::{ResendVisitCodeRequest, ResendVisitCodeResponse},
};
use careway_kernel::VisitId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{bound::Bound, domain::Challenge, start::instant, store, view};
use crate::App;

pub(crate) async fn resend_visit_code(
    app: &App,
    call: &Call,
    request: ResendVisitCodeRequest,
) -> Keyed<ResendVisitCodeResponse> {
    let facility = call.caller.facility()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let visit = store::find_facility_visit(&app.db, call, id, facility).await?;
    let visit = visit.ok_or(Error::not_found("visit"))?;
    let challenge = app.db.unless_replayed(call, visit.resendable(app.clock.now()).cloned()).await?;
    let bound = Bound::open(app, &visit, &challenge)?.challenge;
    let again = ResendChallengeRequest {
        challenge_id: challenge.id.clone(),
        member: bound.member,
        purpose: bound.purpose,
        facility_name: bound.facility_name,
        service_date: bound.service_date,
    };
    let answer = app.context.challenges().resend_challenge(call.forward(again)).await;
    let answer = app.db.unless_replayed(call, answer).await?.into_inner();

    let mut tx = app.db.begin(call).await?;
    let challenge = Challenge {
        id: answer.challenge_id,
        sealed: challenge.sealed,
        masked_destination: answer.masked_destination,
        code_expires_at: instant(answer.code_expires_at)?,
        resend_available_at: instant(answer.resend_available_at)?,
    };
    let visit = visit.resent(tx.now(), challenge)?;
    store::update::update_visit(&mut tx, &visit).await?;
    tx.audit(AuditEntry { action: "visit.resend", visit: Some(id), ..Default::default() });
    tx.commit(ResendVisitCodeResponse { visit: Some(view::visit(&visit)) }).await
}
