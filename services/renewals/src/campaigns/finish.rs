//! End campaigns that plan once, when every reminder of theirs has ended; take back what cancelled ones had planned; forget
//! what is not counted any more.

use careway_service::Result;

use super::{
    domain::{Campaign, Kind, State, pace::CAP, recipient::NOT_ACCEPTED},
    events, store,
};
use crate::App;

/// How many rows are taken back or forgotten in one transaction.
const BATCH: i64 = 10_000;

/// Ends what has ended.
pub(super) async fn end_all(app: &App) -> Result<()> {
    let running = {
        let mut reader = app.db.read(&careway_service::Call::system("campaigns.end")).await?;
        store::list_running(&mut reader).await?
    };
    for campaign in running.into_iter().filter(has_planned) {
        end(app, &campaign).await?;
    }
    Ok(())
}

/// Whether it plans nothing more.
fn has_planned(campaign: &Campaign) -> bool {
    campaign.state == State::Running && campaign.content.kind == Kind::Once && campaign.next_run_at.is_none()
}

async fn end(app: &App, campaign: &Campaign) -> Result<()> {
    let mut tx = app.db.begin_system("campaigns.end").await?;
    let now = tx.now();
    let Some(campaign) = store::lock_free(&mut tx, campaign.id).await?.filter(has_planned) else {
        return Ok(());
    };
    if store::recipient::is_at_work(&mut tx, campaign.id).await? {
        return Ok(());
    }
    let not_accepted = store::recipient::get_ended_count(&mut tx, campaign.id, &NOT_ACCEPTED).await?;
    let ended = campaign.end(not_accepted, now)?;
    store::update_campaign(&mut tx, &ended).await?;
    events::changed(&mut tx, &ended);
    tx.finish().await
}

/// Takes back what cancelled campaigns had planned.
pub(super) async fn take_back_all(app: &App) -> Result<()> {
    loop {
        let mut tx = app.db.begin_system("campaigns.cancel").await?;
        let taken_back = store::recipient::update_cancelled(&mut tx, BATCH).await?;
        tx.finish().await?;
        if i64::try_from(taken_back).unwrap_or(BATCH) < BATCH {
            return Ok(());
        }
    }
}

/// Forgets when reminders went out, once nobody counts it.
pub(super) async fn forget_all(app: &App) -> Result<()> {
    let mut tx = app.db.begin_system("campaigns.forget").await?;
    let before = tx.now() - CAP.within * 2;
    store::reminder::delete_old(&mut tx, before, BATCH).await?;
    tx.finish().await
}
