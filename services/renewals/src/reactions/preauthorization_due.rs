//! A decision or an answer is due soon: whoever must act is told.

use careway_contract::visits::v1::PreauthorizationDue;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn preauthorization_due(
    app: &App,
    tx: &mut Transaction,
    event: Received<PreauthorizationDue>,
) -> Result<()> {
    let it = event.message;
    let to = match it.waits_for.as_str() {
        "PAYER" => Office::new(it.payer_id, "preauthorizations.decide"),
        _ => Office::new(it.facility_id, "preauthorizations.request"),
    };
    let about =
        About::Preauthorization { preauthorization_id: it.preauthorization_id, to, decision: String::new() };
    keep(app, tx, Notice::mail("staff_preauthorization_due", event.event_id, event.organization, about)).await
}
