//! What happens to campaigns by the clock alone: approved ones get their time, what is due is planned, the queue is fed, and
//! what has ended ends. Every replica runs it; each campaign is taken by one at a time.

use careway_service::{Result, Ticks};

use super::{domain::State, feed, finish, plan, store};
use crate::{App, opt_outs};

/// Looks for what is due until shutdown.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        let outcomes = [
            ("replies", opt_outs::replies::read_all(&app).await),
            ("schedule", schedule_all(&app).await),
            ("begin", begin_all(&app).await),
            ("plan", plan_all(&app).await),
            ("feed", feed::feed_all(&app).await),
            ("end", finish::end_all(&app).await),
            ("take_back", finish::take_back_all(&app).await),
            ("forget", finish::forget_all(&app).await),
        ];
        for (timer, outcome) in outcomes {
            if let Err(error) = outcome {
                tracing::warn!(timer, %error, "a timer of campaigns failed; it will try again");
            }
        }
    }
}

/// Gives every approved campaign its time.
async fn schedule_all(app: &App) -> Result<()> {
    loop {
        let mut tx = app.db.begin_system("campaigns.schedule").await?;
        let now = tx.now();
        let Some(campaign) = store::lock_due(&mut tx, State::Approved, now).await? else { return Ok(()) };
        store::update_campaign(&mut tx, &campaign.schedule(now)?).await?;
        tx.finish().await?;
    }
}

/// Begins every campaign whose time has come.
async fn begin_all(app: &App) -> Result<()> {
    loop {
        let mut tx = app.db.begin_system("campaigns.begin").await?;
        let now = tx.now();
        let Some(campaign) = store::lock_due(&mut tx, State::Scheduled, now).await? else { return Ok(()) };
        store::update_campaign(&mut tx, &campaign.begin()?).await?;
        tx.finish().await?;
    }
}

/// Plans every campaign whose day has come.
async fn plan_all(app: &App) -> Result<()> {
    while plan::plan_next(app).await? {}
    Ok(())
}
