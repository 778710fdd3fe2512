//! Medicines were handed out: the member is told where, in case it was somebody else.

use careway_contract::visits::v1::PrescriptionDispensed;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{App, domain::message::About};

pub(crate) async fn prescription_dispensed(
    app: &App,
    tx: &mut Transaction,
    event: Received<PrescriptionDispensed>,
) -> Result<()> {
    let it = event.message;
    let about = About::MembersPrescription {
        prescription_id: it.prescription_id,
        member_id: it.member_id,
        pharmacy_id: it.facility_id,
    };
    keep(app, tx, Notice::sms("prescription_dispensed", event.event_id, event.organization, about)).await
}
