//! What becomes of connections by the clock and by what providers offer: services that cannot be booked are withdrawn, a
//! lapsed contract or the last service ends a connection, an outdated consent suspends it. Every replica runs them; a
//! connection is changed by one.

use std::time::Duration;

use careway_kernel::ConnectionId;
use careway_service::{Call, Error, Result, Ticks};
use chrono::TimeDelta;
use tokio::task::JoinSet;

use super::{change::Change, mails, store};
use crate::App;

/// Connections looked at in one go.
const BATCH: i64 = 100;
/// How long a system is left alone.
const PULSE: TimeDelta = TimeDelta::minutes(1);
/// Systems asked at once.
const AT_ONCE: i64 = 16;

/// Runs until the service stops.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown).or_woken_by(&app.offer_changed);
    while ticks.next().await {
        if let Err(error) = settle_all(&app).await {
            tracing::warn!(?error, "connections could not be settled");
        }
    }
}

/// Hands mails over until the service stops.
pub(crate) async fn run_mails(app: App) {
    let mut wait = Duration::ZERO;
    loop {
        tokio::select! {
            () = app.foundation.shutdown.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
            () = app.mail_waits.notified() => {}
        }
        wait = app.timer;
        if let Err(error) = mails::send_all(&app).await {
            tracing::warn!(?error, "mails to channels could not be handed over");
        }
    }
}

/// Asks channels' systems whether they are well, until the service stops.
pub(crate) async fn run_pulses(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        if let Err(error) = ask_all(&app).await {
            tracing::warn!(?error, "channels could not be asked whether they are well");
        }
    }
}

/// Asks every system that was not asked for a minute, some at once: a slow one holds up only those beside it.
async fn ask_all(app: &App) -> Result<()> {
    loop {
        let mut tx = app.db.begin_system("connection.pulse").await?;
        let now = tx.now();
        let due = store::update_asked(&mut tx, now - PULSE, now, AT_ONCE).await?;
        tx.finish().await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut asking = JoinSet::new();
        for pulse in due {
            let app = app.clone();
            asking.spawn(async move {
                let url = app.outbound.parse(&pulse.health_url);
                let well = match &url {
                    Ok(url) => app.outbound.is_well(url).await,
                    Err(_) => false,
                };
                felt(&app, pulse.connection, well).await
            });
        }
        while let Some(asked) = asking.join_next().await {
            asked.map_err(Error::internal)??;
        }
    }
}

async fn felt(app: &App, id: ConnectionId, well: bool) -> Result<()> {
    let mut tx = app.db.begin_system("connection.pulse").await?;
    let Some(mut change) = Change::of(app, &mut tx, None, id).await? else { return Ok(()) };
    let pulse = store::get_pulse(&mut tx, id).await?.after(well);
    store::update_pulse(&mut tx, id, pulse).await?;
    if change.connection.feel(pulse) {
        let (news, state) = (change.is_news(), change.connection.state);
        change.keep_by_itself(&mut tx, "health", "HEALTH").await?;
        if news {
            mails::keep(app, &mut tx, id, mails::Kind::Changed, state.as_str()).await?;
        }
    }
    tx.finish().await
}

/// Settles every connection that something around it may have changed.
pub(crate) async fn settle_all(app: &App) -> Result<()> {
    let mut after = None;
    loop {
        let unsettled = {
            let mut reader = app.db.read(&Call::system("connection.timers")).await?;
            store::list_unsettled(&mut reader, app.clock.now(), after, BATCH).await?
        };
        for id in &unsettled {
            settle(app, *id).await?;
        }
        after = unsettled.last().copied();
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn settle(app: &App, id: ConnectionId) -> Result<()> {
    let mut tx = app.db.begin_system("connection.timers").await?;
    let Some(mut change) = Change::of(app, &mut tx, None, id).await? else { return Ok(()) };
    let withdrew = change.connection.follow_offer(&change.grounds);
    let passed = change.connection.pass_time(&change.grounds);
    if !withdrew && !passed {
        return Ok(());
    }
    let (news, state) = (change.is_news(), change.connection.state);
    let detail = change.connection.end_cause.map_or("", |cause| cause.as_str());
    change.keep_by_itself(&mut tx, "settle", detail).await?;
    if news {
        mails::keep(app, &mut tx, id, mails::Kind::Changed, state.as_str()).await?;
    }
    tx.finish().await
}
