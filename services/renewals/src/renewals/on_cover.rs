//! Visits extended a renewed card's cover, or says why it did not: the renewal shows it.

use careway_contract::visits::v1::{RenewalCovered, RenewalNotCovered};
use careway_events::Received;
use careway_kernel::{CoverageId, RenewalId};
use careway_service::{Error, Result, Transaction};

use super::store::{CoverAnswer, update_cover};
use crate::App;

pub(crate) async fn renewal_covered(
    app: &App,
    tx: &mut Transaction,
    event: Received<RenewalCovered>,
) -> Result<()> {
    let coverage = CoverageId::parse(&event.message.coverage_id).map_err(Error::internal)?;
    keep(app, tx, &event.message.renewal_id, CoverAnswer::Covered(coverage.uuid())).await
}

pub(crate) async fn renewal_not_covered(
    app: &App,
    tx: &mut Transaction,
    event: Received<RenewalNotCovered>,
) -> Result<()> {
    let RenewalNotCovered { renewal_id, reason, .. } = event.message;
    keep(app, tx, &renewal_id, CoverAnswer::NotCovered(&reason)).await
}

async fn keep(app: &App, tx: &mut Transaction, renewal: &str, answer: CoverAnswer<'_>) -> Result<()> {
    let renewal = RenewalId::parse(renewal).map_err(Error::internal)?;
    let now = tx.now();
    update_cover(tx, renewal, answer, now).await?;
    tx.wake_after_commit(app.feed.changed());
    Ok(())
}
