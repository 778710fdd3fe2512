//! A claim was decided: the member is told what it comes to, and the facility when a person decided.

use careway_contract::visits::v1::ClaimDecided;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn claim_decided(
    app: &App,
    tx: &mut Transaction,
    event: Received<ClaimDecided>,
) -> Result<()> {
    let (at, it) = (event.event_id, event.message);
    let about = About::MembersClaim { claim_id: it.claim_id.clone(), member_id: it.member_id };
    keep(app, tx, Notice::sms("claim_decided", at, event.organization, about)).await?;
    if it.automatic {
        // Who submitted it read the decision in the answer.
        return Ok(());
    }
    let to = Office::new(it.facility_id, "claims.submit");
    let about = About::Claim { claim_id: it.claim_id, to, decision: it.state };
    keep(app, tx, Notice::mail("staff_claim_decided", at, event.organization, about)).await
}
