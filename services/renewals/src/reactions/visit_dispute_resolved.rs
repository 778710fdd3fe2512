//! The payer settled a dispute: the member, who asked, and the facility, whose claims were frozen, are told.

use careway_contract::visits::v1::VisitDisputeResolved;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn visit_dispute_resolved(
    app: &App,
    tx: &mut Transaction,
    event: Received<VisitDisputeResolved>,
) -> Result<()> {
    let (at, it) = (event.event_id, event.message);
    let (to_member, to_facility) = if it.upheld {
        ("visit_dispute_upheld", "staff_visit_dispute_upheld")
    } else {
        ("visit_dispute_dismissed", "staff_visit_dispute_dismissed")
    };
    let about = About::MembersVisit { visit_id: it.visit_id.clone(), member_id: it.member_id };
    keep(app, tx, Notice::sms(to_member, at, event.organization, about)).await?;
    let to = Office::new(it.facility_id, "claims.submit");
    let about = About::Visit { visit_id: it.visit_id, to };
    keep(app, tx, Notice::mail(to_facility, at, event.organization, about)).await
}
