//! The sender: takes what is due, finds out words and recipient where they are not known yet, and gives each message to its
//! port. A slow message holds up no other. Every replica runs one.

use std::time::Duration;

use careway_service::{Call, Result};
use serde::Deserialize;
use tokio::{sync::mpsc, task::JoinSet};

use super::{
    content::{self, Found},
    domain::{
        about::About,
        message::{Channel, Content, MOST_ATTEMPTS, Outcome, wait},
    },
    outcomes::{self, End, Ended},
    store::{self, Submitted},
};
use crate::App;

/// How many messages are under way at once.
const TOGETHER: usize = 32;
const IDLE: Duration = Duration::from_secs(1);
/// Longer than any port takes to answer.
const ABANDONED_AFTER: chrono::Duration = chrono::Duration::minutes(5);

/// Sends until shutdown; ends when what is under way has ended, and that is saved.
pub(crate) async fn run(app: App) {
    let (ended, outcomes) = mpsc::channel(TOGETHER);
    tokio::join!(send_all(&app, ended), outcomes::save_all(&app, outcomes));
}

async fn send_all(app: &App, ended: mpsc::Sender<Ended>) {
    let shutdown = &app.foundation.shutdown;
    let mut under_way = JoinSet::new();
    while !shutdown.is_cancelled() {
        while under_way.try_join_next().is_some() {}
        let taken = take(app, TOGETHER - under_way.len()).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "messages could not be taken for sending");
            Vec::new()
        });
        let is_idle = taken.is_empty();
        for message in taken {
            under_way.spawn(send(app.clone(), message, ended.clone()));
        }
        if under_way.len() == TOGETHER {
            shutdown.run_until_cancelled(under_way.join_next()).await;
        } else if is_idle {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = app.wake.notified() => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }
    under_way.join_all().await;
}

async fn take(app: &App, most: usize) -> Result<Vec<Submitted>> {
    let now = app.foundation.clock.now();
    let mut reader = app.db.read(&Call::system("send-messages")).await?;
    if store::find_next_due(&mut reader).await?.is_none_or(|due| due > now) {
        store::update_abandoned(&mut reader, now - ABANDONED_AFTER, now).await?;
        return Ok(Vec::new());
    }
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    store::update_submitted(&mut reader, now, most).await
}

/// Sends one, and passes on how it ended.
async fn send(app: App, message: Submitted, ended: mpsc::Sender<Ended>) {
    let now = app.foundation.clock.now();
    let end = if message.expires_at.is_some_and(|expires| expires < now) {
        End::Failed("EXPIRED")
    } else {
        match read_content(&app, &message).await {
            Ok(Found::Message(content)) => submit(&app, &message, &content).await,
            Ok(Found::Outdated) => End::Failed("EXPIRED"),
            Ok(Found::NoContact) => End::Failed("NO_CONTACT"),
            Err(error) => {
                tracing::warn!(%error, template = message.template, "a message's words are not to be had yet");
                put_off(&app, &message)
            }
        }
    };
    // Outcomes are received until no sender is left.
    let _ = ended.send(Ended { message, end }).await;
}

async fn submit(app: &App, message: &Submitted, content: &Content) -> End {
    let channel = Channel::parse(&message.channel);
    let outcome = app.ports.send(message.message_id, channel, content, app.foundation.clock.now()).await;
    metrics::counter!("careway_messages_total", "channel" => channel.as_str(), "outcome" => format!("{outcome:?}")).increment(1);
    match outcome {
        Outcome::Accepted => End::Accepted,
        Outcome::Deferred => put_off(app, message),
        Outcome::Rejected => End::Failed("REJECTED"),
        Outcome::Unknown => End::Failed("UNKNOWN"),
    }
}

/// Once more later, but not for ever.
fn put_off(app: &App, message: &Submitted) -> End {
    if message.attempts >= MOST_ATTEMPTS {
        return End::Failed("REJECTED");
    }
    End::Deferred(app.foundation.clock.now() + wait(message.attempts))
}

/// The words and their recipient.
async fn read_content(app: &App, message: &Submitted) -> Result<Found> {
    if let Some(sealed) = &message.sealed {
        let content = app.sealer.open(store::SEALED, message.message_id, sealed)?;
        return Ok(Found::Message(serde_json::from_slice(&content).map_err(anyhow::Error::from)?));
    }
    let Some(subject) = &message.subject else { return Ok(Found::NoContact) };
    // A newer version may have kept what this one does not know: then it is sent later, by one that does.
    let about = About::deserialize(subject).map_err(anyhow::Error::from)?;
    content::find_content(app, &message.template, &about).await
}
