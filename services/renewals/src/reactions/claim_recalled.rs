//! A facility took a claim back: the payer's reviewers are told, and the member, who may have been told what it comes to.

use careway_contract::visits::v1::ClaimRecalled;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn claim_recalled(
    app: &App,
    tx: &mut Transaction,
    event: Received<ClaimRecalled>,
) -> Result<()> {
    let (at, it) = (event.event_id, event.message);
    if it.decided {
        let about = About::MembersClaim { claim_id: it.claim_id.clone(), member_id: it.member_id };
        keep(app, tx, Notice::sms("claim_recalled", at, event.organization, about)).await?;
    }
    let to = Office::new(it.payer_id, "claims.review");
    let about = About::Claim { claim_id: it.claim_id, to, decision: String::new() };
    keep(app, tx, Notice::mail("staff_claim_recalled", at, event.organization, about)).await
}
