//! Saves what became of messages, and says it: what ended meanwhile is one commit.

use std::time::Duration;

use careway_service::{Kind, Result};
use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::{
    events,
    store::{self, Submitted},
};
use crate::App;

/// How many one commit saves at most.
const GROUP: usize = 64;
const AGAIN: Duration = Duration::from_secs(1);

/// How a try to send ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    Accepted,
    /// To be tried again then.
    Deferred(DateTime<Utc>),
    Failed(&'static str),
}

/// A message, and how its try ended.
pub(super) struct Ended {
    pub(super) message: Submitted,
    pub(super) end: End,
}

/// Saves every outcome, until no sender is left.
pub(super) async fn save_all(app: &App, mut ended: mpsc::Receiver<Ended>) {
    let mut group = Vec::with_capacity(GROUP);
    while ended.recv_many(&mut group, GROUP).await > 0 {
        if let Err(error) = save_at_last(app, &group).await {
            tracing::error!(%error, messages = group.len(), "it could not be saved what became of messages");
        }
        group.clear();
    }
}

/// Saves it as soon as the database answers again. Given up, it would be unknown whether the messages went out, and what
/// was put off would never be sent.
async fn save_at_last(app: &App, group: &[Ended]) -> Result<()> {
    loop {
        let shutdown = &app.foundation.shutdown;
        match save(app, group).await {
            Err(error) if error.kind() == Kind::Unavailable && !shutdown.is_cancelled() => {
                shutdown.run_until_cancelled(tokio::time::sleep(AGAIN)).await;
            }
            saved => return saved,
        }
    }
}

async fn save(app: &App, group: &[Ended]) -> Result<()> {
    let (mut ended, mut deferred) = (Vec::new(), Vec::new());
    for Ended { message, end } in group {
        match *end {
            End::Accepted => ended.push((message.message_id, "ACCEPTED")),
            End::Failed(outcome) => ended.push((message.message_id, outcome)),
            End::Deferred(due_at) => deferred.push((message.message_id, due_at)),
        }
    }
    let mut tx = app.db.begin_system("send-messages").await?;
    if !ended.is_empty() {
        let now = tx.now();
        let new = store::update_ended(&mut tx, &ended, now).await?;
        for Ended { message, end } in group.iter().filter(|ended| new.contains(&ended.message.message_id)) {
            match *end {
                End::Accepted => events::record_accepted(&mut tx, message),
                End::Failed(outcome) => events::record_failed(&mut tx, message, outcome),
                End::Deferred(_) => {}
            }
        }
    }
    if !deferred.is_empty() {
        store::update_deferred(&mut tx, &deferred).await?;
    }
    tx.finish().await
}
