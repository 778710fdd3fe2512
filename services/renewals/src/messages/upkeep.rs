//! What time does to messages, and what operators see of the queue.

use std::time::Duration;

use careway_service::{Call, Result};
use chrono::TimeDelta;
use tokio::time::Instant;

use super::{
    domain::{
        bounce,
        message::{Channel, Priority},
    },
    events::{self, Said},
    outages, receipts,
    store::{
        bounces::delete_old_bounces,
        inbound::delete_old_inbound,
        receipts::delete_old_early,
        upkeep::{self, Lost},
    },
};
use crate::App;

/// How often it is looked for receipts that came before their answers, and for what was never told of.
const OFTEN: Duration = Duration::from_secs(2);
const SELDOM: Duration = Duration::from_secs(30);
/// Longer than any route takes to answer.
const ABANDONED_AFTER: TimeDelta = TimeDelta::minutes(10);
/// Words are kept so long.
const KEPT: TimeDelta = TimeDelta::days(90);
const MOST: i64 = 1000;
/// The states in which a message waits.
const WAITS: [&str; 3] = ["QUEUED", "HELD", "SUBMITTED"];

/// Looks after messages until shutdown.
pub(super) async fn run(app: &App) {
    let shutdown = &app.foundation.shutdown;
    let mut seldom = Instant::now();
    while !shutdown.is_cancelled() {
        if let Err(error) = look(app).await {
            tracing::warn!(%error, "messages cannot be looked after");
        }
        if seldom <= Instant::now() {
            seldom = Instant::now() + SELDOM;
            if let Err(error) = clean(app).await {
                tracing::warn!(%error, "old words of messages cannot be erased");
            }
        }
        shutdown.run_until_cancelled(tokio::time::sleep(OFTEN)).await;
    }
}

async fn look(app: &App) -> Result<()> {
    outages::watch(app).await?;
    while receipts::take_early(app, 500).await? == 500 {}
    let mut tx = app.db.begin_system("send-messages").await?;
    let now = tx.now();
    let mut lost = upkeep::update_abandoned(&mut tx, now - ABANDONED_AFTER, Priority::Otp, now).await?;
    lost.extend(upkeep::update_unreported(&mut tx, MOST, now).await?);
    for message in lost {
        metrics::counter!("careway_messages_total", "channel" => message.channel.clone(), "outcome" => "UNKNOWN")
            .increment(1);
        fail(&mut tx, message);
    }
    tx.finish().await
}

fn fail(tx: &mut careway_service::Transaction, message: Lost) {
    events::record_failed(tx, &Said::of_lost(message), "UNKNOWN");
}

async fn clean(app: &App) -> Result<()> {
    let now = app.foundation.clock.now();
    let mut reader = app.db.read(&Call::system("send-messages")).await?;
    upkeep::update_erased(&mut reader, now - KEPT, MOST).await?;
    delete_old_early(&mut reader, now - receipts::EARLY_KEPT).await?;
    delete_old_bounces(&mut reader, now - bounce::COUNTED).await?;
    delete_old_inbound(&mut reader, now - KEPT, MOST).await?;
    let waiting = upkeep::list_queue_states(&mut reader, now).await?;
    for (channel, state) in
        [Channel::Sms, Channel::Email].into_iter().flat_map(|channel| WAITS.map(|state| (channel, state)))
    {
        let found = waiting.iter().find(|found| found.channel == channel.as_str() && found.state == state);
        let labels = [("channel", channel.as_str()), ("state", state)];
        // Of what is not there, there is none: it would be told as it was last.
        metrics::gauge!("careway_messages_waiting", &labels)
            .set(found.map_or(0.0, |found| found.messages as f64));
        let oldest = found.map_or(0.0, |found| found.oldest_seconds);
        metrics::gauge!("careway_messages_oldest_seconds", &labels).set(oldest);
    }
    Ok(())
}
