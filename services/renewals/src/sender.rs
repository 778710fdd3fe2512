//! The sender: takes what is due, finds out words and recipient where they are not known yet, gives each message to its
//! port, and keeps what became of it. Every replica runs one.

use std::time::Duration;

use careway_contract::renewals::v1::{MessageAccepted, MessageFailed};
use careway_events::{Fact, record};
use careway_kernel::OrganizationId;
use careway_service::{Call, Kind, Result, Transaction};
use futures::future::join_all;
use serde::Deserialize;

use crate::{
    App,
    domain::message::{About, Channel, Content, MOST_ATTEMPTS, Outcome, wait},
    store::{self, message::Taken},
    words::{self, Found},
};

const TOGETHER: i64 = 32;
const IDLE: Duration = Duration::from_secs(1);
/// Longer than any port takes to answer.
const ABANDONED_AFTER: chrono::Duration = chrono::Duration::minutes(5);

pub(crate) async fn run(app: App) {
    let shutdown = app.foundation().shutdown.clone();
    while !shutdown.is_cancelled() {
        let sent = match send_due(&app).await {
            Ok(sent) => sent,
            Err(error) => {
                tracing::warn!(%error, "messages could not be sent");
                0
            }
        };
        if sent == 0 {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = app.wake().notified() => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }
}

async fn send_due(app: &App) -> Result<usize> {
    let now = app.foundation().clock.now();
    let mut reader = app.db().read(&Call::system("send-messages")).await?;
    if store::message::next_due(&mut reader).await?.is_none_or(|due| due > now) {
        store::message::update_abandoned(&mut reader, now - ABANDONED_AFTER, now).await?;
        return Ok(0);
    }
    let taken = store::message::take_due(&mut reader, now, TOGETHER).await?;
    drop(reader);
    let count = taken.len();
    for ended in join_all(taken.into_iter().map(|message| send_one(app, message))).await {
        ended?;
    }
    Ok(count)
}

/// What is to be kept of one try.
enum End {
    Accepted,
    Deferred,
    Failed(&'static str),
}

async fn send_one(app: &App, message: Taken) -> Result<()> {
    let now = app.foundation().clock.now();
    let end = if message.expires_at.is_some_and(|expires| expires < now) {
        End::Failed("EXPIRED")
    } else {
        match content(app, &message).await {
            Ok(Found::Message(content)) => submit(app, &message, &content).await,
            Ok(Found::Outdated) => End::Failed("EXPIRED"),
            Ok(Found::NoContact) => End::Failed("NO_CONTACT"),
            Err(error) => {
                tracing::warn!(%error, template = message.template, "a message's words are not to be had yet");
                End::Deferred
            }
        }
    };
    let end = match end {
        End::Deferred if message.attempts >= MOST_ATTEMPTS => End::Failed("REJECTED"),
        end => end,
    };
    keep_at_last(app, &message, &end).await
}

/// Keeps it as soon as the database answers again. Given up, it would be unknown whether the message went out, and what
/// was put off would never be sent.
async fn keep_at_last(app: &App, message: &Taken, end: &End) -> Result<()> {
    loop {
        let shutdown = &app.foundation().shutdown;
        match keep(app, message, end).await {
            Err(error) if error.kind() == Kind::Unavailable && !shutdown.is_cancelled() => {
                shutdown.run_until_cancelled(tokio::time::sleep(IDLE)).await;
            }
            kept => return kept,
        }
    }
}

async fn submit(app: &App, message: &Taken, content: &Content) -> End {
    let channel = Channel::parse(&message.channel);
    let outcome = app.ports().send(message.message_id, channel, content, app.foundation().clock.now()).await;
    metrics::counter!("careway_messages_total", "channel" => channel.as_str(), "outcome" => format!("{outcome:?}")).increment(1);
    match outcome {
        Outcome::Accepted => End::Accepted,
        Outcome::Deferred => End::Deferred,
        Outcome::Rejected => End::Failed("REJECTED"),
        Outcome::Unknown => End::Failed("UNKNOWN"),
    }
}

async fn keep(app: &App, message: &Taken, end: &End) -> Result<()> {
    let mut tx = app.db().begin_system("send-messages").await?;
    let now = tx.now();
    match end {
        End::Accepted => {
            if store::message::update_ended(&mut tx, message.message_id, "ACCEPTED", now).await? {
                say(&mut tx, message, None);
            }
        }
        End::Failed(outcome) => {
            if store::message::update_ended(&mut tx, message.message_id, outcome, now).await? {
                say(&mut tx, message, Some(*outcome));
            }
        }
        End::Deferred => {
            store::message::update_deferred(&mut tx, message.message_id, now + wait(message.attempts))
                .await?;
        }
    }
    tx.finish().await
}

fn say(tx: &mut Transaction, message: &Taken, failure: Option<&'static str>) {
    let (message_id, channel, template) =
        (message.message_id.to_string(), message.channel.clone(), message.template.clone());
    let fact = match failure {
        None => Fact::new(MessageAccepted { message_id, channel, template }),
        Some(outcome) => {
            Fact::new(MessageFailed { message_id, channel, template, outcome: outcome.to_owned() })
        }
    };
    let fact = fact.about(message.message_id, message.version + 1);
    record(
        tx,
        match message.organization_id {
            Some(organization) => fact.of(OrganizationId::from_uuid(organization)),
            None => fact,
        },
    );
}

/// The words and their recipient.
async fn content(app: &App, message: &Taken) -> Result<Found> {
    if let Some(sealed) = &message.sealed {
        let content = app.sealer().open(store::message::SEALED, message.message_id, sealed)?;
        return Ok(Found::Message(serde_json::from_slice(&content).map_err(anyhow::Error::from)?));
    }
    let Some(subject) = &message.subject else { return Ok(Found::NoContact) };
    // A newer version may have kept what this one does not know: then it is sent later, by one that does.
    let about = About::deserialize(subject).map_err(anyhow::Error::from)?;
    words::find(app, &message.template, &about).await
}
