//! What a service hears: the register of its reactions, and the consumers that feed them.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context;
use bytes::Bytes;
use careway_service::Database;
use prost::{Message, Name};

use crate::{
    batch::BatchReaction,
    bus::Bus,
    consumer::Consumer,
    dead_letters::DeadLetters,
    reaction::Reaction,
    register::Reactions,
    retries::Retries,
    stream::{Stream, context_of},
    worker::Worker,
};

/// A service's consumers, before they start.
pub struct Consumers {
    bus: Bus,
    database: Database,
    service: &'static str,
    reactions: Reactions,
    retries: Retries,
}

/// Started consumers.
#[derive(Clone)]
pub struct Listening {
    consumers: Arc<[Arc<Consumer>]>,
}

impl Consumers {
    /// The consumers of `service`, whose reactions write to this database.
    pub fn new(bus: impl Into<Bus>, database: &Database, service: &'static str) -> Self {
        Self {
            bus: bus.into(),
            database: database.clone(),
            service,
            reactions: Reactions::default(),
            retries: Retries::default(),
        }
    }

    /// Has `reaction` called for every event of its type; the type is read from its signature.
    ///
    /// A purpose is one durable consumer per stream, and one column in the inbox. A new purpose hears everything its
    /// streams still hold; a type added to an old one is heard from then on.
    #[must_use]
    pub fn on<A, M, F>(mut self, purpose: &'static str, app: A, reaction: F) -> Self
    where
        A: Send + Sync + 'static,
        M: Message + Name + Default + 'static,
        F: for<'a> Reaction<'a, A, M>,
    {
        self.reactions.add(purpose, M::full_name(), |payload| M::decode(payload).ok(), app, reaction);
        self
    }

    /// Has `reaction` called for every event of this type, read by `decode`: for who hears by a table of types. What
    /// `decode` has no message for will never be understood, and becomes a dead letter at once.
    #[must_use]
    pub fn on_any<A, M, F, D>(
        mut self,
        purpose: &'static str,
        event_type: &str,
        decode: D,
        app: A,
        reaction: F,
    ) -> Self
    where
        A: Send + Sync + 'static,
        M: Send + 'static,
        F: for<'a> Reaction<'a, A, M>,
        D: Fn(Bytes) -> Option<M> + Send + Sync + 'static,
    {
        self.reactions.add(purpose, event_type.to_owned(), decode, app, reaction);
        self
    }

    /// Has `reaction` called for every event of a context, whatever its type, many at once where many wait. Nothing notes that
    /// an event was taken: it may come again, and the reaction's own keys make its effect single.
    #[must_use]
    pub fn on_every<A, F>(mut self, purpose: &'static str, context: &'static str, app: A, reaction: F) -> Self
    where
        A: Send + Sync + 'static,
        F: for<'a> BatchReaction<'a, A>,
    {
        self.reactions.add_batch(purpose, context, app, reaction);
        self
    }

    /// Other waits than the usual.
    #[must_use]
    pub fn retrying(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// The dead letters of these reactions, which this can redrive without starting a consumer.
    pub fn dead_letters(self) -> DeadLetters {
        DeadLetters::new(self.database, Arc::new(self.reactions))
    }

    /// Starts them. When NATS is reachable they exist on the server at return; otherwise they come when it does.
    ///
    /// # Errors
    /// Two reactions to one event under one purpose, an event outside the contract, or a NATS server that is too old.
    pub async fn start(self) -> anyhow::Result<Listening> {
        self.reactions.check()?;
        self.bus.check_server()?;
        let reactions = Arc::new(self.reactions);

        let mut heard: BTreeMap<(&'static str, &str), Vec<String>> = BTreeMap::new();
        for (purpose, event_type) in reactions.keys() {
            let context =
                context_of(event_type).with_context(|| format!("{event_type} is no event of Careway"))?;
            let subject = Stream::new(&self.bus.prefix, context).subject(event_type);
            heard.entry((purpose, context)).or_default().push(subject);
        }
        for (purpose, context) in reactions.batch_keys() {
            heard.insert((purpose, context), vec![Stream::new(&self.bus.prefix, context).subjects()]);
        }

        let mut consumers = Vec::new();
        for ((purpose, context), subjects) in heard {
            let stream = Stream::new(&self.bus.prefix, context);
            let worker = Worker {
                database: self.database.clone(),
                reactions: reactions.clone(),
                service: self.service,
                purpose,
                retries: self.retries,
            };
            let consumer = Arc::new(Consumer {
                durable: durable(&self.bus.prefix, self.service, purpose),
                subjects,
                bus: self.bus.clone(),
                stream,
                worker,
            });
            let attached = if self.bus.is_connected() { consumer.attach().await.ok() } else { None };
            self.bus.tasks.spawn(consumer.clone().run(attached));
            consumers.push(consumer);
        }
        Ok(Listening { consumers: consumers.into() })
    }
}

impl Listening {
    /// Whether every event published so far was taken.
    pub async fn settled(&self) -> bool {
        for consumer in self.consumers.iter() {
            if !consumer.settled().await {
                return false;
            }
        }
        true
    }
}

fn durable(prefix: &str, service: &str, purpose: &str) -> String {
    let separator = if prefix.is_empty() { "" } else { "_" };
    format!("{prefix}{separator}{service}__{purpose}__v1")
}
