//! The payer did not decide in time: both sides are told.

use careway_contract::visits::v1::PreauthorizationOverdue;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn preauthorization_overdue(
    app: &App,
    tx: &mut Transaction,
    event: Received<PreauthorizationOverdue>,
) -> Result<()> {
    let (at, it) = (event.event_id, event.message);
    for to in [
        Office::new(it.payer_id, "preauthorizations.decide"),
        Office::new(it.facility_id, "preauthorizations.request"),
    ] {
        let preauthorization_id = it.preauthorization_id.clone();
        let about = About::Preauthorization { preauthorization_id, to, decision: String::new() };
        keep(app, tx, Notice::mail("staff_preauthorization_overdue", at, event.organization, about)).await?;
    }
    Ok(())
}
