//! Whether everything that was said has been heard: what a test waits for instead of sleeping.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_nats::jetstream::response::Response;
use careway_service::{Call, Database};
use futures::TryStreamExt;
use serde::Deserialize;
use serde_json::json;

use crate::{bus::Bus, outbox, stream::Stream};

/// Watches the outboxes of several services, and the streams and consumers of an installation.
#[derive(Clone)]
pub struct Probe {
    bus: Bus,
    databases: Vec<Database>,
    /// Every consumer seen so far, by stream: one that is gone with its stream has all of it to hear when it is back.
    consumers: Arc<Mutex<BTreeSet<(String, String)>>>,
}

impl Probe {
    /// Of the installation with this bus's prefix.
    pub fn new(bus: impl Into<Bus>) -> Self {
        Self { bus: bus.into(), databases: Vec::new(), consumers: Arc::default() }
    }

    /// Watches this database's outbox too.
    #[must_use]
    pub fn watching(mut self, database: &Database) -> Self {
        self.databases.push(database.clone());
        self
    }

    /// Whether nothing is on its way: no unpublished row, no event undelivered or unacknowledged.
    ///
    /// A reaction may record an event between two of the questions asked here; then a stream has grown meanwhile, and
    /// the answer is no.
    pub async fn settled(&self) -> bool {
        self.ask().await.unwrap_or(false)
    }

    async fn ask(&self) -> anyhow::Result<bool> {
        let before = self.published().await?;
        if !self.consumers_are_idle().await? {
            return Ok(false);
        }
        for database in &self.databases {
            if !outbox_is_empty(database).await? {
                return Ok(false);
            }
        }
        Ok(self.published().await? == before)
    }

    /// How many events every stream was given, by stream.
    async fn published(&self) -> anyhow::Result<Vec<(String, u64)>> {
        let mut published = Vec::new();
        for name in self.streams().await? {
            let stream = self.bus.jetstream.get_stream(&name).await?;
            published.push((name, stream.cached_info().state.last_sequence));
        }
        published.sort();
        Ok(published)
    }

    async fn consumers_are_idle(&self) -> anyhow::Result<bool> {
        let mut found = BTreeSet::new();
        for name in self.streams().await? {
            let stream = self.bus.jetstream.get_stream_no_info(&name).await?;
            let mut consumers = stream.consumers();
            while let Some(info) = consumers.try_next().await? {
                if info.num_pending > 0 || info.num_ack_pending > 0 {
                    return Ok(false);
                }
                found.insert((name.clone(), info.name));
            }
        }
        let mut consumers = self.consumers.lock().unwrap_or_else(PoisonError::into_inner);
        consumers.extend(found.iter().cloned());
        Ok(*consumers == found)
    }

    /// The names of the installation's streams: asked for by subject, because a server of tests has hundreds of others.
    async fn streams(&self) -> anyhow::Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Names {
            streams: Option<Vec<String>>,
        }
        let ours = json!({"subject": Stream::new(&self.bus.prefix, "*").subjects()});
        match self.bus.jetstream.request("STREAM.NAMES", &ours).await? {
            Response::Ok(Names { streams }) => Ok(streams.unwrap_or_default()),
            Response::Err { error } => Err(error.into()),
        }
    }
}

pub(crate) async fn outbox_is_empty(database: &Database) -> anyhow::Result<bool> {
    let mut reader = database.read(&Call::system("probe")).await?;
    Ok(outbox::is_empty(&mut reader).await?)
}
