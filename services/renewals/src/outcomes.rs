//! Keeps what became of messages, and says it: what ended meanwhile is one commit.

use std::time::Duration;

use careway_contract::renewals::v1::{MessageAccepted, MessageFailed};
use careway_events::{Fact, record};
use careway_kernel::OrganizationId;
use careway_service::{Kind, Result, Transaction};
use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use crate::{
    App,
    store::{self, message::Taken},
};

/// How many one commit keeps at most.
const GROUP: usize = 64;
const AGAIN: Duration = Duration::from_secs(1);

/// How a try to send ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Accepted,
    /// To be tried again then.
    Deferred(DateTime<Utc>),
    Failed(&'static str),
}

/// A message, and how its try ended.
pub(crate) struct Ended {
    pub(crate) message: Taken,
    pub(crate) end: End,
}

/// Keeps whatever is told, until nobody tells any more.
pub(crate) async fn keep_all(app: &App, mut told: mpsc::Receiver<Ended>) {
    let mut group = Vec::with_capacity(GROUP);
    while told.recv_many(&mut group, GROUP).await > 0 {
        if let Err(error) = keep_at_last(app, &group).await {
            tracing::error!(%error, messages = group.len(), "it could not be kept what became of messages");
        }
        group.clear();
    }
}

/// Keeps it as soon as the database answers again. Given up, it would be unknown whether the messages went out, and what
/// was put off would never be sent.
async fn keep_at_last(app: &App, group: &[Ended]) -> Result<()> {
    loop {
        let shutdown = &app.foundation().shutdown;
        match keep(app, group).await {
            Err(error) if error.kind() == Kind::Unavailable && !shutdown.is_cancelled() => {
                shutdown.run_until_cancelled(tokio::time::sleep(AGAIN)).await;
            }
            kept => return kept,
        }
    }
}

async fn keep(app: &App, group: &[Ended]) -> Result<()> {
    let (mut ended, mut deferred) = (Vec::new(), Vec::new());
    for Ended { message, end } in group {
        match *end {
            End::Accepted => ended.push((message.message_id, "ACCEPTED")),
            End::Failed(outcome) => ended.push((message.message_id, outcome)),
            End::Deferred(due_at) => deferred.push((message.message_id, due_at)),
        }
    }
    let mut tx = app.db().begin_system("send-messages").await?;
    if !ended.is_empty() {
        let now = tx.now();
        let new = store::message::update_ended(&mut tx, &ended, now).await?;
        for Ended { message, end } in group.iter().filter(|it| new.contains(&it.message.message_id)) {
            say(&mut tx, message, *end);
        }
    }
    if !deferred.is_empty() {
        store::message::update_deferred(&mut tx, &deferred).await?;
    }
    tx.finish().await
}

fn say(tx: &mut Transaction, message: &Taken, end: End) {
    let (message_id, channel, template) =
        (message.message_id.to_string(), message.channel.clone(), message.template.clone());
    let fact = match end {
        End::Failed(outcome) => {
            Fact::new(MessageFailed { message_id, channel, template, outcome: outcome.to_owned() })
        }
        End::Accepted | End::Deferred(_) => Fact::new(MessageAccepted { message_id, channel, template }),
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
