//! A member says "this was not me": the payer, who settles it, and the facility, whose claims are frozen, are told.

use careway_contract::visits::v1::VisitDisputed;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn visit_disputed(
    app: &App,
    tx: &mut Transaction,
    event: Received<VisitDisputed>,
) -> Result<()> {
    let (at, it) = (event.event_id, event.message);
    for to in
        [Office::new(it.payer_id, "visits.override.review"), Office::new(it.facility_id, "claims.submit")]
    {
        let about = About::Visit { visit_id: it.visit_id.clone(), to };
        keep(app, tx, Notice::mail("staff_visit_disputed", at, event.organization, about)).await?;
    }
    Ok(())
}
