//! A pre-authorization waits for a person: the payer's reviewers are told.

use careway_contract::visits::v1::PreauthorizationPended;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn preauthorization_pended(
    app: &App,
    tx: &mut Transaction,
    event: Received<PreauthorizationPended>,
) -> Result<()> {
    let it = event.message;
    let to = Office::new(it.payer_id, "preauthorizations.decide");
    let about =
        About::Preauthorization { preauthorization_id: it.preauthorization_id, to, decision: String::new() };
    keep(app, tx, Notice::mail("staff_preauthorization_pended", event.event_id, event.organization, about))
        .await
}
