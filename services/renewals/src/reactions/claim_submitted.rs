//! A claim waits for a person: the payer's reviewers are told.

use careway_contract::visits::v1::ClaimSubmitted;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn claim_submitted(
    app: &App,
    tx: &mut Transaction,
    event: Received<ClaimSubmitted>,
) -> Result<()> {
    let it = event.message;
    if !it.in_review {
        // The rules decided it at once.
        return Ok(());
    }
    let to = Office::new(it.payer_id, "claims.review");
    let about = About::Claim { claim_id: it.claim_id, to, decision: String::new() };
    keep(app, tx, Notice::mail("staff_claim_in_review", event.event_id, event.organization, about)).await
}
