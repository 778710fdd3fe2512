//! A pre-authorization was decided: the member is told, and the facility when a person decided.

use careway_contract::visits::v1::PreauthorizationDecided;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn preauthorization_decided(
    app: &App,
    tx: &mut Transaction,
    event: Received<PreauthorizationDecided>,
) -> Result<()> {
    let (at, it) = (event.event_id, event.message);
    let template = match it.state.as_str() {
        "APPROVED" => "preauthorization_approved",
        "PARTIALLY_APPROVED" => "preauthorization_partly",
        "REJECTED" => "preauthorization_rejected",
        // None was needed: nothing for anybody to know.
        _ => return Ok(()),
    };
    let preauthorization_id = it.preauthorization_id;
    let about = About::MembersPreauthorization {
        preauthorization_id: preauthorization_id.clone(),
        member_id: it.member_id,
    };
    keep(app, tx, Notice::sms(template, at, event.organization, about)).await?;
    if it.automatic {
        // Who asked read the decision in the answer.
        return Ok(());
    }
    let to = Office::new(it.facility_id, "preauthorizations.request");
    let about = About::Preauthorization { preauthorization_id, to, decision: it.state };
    keep(app, tx, Notice::mail("staff_preauthorization_decided", at, event.organization, about)).await
}
