//! Review an override: the payer says whether it was justified.

use careway_contract::visits::v1::{
    ReviewVisitOverrideRequest, ReviewVisitOverrideResponse, VisitOverrideReviewed,
    review_visit_override_request::Outcome,
};
use careway_events::{Fact, record};
use careway_kernel::{Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{domain::overrides::Review, store, view};
use crate::{App, seal::Column, texts::Note};

pub(crate) async fn review_visit_override(
    app: &App,
    call: &Call,
    request: ReviewVisitOverrideRequest,
) -> Keyed<ReviewVisitOverrideResponse> {
    let (payer, person) = (call.caller.payer()?, call.caller.account()?);
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let mut violations = Violations::default();
    let outcome = violations.present(
        "outcome",
        match request.outcome() {
            Outcome::Unspecified => None,
            Outcome::Accepted => Some(Review::Accepted),
            Outcome::Rejected => Some(Review::Rejected),
        },
    );
    let text = violations.optional("note", request.note.as_str(), Note::parse);
    let (outcome, text) = violations.all((outcome, text))?;
    let sealed = text
        .map(|text| app.context.keys.seal(Column::ReviewNote, id, text.as_str().as_bytes()))
        .transpose()?;

    let mut tx = app.db.begin(call).await?;
    let approved = store::overrides::lock_override(&mut tx, id, payer).await?;
    let reviewed = approved.ok_or(Error::not_found("override"))?.review(outcome, sealed, person, tx.now())?;
    store::overrides::update_override(&mut tx, &reviewed).await?;
    let told = VisitOverrideReviewed {
        visit_id: id.to_string(),
        facility_id: reviewed.facility.to_string(),
        payer_id: payer.to_string(),
        accepted: outcome == Review::Accepted,
    };
    record(&mut tx, Fact::new(told).of(reviewed.facility).also(payer));
    let detail = Some(outcome.as_str());
    tx.audit(AuditEntry { action: "visit.review_override", visit: Some(id), detail, ..Default::default() });
    let shown = view::visit_override(&app.context.keys, &reviewed)?;
    tx.commit(ReviewVisitOverrideResponse { r#override: Some(shown) }).await
}
