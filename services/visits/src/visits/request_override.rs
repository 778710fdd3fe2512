//! Request an override: a visit without a code, for a second person to approve.

use careway_contract::visits::v1::{
    RequestVisitOverrideRequest, RequestVisitOverrideResponse, VisitOverrideRequested,
};
use careway_events::{Fact, record};
use careway_kernel::{OrganizationId, Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Keyed, Result, path_id};

use super::{
    bound::Bound,
    domain::{
        Visit,
        overrides::{Review, VisitOverride},
        refusal::Refusal,
    },
    store, view,
};
use crate::{App, seal::Column, texts::Note};

pub(crate) async fn request_visit_override(
    app: &App,
    call: &Call,
    request: RequestVisitOverrideRequest,
) -> Keyed<RequestVisitOverrideResponse> {
    let (facility, person) = (call.caller.facility()?, call.caller.account()?);
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let mut violations = Violations::default();
    let reason = violations.present("reason", view::parse_override_reason(request.reason()));
    let note = violations.required("note", request.note.as_str(), Note::parse);
    let (reason, note) = violations.all((reason, note))?;

    let mut tx = app.db.begin(call).await?;
    let visit = store::lock_facility_visit(&mut tx, id, facility).await?.ok_or(Error::not_found("visit"))?;
    let payer = certain_payer(app, &visit, tx.now())?;
    let visit = visit.request_override(tx.now(), payer, app.context.settings.unadmitted())?;
    if store::overrides::find_override(&mut tx, id, facility).await?.is_some() {
        return Err(Refusal::OverrideAlreadyRequested.into());
    }
    let (now, cap) = (tx.now(), app.context.settings.overrides_per_day);
    let asked = VisitOverride {
        visit: id,
        facility,
        payer,
        reason,
        sealed_note: app.context.keys.seal(Column::OverrideNote, id, note.as_str().as_bytes())?,
        requested_by: person,
        requested_at: now,
        number_that_day: store::overrides::count_override(&mut tx, facility, now, cap).await?,
        approval: None,
        review: Review::Pending,
        sealed_review: None,
        reviewed_by: None,
        reviewed_at: None,
        version: 1,
    };
    store::overrides::insert_override(&mut tx, &asked).await?;
    store::update::update_visit(&mut tx, &visit).await?;
    let requested = VisitOverrideRequested {
        visit_id: id.to_string(),
        facility_id: facility.to_string(),
        payer_id: payer.map(|payer| payer.to_string()).unwrap_or_default(),
        reason: reason.as_str().to_owned(),
        number_that_day: asked.number_that_day,
    };
    let fact = Fact::new(requested).about(id.uuid(), visit.version).of(facility);
    record(
        &mut tx,
        match payer {
            Some(payer) => fact.also(payer),
            None => fact,
        },
    );
    let detail = Some(reason.as_str());
    tx.audit(AuditEntry { action: "visit.request_override", visit: Some(id), detail, ..Default::default() });
    let shown = view::visit_override(&app.context.keys, &asked)?;
    tx.commit(RequestVisitOverrideResponse { visit: Some(view::visit(&visit)), r#override: Some(shown) })
        .await
}

/// The payer, when only one can be it: it may approve as well.
fn certain_payer(
    app: &App,
    visit: &Visit,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Option<OrganizationId>> {
    let member = Bound::open(app, visit, visit.awaiting(now)?)?.member();
    match member.payer_ids.as_slice() {
        [only] => Ok(OrganizationId::parse(only).ok()),
        _ => Ok(None),
    }
}
