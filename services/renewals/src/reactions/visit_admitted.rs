//! A patient was admitted: the member is told, with a link to say "this was not me".

use careway_contract::visits::v1::VisitAdmitted;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{App, domain::message::About};

pub(crate) async fn visit_admitted(
    app: &App,
    tx: &mut Transaction,
    event: Received<VisitAdmitted>,
) -> Result<()> {
    let it = event.message;
    let about = About::MembersVisit { visit_id: it.visit_id, member_id: it.member_id };
    keep(app, tx, Notice::sms("visit_admitted", event.event_id, event.organization, about)).await
}
