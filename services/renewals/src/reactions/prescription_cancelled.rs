//! A prescription was taken back: the member is told that its number is good for nothing more.

use careway_contract::visits::v1::PrescriptionCancelled;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{App, domain::message::About};

pub(crate) async fn prescription_cancelled(
    app: &App,
    tx: &mut Transaction,
    event: Received<PrescriptionCancelled>,
) -> Result<()> {
    let it = event.message;
    let about = About::MembersPrescription {
        prescription_id: it.prescription_id,
        member_id: it.member_id,
        pharmacy_id: String::new(),
    };
    keep(app, tx, Notice::sms("prescription_cancelled", event.event_id, event.organization, about)).await
}
