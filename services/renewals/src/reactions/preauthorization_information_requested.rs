//! The payer has a question: those at the facility who ask for pre-authorizations are told.

use careway_contract::visits::v1::PreauthorizationInformationRequested;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn preauthorization_information_requested(
    app: &App,
    tx: &mut Transaction,
    event: Received<PreauthorizationInformationRequested>,
) -> Result<()> {
    let it = event.message;
    let to = Office::new(it.facility_id, "preauthorizations.request");
    let about =
        About::Preauthorization { preauthorization_id: it.preauthorization_id, to, decision: String::new() };
    keep(app, tx, Notice::mail("staff_preauthorization_question", event.event_id, event.organization, about))
        .await
}
