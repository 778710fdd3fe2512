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
    for (organization_id, permission) in
        [(it.payer_id, "preauthorizations.decide"), (it.facility_id, "preauthorizations.request")]
    {
        let to = Office { organization_id, permission: permission.to_owned() };
        let about = About::Preauthorization { preauthorization_id: it.preauthorization_id.clone(), to };
        keep(app, tx, Notice::mail("staff_preauthorization_overdue", at, event.organization, about)).await?;
    }
    Ok(())
}
