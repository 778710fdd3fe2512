//! Events that could not be taken: kept, listed, run again, or discarded.

use std::{collections::HashMap, sync::Arc};

use careway_service::{AuditEntry, Call, Database, Error, Result, SharedReason, Transaction};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    batch::react_to_all,
    delivery::Delivery,
    envelope::{self, Envelope},
    inbox,
    reaction::{Failure, Received, react},
    register::{Reactions, Taker},
};

const PURPOSE: &str = "dead_letters";

/// An event put aside. Its message is not shown: redrive it, do not read it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeadLetter {
    /// What to name it by.
    #[sqlx(rename = "dead_letter_id")]
    pub id: Uuid,
    /// The purpose that could not take it.
    #[sqlx(rename = "consumer")]
    pub purpose: String,
    /// The stream it came from.
    pub stream: String,
    /// Its place there.
    pub stream_seq: i64,
    /// The event; none when its headers could not be read.
    pub event_id: Option<Uuid>,
    /// The event's type.
    #[sqlx(rename = "type")]
    pub event_type: Option<String>,
    /// Why it was put aside.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What [`DeadLetters::redrive_all`] did.
#[derive(Debug, Default)]
pub struct Redriven {
    /// Taken now, or found taken before.
    pub done: usize,
    /// Still refused, and why.
    pub refused: Vec<(Uuid, Error)>,
}

/// The dead letters of one service.
#[derive(Clone)]
pub struct DeadLetters {
    database: Database,
    reactions: Arc<Reactions>,
}

#[derive(sqlx::FromRow)]
struct DeadLetterRow {
    consumer: String,
    headers: Json<HashMap<String, String>>,
    payload: Vec<u8>,
}

impl DeadLetters {
    pub(crate) fn new(database: Database, reactions: Arc<Reactions>) -> Self {
        Self { database, reactions }
    }

    /// Those that wait for a person, oldest first.
    pub async fn list(&self) -> Result<Vec<DeadLetter>> {
        let mut reader = self.database.read(&Call::system(PURPOSE)).await?;
        let letters = sqlx::query_as(
            "select dead_letter_id, consumer, stream, stream_seq, event_id, type, reason, at from dead_letter \
             where redriven_at is null order by at, dead_letter_id limit 1000",
        )
        .fetch_all(&mut *reader)
        .await?;
        Ok(letters)
    }

    /// Runs the reaction again, now. When it fails the letter stays.
    pub async fn redrive(&self, id: Uuid) -> Result<()> {
        let mut tx = self.database.begin_system(PURPOSE).await?;
        let row = lock(&mut tx, id).await?.ok_or_else(|| Error::not_found("dead letter"))?;
        let envelope =
            Envelope::read(|name| row.headers.get(name).map(String::as_str)).map_err(unreadable)?;
        let (purpose, taker) = self.reactions.get(&row.consumer, &envelope.event_type).ok_or_else(|| {
            Error::new(SharedReason::NoReaction, "This service no longer reacts to this event; discard it.")
        })?;
        let now = tx.now();
        let payload = row.payload.into();
        match taker {
            Taker::Batch(handler) => {
                let received = vec![Received::raw(&envelope, payload)];
                react_to_all(handler, &mut tx, received).await.map_err(Failure::into_error)?;
            }
            Taker::Once(handler) => {
                let event = std::iter::once(envelope.event_id);
                if inbox::insert_new(&mut tx, purpose, event, now).await?.len() == 1 {
                    react(handler, &mut tx, &envelope, payload).await.map_err(Failure::into_error)?;
                }
            }
        }
        close(&mut tx, id, now).await?;
        tx.audit(AuditEntry { action: "dead_letter.redrive", ..AuditEntry::default() });
        tx.finish().await?;
        tracing::info!(dead_letter = %id, event_id = %envelope.event_id, "a dead letter was redriven");
        Ok(())
    }

    /// Redrives all of them, the oldest first.
    pub async fn redrive_all(&self) -> Result<Redriven> {
        let mut redriven = Redriven::default();
        for letter in self.list().await? {
            match self.redrive(letter.id).await {
                Ok(()) => redriven.done += 1,
                Err(error) => redriven.refused.push((letter.id, error)),
            }
        }
        Ok(redriven)
    }

