//! The facility did not answer in time: the payer's reviewers are told that it is their turn again.

use careway_contract::visits::v1::PreauthorizationAnswerMissed;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn preauthorization_answer_missed(
    app: &App,
    tx: &mut Transaction,
    event: Received<PreauthorizationAnswerMissed>,
) -> Result<()> {
    let it = event.message;
    let to = Office::new(it.payer_id, "preauthorizations.decide");
    let about =
        About::Preauthorization { preauthorization_id: it.preauthorization_id, to, decision: String::new() };
    keep(
        app,
        tx,
        Notice::mail("staff_preauthorization_unanswered", event.event_id, event.organization, about),
    )
    .await
}
