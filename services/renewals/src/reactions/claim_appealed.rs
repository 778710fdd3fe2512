//! A facility appealed: the payer's reviewers are told.

use careway_contract::visits::v1::ClaimAppealed;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn claim_appealed(
    app: &App,
    tx: &mut Transaction,
    event: Received<ClaimAppealed>,
) -> Result<()> {
    let it = event.message;
    let to = Office::new(it.payer_id, "claims.review");
    let about = About::Claim { claim_id: it.claim_id, to, decision: String::new() };
    keep(app, tx, Notice::mail("staff_claim_appealed", event.event_id, event.organization, about)).await
}
