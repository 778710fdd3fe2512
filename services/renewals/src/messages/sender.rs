//! The sender: takes what is due, finds out words and recipient where they are not known yet, and gives each message to its
//! route. A slow message holds up no other, and bulk nothing that somebody waits for. Every replica sends mail; text
//! messages are sent by the one that holds the routes.

use std::time::Duration;

use careway_service::{Call, Kind, Result};
use chrono::TimeDelta;
use serde::Deserialize;
use tokio::{sync::mpsc, task::JoinSet};

use super::{
    content::{self, Found},
    domain::{
        about::About,
        lanes::Filled,
        message::{self, Channel, Content, Outcome, Priority},
    },
    outcomes::{self, End, Ended, Later},
    reports::{Reports, put_off},
    store::{
        self,
        queue::{self, Submission, Taken},
    },
    submissions, submit_sms, upkeep,
};
use crate::App;

/// How many messages of a channel are under way at once.
const PLACES: usize = 64;
const IDLE: Duration = Duration::from_secs(1);
/// How long a sender may have a message before it submits it.
pub(super) const TAKEN_FOR: TimeDelta = TimeDelta::minutes(5);

/// Sends until shutdown; ends when what is under way has ended, and that is saved.
pub(crate) async fn run(app: App) {
    let (ended, outcomes) = mpsc::channel(PLACES);
    let (submissions, wanted) = mpsc::channel(PLACES);
    let reports = Reports { submissions, ended };
    tokio::join!(
        send_all(&app, Channel::Sms, reports.clone()),
        send_all(&app, Channel::Email, reports),
        submissions::keep_all(&app, wanted),
        outcomes::save_all(&app, outcomes),
        upkeep::run(&app),
    );
}

async fn send_all(app: &App, channel: Channel, reports: Reports) {
    let shutdown = &app.foundation.shutdown;
    let mut under_way = JoinSet::new();
    let mut filled = Filled::default();
    while !shutdown.is_cancelled() {
        while let Some(ended) = under_way.try_join_next() {
            filled.remove(ended.unwrap_or(Priority::Otp));
        }
        let taken = take(app, channel, &filled).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "messages could not be taken for sending");
            Vec::new()
        });
        let is_idle = taken.is_empty();
        for message in taken {
            let priority = Priority::from_number(message.priority);
            filled.add(priority);
            let (app, reports) = (app.clone(), reports.clone());
            under_way.spawn(async move {
                send(&app, message, &reports).await;
                priority
            });
        }
        if is_idle {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = app.wakes.of(channel).notified() => {}
                Some(ended) = under_way.join_next() => filled.remove(ended.unwrap_or(Priority::Otp)),
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }
    under_way.join_all().await;
}

async fn take(app: &App, channel: Channel, filled: &Filled) -> Result<Vec<Taken>> {
    let rooms = filled.rooms(PLACES);
    if rooms.otp == 0 || (channel == Channel::Sms && !app.routes.is_any_up()) {
        return Ok(Vec::new());
    }
    let now = app.foundation.clock.now();
    let mut reader = app.db.read(&Call::system("send-messages")).await?;
    queue::update_taken(&mut reader, channel.as_str(), rooms, now, now + TAKEN_FOR).await
}

/// Sends one, and passes on how it ended.
async fn send(app: &App, mut message: Taken, reports: &Reports) {
    let mut accepted = Vec::new();
    let end = match read_content(app, &mut message).await {
        Ok(Found::Message(content)) => match Channel::parse(&message.channel) {
            Channel::Sms => submit_sms::submit(app, &mut message, &content, reports, &mut accepted).await,
            Channel::Email => submit_mail(app, &mut message, &content, reports).await,
        },
        Ok(Found::Expired) => End::Failed(message::Ended::Expired, None),
        Ok(Found::Outdated) => End::Failed(message::Ended::Expired, Some("OUTDATED".to_owned())),
        Ok(Found::NoContact) => End::Failed(message::Ended::NoContact, None),
        Ok(Found::Suppressed(reason)) => End::Failed(message::Ended::Suppressed, Some(reason)),
        Ok(Found::Held(until)) if message.expires_at.is_some_and(|expires| expires < until) => {
            End::Failed(message::Ended::Expired, Some("TOO_LATE".to_owned()))
        }
        Ok(Found::Held(until)) => {
            End::Later(Later { is_held: true, due_at: Some(until), ..Later::default() })
        }
        Err(error) => {
            tracing::warn!(%error, template = message.template, "a message's words are not to be had yet");
            // Another service that is away is no fault of the message.
            let counts = error.kind() != Kind::Unavailable;
            put_off(app, &message, counts)
        }
    };
    let outcome = match &end {
        End::Accepted(_) => "ACCEPTED",
        End::Failed(outcome, _) => outcome.as_str(),
        End::Later(later) if later.is_held => "HELD",
        End::Later(_) => "DEFERRED",
        End::Released => "RELEASED",
    };
    metrics::counter!("careway_messages_total", "channel" => message.channel.clone(), "outcome" => outcome)
        .increment(1);
    // Outcomes are received until no sender is left.
    let _ = reports.ended.send(Ended { message, end, accepted }).await;
}

async fn submit_mail(app: &App, message: &mut Taken, content: &Content, reports: &Reports) -> End {
    let headers = &content.mail;
    let key = |address: &String| app.contact_keys.index(&address.to_lowercase());
    let submission = Submission {
        message_id: message.message_id,
        version: message.version,
        route: None,
        parts: 0,
        reference: None,
        recipient_keys: content.to.iter().chain(&headers.cc).map(key).collect(),
        mail_id: headers.message_id.clone(),
        return_key: headers.envelope_sender.as_ref().filter(|address| !address.is_empty()).map(key),
    };
    match submissions::submit(&reports.submissions, submission).await {
        Some(version) => message.version = version,
        None => return End::Released,
    }
    match app.ports.send(message.message_id, content, app.foundation.clock.now()).await {
        Outcome::Accepted => End::Accepted(None),
        Outcome::Deferred => put_off(app, message, true),
        Outcome::Rejected => End::Failed(message::Ended::Rejected, None),
        Outcome::Unknown => End::Failed(message::Ended::Unknown, None),
    }
}

/// The words and their recipient.
async fn read_content(app: &App, message: &mut Taken) -> Result<Found> {
    if message.expires_at.is_some_and(|expires| expires < app.foundation.clock.now()) {
        return Ok(Found::Expired);
    }
    if let Some(sealed) = &message.sealed {
        let content = app.sealer.open(store::SEALED, message.message_id, sealed)?;
        return Ok(Found::Message(serde_json::from_slice(&content).map_err(anyhow::Error::from)?));
    }
    let Some(subject) = &message.subject else { return Ok(Found::NoContact) };
    // A newer version may have kept what this one does not know: then it is sent later, by one that does.
    let about = About::deserialize(subject).map_err(anyhow::Error::from)?;
    content::find_content(app, &message.template, &about).await
}
