//! Saves what became of messages, and says it: what ended meanwhile is one commit.

use std::time::Duration;

use careway_service::{Kind, Result};
use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::{
    domain::message::{self, Channel, NO_SUCH_NUMBER, Priority},
    events::{self, Said},
    store::{
        ended::{self, DeferredRow, EndedRow},
        parts::{self, AcceptedPart},
        queue::{self, Taken},
    },
};
use crate::{App, participants};

/// How many one commit saves at most.
const GROUP: usize = 64;
const AGAIN: Duration = Duration::from_secs(1);

/// How a try to send ended.
#[derive(Debug)]
pub(super) enum End {
    /// A receipt is promised until then.
    Accepted(Option<DateTime<Utc>>),
    Failed(message::Ended, Option<String>),
    /// To be tried again.
    Later(Later),
    /// It was not tried, or is another sender's by now: it keeps its place.
    Released,
}

/// When and how a message is tried again.
#[derive(Debug, Default)]
pub(super) struct Later {
    /// Not before its time has come, as whatever it is about says.
    pub(super) is_held: bool,
    /// None keeps its place.
    pub(super) due_at: Option<DateTime<Utc>>,
    /// Counts an attempt.
    pub(super) counts: bool,
    /// By this route alone.
    pub(super) route: Option<String>,
}

/// A message, and how its try ended.
pub(super) struct Ended {
    pub(super) message: Taken,
    pub(super) end: End,
    /// The parts that a carrier accepted, under its ids.
    pub(super) accepted: Vec<(i16, String)>,
}

/// Saves every outcome, until no sender is left.
pub(super) async fn save_all(app: &App, mut ended: mpsc::Receiver<Ended>) {
    let mut group = Vec::with_capacity(GROUP);
    while ended.recv_many(&mut group, GROUP).await > 0 {
        if save_at_last(app, &group).await.is_err() {
            // What cannot be kept of one costs no other.
            for one in group.chunks(1) {
                if let Err(error) = save_at_last(app, one).await {
                    tracing::error!(%error, message = %one[0].message.message_id, "it cannot be saved what became of a message");
                }
            }
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
    let (ended, deferred, released, accepted) =
        (ended_rows(group), deferred(group), released(group), accepted(group));
    let mut tx = app.db.begin_system("send-messages").await?;
    let now = tx.now();
    if !accepted.is_empty() {
        parts::update_accepted(&mut tx, &accepted).await?;
    }
    if !ended.is_empty() {
        let new = ended::update_ended(&mut tx, &ended, now).await?;
        let is_new = |of: &&Ended| new.contains(&(of.message.message_id, of.message.version));
        for Ended { message, end, .. } in group.iter().filter(is_new) {
            let said = Said::of(message);
            match end {
                End::Accepted(_) => events::record_accepted(&mut tx, &said),
                End::Failed(outcome, _) => events::record_failed(&mut tx, &said, outcome.as_str()),
                _ => {}
            }
        }
        let suspect: Vec<_> = ended
            .iter()
            .filter(|of| {
                new.contains(&(of.message_id, of.version)) && of.reason.as_deref() == Some(NO_SUCH_NUMBER)
            })
            .map(|of| of.message_id)
            .collect();
        if !suspect.is_empty() {
            let keys = ended::list_recipient_keys(&mut tx, &suspect).await?;
            participants::suspect_number(&mut tx, &keys).await?;
        }
    }
    if !deferred.is_empty() {
        ended::update_deferred(&mut tx, &deferred, now).await?;
    }
    if !released.is_empty() {
        queue::update_released(&mut tx, &released).await?;
    }
    tx.finish().await
}

fn ended_rows(group: &[Ended]) -> Vec<EndedRow> {
    let ended = group.iter().filter_map(|Ended { message, end, .. }| {
        let (state, reason, receipt_by) = match end {
            End::Accepted(receipt_by) => (message::Ended::Accepted, None, *receipt_by),
            End::Failed(outcome, reason) => (*outcome, reason.clone(), None),
            _ => return None,
        };
        let (message_id, version) = (message.message_id, message.version);
        let (priority, channel) = (Priority::from_number(message.priority), Channel::parse(&message.channel));
        let erases = message::erases(priority, channel, state);
        Some(EndedRow { message_id, version, state: state.as_str(), reason, receipt_by, erases })
    });
    ended.collect()
}

fn deferred(group: &[Ended]) -> Vec<DeferredRow> {
    let deferred = group.iter().filter_map(|Ended { message, end, .. }| match end {
        End::Later(later) => Some(DeferredRow {
            message_id: message.message_id,
            version: message.version,
            state: if later.is_held { "HELD" } else { "QUEUED" },
            due_at: later.due_at,
            waits_since: later.due_at.filter(|_| later.is_held),
            counts: later.counts,
            route: later.route.clone(),
        }),
        _ => None,
    });
    deferred.collect()
}

fn released(group: &[Ended]) -> Vec<(uuid::Uuid, i64)> {
    let released = group.iter().filter(|ended| matches!(ended.end, End::Released));
    released.map(|ended| (ended.message.message_id, ended.message.version)).collect()
}

fn accepted(group: &[Ended]) -> Vec<AcceptedPart> {
    let accepted = group.iter().flat_map(|Ended { message, accepted, .. }| {
        accepted.iter().map(|(number, carrier_id)| AcceptedPart {
            message_id: message.message_id,
            number: *number,
            carrier_id: carrier_id.clone(),
        })
    });
    accepted.collect()
}