    /// Deletes one for good, and with it the event's effect.
    pub async fn discard(&self, id: Uuid) -> Result<()> {
        let mut tx = self.database.begin_system(PURPOSE).await?;
        lock(&mut tx, id).await?.ok_or_else(|| Error::not_found("dead letter"))?;
        sqlx::query("delete from dead_letter where dead_letter_id = $1").bind(id).execute(&mut *tx).await?;
        tx.audit(AuditEntry { action: "dead_letter.discard", ..AuditEntry::default() });
        tx.finish().await?;
        tracing::warn!(dead_letter = %id, "a dead letter was discarded");
        Ok(())
    }
}

async fn lock(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<DeadLetterRow>> {
    sqlx::query_as(
        "select consumer, headers, payload from dead_letter \
         where dead_letter_id = $1 and redriven_at is null for update",
    )
    .bind(id)
    .fetch_optional(tx)
    .await
}

async fn close(tx: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query("update dead_letter set redriven_at = $2 where dead_letter_id = $1")
        .bind(id)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// Keeps a delivery; once, even when its acknowledgement is lost.
pub(crate) async fn insert(
    database: &Database,
    purpose: &str,
    delivery: &Delivery,
    reason: &str,
) -> Result<()> {
    let mut tx: Transaction = database.begin_system(PURPOSE).await?;
    let headers: HashMap<String, &str> = delivery
        .headers()
        .into_iter()
        .flat_map(|all| all.iter())
        .filter_map(|(name, values)| Some((name.to_string(), values.first()?.as_str())))
        .collect();
    let event_id = delivery.envelope.as_ref().ok().map(|envelope| envelope.event_id);
    let now = tx.now();
    sqlx::query(
        "insert into dead_letter (dead_letter_id, consumer, stream, stream_seq, event_id, type, headers, payload, \
         reason, at) select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 where not exists \
         (select from dead_letter where consumer = $2 and stream = $3 and stream_seq = $4 \
          and event_id is not distinct from $5) on conflict do nothing",
    )
    .bind(careway_kernel::id_at(now))
    .bind(purpose)
    .bind(&delivery.stream)
    .bind(delivery.sequence)
    .bind(event_id)
    .bind(headers.get(envelope::TYPE).copied())
    .bind(Json(&headers))
    .bind(delivery.payload().as_ref())
    .bind(reason)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.finish().await
}

fn unreadable(why: impl ToString) -> Error {
    Error::new(SharedReason::EventUnreadable, why.to_string())
}

/// Of a fault, what is behind it: an operator is told what a caller is not.
fn why(error: &Error) -> String {
    error.source().map_or_else(|| error.to_string(), |fault| format!("{fault:#}"))
}

impl Failure {
    fn into_error(self) -> Error {
        match self {
            Self::Away(error) | Self::Refused(error) => error,
            Self::Undecodable => unreadable(self),
            other => Error::internal(other),
        }
    }
}

/// `<service> dead-letters …`: what an operator does about them.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum DeadLettersCommand {
    /// Lists the events that could not be taken.
    List,
    /// Runs the reaction to one of them again, or to all.
    Redrive {
        /// Which one.
        #[arg(required_unless_present = "all")]
        id: Option<Uuid>,
        /// Every one, the oldest first.
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Deletes one for good.
    Discard {
        /// Which one.
        id: Uuid,
    },
}

impl DeadLettersCommand {
    /// Does it, and says on standard output what was done.
    pub async fn run(self, letters: &DeadLetters) -> anyhow::Result<()> {
        match self {
            Self::List => {
                let letters = letters.list().await?;
                for DeadLetter { id, purpose, event_type, at, reason, .. } in &letters {
                    let event_type = event_type.as_deref().unwrap_or("unreadable");
                    println!("{id}  {}  {purpose}  {event_type}  {reason}", at.format("%Y-%m-%d %H:%M:%SZ"));
                }
                println!("{} waiting", letters.len());
            }
            Self::Redrive { id: Some(id), .. } => {
                letters.redrive(id).await.map_err(|error| anyhow::anyhow!(why(&error)))?;
                println!("{id} redriven");
            }
            Self::Redrive { id: None, .. } => {
                let redriven = letters.redrive_all().await?;
                for (id, error) in &redriven.refused {
                    println!("{id} still refused: {}", why(error));
                }
                println!("{} redriven, {} still refused", redriven.done, redriven.refused.len());
            }
            Self::Discard { id } => {
                letters.discard(id).await?;
                println!("{id} discarded");
            }
        }
        Ok(())
    }
}
