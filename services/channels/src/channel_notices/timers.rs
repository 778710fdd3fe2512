//! Notices that nobody acknowledged: the channel is asked again after three days, Careway's support after seven.

use careway_service::{Result, Ticks};
use chrono::TimeDelta;

use super::store;
use crate::{App, connections::mails};

/// When the channel is asked again.
const REMINDED: TimeDelta = TimeDelta::days(3);
/// When support is.
const ESCALATED: TimeDelta = TimeDelta::days(7);

/// Runs until the service stops.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        if let Err(error) = ask_again(&app).await {
            tracing::warn!(?error, "nobody could be asked again for notices");
        }
    }
}

/// One mail for each connection, however many of its notices are due.
async fn ask_again(app: &App) -> Result<()> {
    let mut tx = app.db.begin_system("channel_notice.timers").await?;
    let now = tx.now();
    for connection in store::update_reminded(&mut tx, now - REMINDED, now).await? {
        mails::keep(app, &mut tx, connection, mails::Kind::Reminder, "").await?;
    }
    for connection in store::update_escalated(&mut tx, now - ESCALATED, now).await? {
        mails::keep(app, &mut tx, connection, mails::Kind::Overdue, "").await?;
    }
    tx.finish().await
}
