//! Approve an override: a second person vouches, the visit is verified and flagged.

use careway_contract::{
    identity::v1::{MemberSummary, ResolveMemberRequest},
    visits::v1::{ApproveVisitOverrideRequest, ApproveVisitOverrideResponse, VisitOverrideApproved},
};
use careway_events::{Fact, record};
use careway_kernel::{OrganizationId, VisitId};
use careway_service::{AuditEntry, Call, Error, Keyed, Result, path_id};

use super::{
    access::read_again,
    bound::Bound,
    domain::{
        Visit,
        overrides::{Approval, Side},
        refusal::Refusal,
    },
    store,
    verify::{Confirmed, confirm, record_verified},
    view,
};
use crate::{App, audit, coverages::domain::choice::AskedPayer};

pub(crate) async fn approve_visit_override(
    app: &App,
    call: &Call,
    request: ApproveVisitOverrideRequest,
) -> Keyed<ApproveVisitOverrideResponse> {
    let (organization, side) = match call.caller.is_payer() {
        true => (call.caller.payer()?, Side::Payer),
        false => (call.caller.facility()?, Side::Facility),
    };
    let person = call.caller.account()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let (visit, wanted) = {
        let mut reader = app.db.read(call).await?;
        let visit = store::find_visit(&mut reader, id, organization).await?;
        (
            visit.ok_or(Error::not_found("visit"))?,
            store::overrides::find_override(&mut reader, id, organization).await?,
        )
    };
    read_again(app, call, &visit, organization, "visit.approve_override").await?;
    // Whoever may not approve learns nothing of the member, not even that there is one.
    let allowed = wanted.ok_or(Refusal::OverrideNotRequested).and_then(|wanted| {
        visit.awaiting(app.clock.now())?;
        wanted.approvable_by(person)
    });
    app.db.unless_replayed(call, allowed).await?;
    let resolved = resolve(app, &visit, (side == Side::Payer).then_some(organization)).await;
    let (member, asked) = app.db.unless_replayed(call, resolved).await?;

    let mut tx = app.db.begin(call).await?;
    let missing = || Error::not_found("visit");
    let visit = store::lock_visit(&mut tx, id, organization).await?.ok_or_else(missing)?;
    let wanted = store::overrides::lock_override(&mut tx, id, organization).await?.ok_or_else(missing)?;
    let present = Confirmed { member: &member, asked, by: person.uuid(), vouched: Some(wanted.reason) };
    let visit = confirm(app, &mut tx, visit, present).await?;
    store::update::update_visit(&mut tx, &visit).await?;
    let patient = record_verified(&mut tx, &visit)?;
    let approved = wanted.approve(Approval { by: person, at: tx.now(), side }, patient.payer)?;
    store::overrides::update_override(&mut tx, &approved).await?;
    let told = VisitOverrideApproved {
        visit_id: id.to_string(),
        facility_id: visit.facility.to_string(),
        payer_id: patient.payer.to_string(),
        member_id: patient.member.to_string(),
        reason: approved.reason.as_str().to_owned(),
        number_that_day: approved.number_that_day,
    };
    let fact = Fact::new(told).about(id.uuid(), visit.version);
    record(&mut tx, fact.of(visit.facility).also(patient.payer));
    audit::note(
        &mut tx,
        call,
        AuditEntry {
            action: "visit.approve_override",
            member: Some(patient.member),
            visit: Some(id),
            detail: Some(approved.reason.as_str()),
            ..Default::default()
        },
    );
    let shown = view::shown(&app.context.keys, &visit, patient)?;
    tx.commit(ApproveVisitOverrideResponse {
        visit: Some(view::visit(&visit)),
        r#override: Some(view::visit_override(&app.context.keys, &approved)?),
        member: Some(shown.member),
        coverage: Some(shown.coverage),
        service_types: shown.service_types,
    })
    .await
}

/// Who was named at the desk, and the payers that were asked. A payer approves for its own members only.
async fn resolve(
    app: &App,
    visit: &Visit,
    payer: Option<OrganizationId>,
) -> Result<(MemberSummary, Vec<AskedPayer>)> {
    let bound = Bound::open(app, visit, visit.awaiting(app.clock.now())?)?;
    let asked = app.context.identity.request(ResolveMemberRequest { member: bound.challenge.member });
    let member = app.context.challenges().resolve_member(asked).await?.into_inner().member;
    let own = |member: &MemberSummary| payer.is_none_or(|payer| payer.to_string() == member.payer_id);
    let member = member.filter(own).ok_or(Refusal::MemberUnknown)?;
    Ok((member, bound.asked))
}
