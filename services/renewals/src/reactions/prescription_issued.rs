//! Medicines were prescribed: the member is told the number to show at the pharmacy.

use careway_contract::visits::v1::PrescriptionIssued;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{App, domain::message::About};

pub(crate) async fn prescription_issued(
    app: &App,
    tx: &mut Transaction,
    event: Received<PrescriptionIssued>,
) -> Result<()> {
    let it = event.message;
    let about = About::MembersPrescription {
        prescription_id: it.prescription_id,
        member_id: it.member_id,
        pharmacy_id: String::new(),
    };
    keep(app, tx, Notice::sms("prescription_issued", event.event_id, event.organization, about)).await
}
