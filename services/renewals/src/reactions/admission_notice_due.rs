//! The payer's notice of an inpatient is due soon: those at the facility who can give it are told.

use careway_contract::visits::v1::AdmissionNoticeDue;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn admission_notice_due(
    app: &App,
    tx: &mut Transaction,
    event: Received<AdmissionNoticeDue>,
) -> Result<()> {
    let it = event.message;
    let to = Office::new(it.facility_id, "visits.admit");
    let about = About::Visit { visit_id: it.visit_id, to };
    keep(app, tx, Notice::mail("staff_admission_notice_due", event.event_id, event.organization, about)).await
}
