//! The register of a service's reactions.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::{
    batch::{Batch, BatchHandler, BatchReaction},
    reaction::{Handler, Reaction, Typed},
    stream::context_of,
};

/// What takes an event.
#[derive(Clone, Copy)]
pub(crate) enum Taker<'a> {
    /// It has its effect once, which the inbox sees to.
    Once(&'a dyn Handler),
    /// It may come again, and the reaction sees to the rest.
    Batch(&'a dyn BatchHandler),
}

/// Every reaction of a service, by purpose and event type.
#[derive(Default)]
pub(crate) struct Reactions {
    handlers: BTreeMap<(&'static str, String), Box<dyn Handler>>,
    /// By purpose and context.
    batches: BTreeMap<(&'static str, &'static str), Box<dyn BatchHandler>>,
    twice: Vec<String>,
}

impl Reactions {
    /// A reaction to every event of a type, whose messages `decode` reads.
    pub(crate) fn add<A, M, F, D>(
        &mut self,
        purpose: &'static str,
        event_type: String,
        decode: D,
        app: A,
        reaction: F,
    ) where
        A: Send + Sync + 'static,
        M: Send + 'static,
        F: for<'a> Reaction<'a, A, M>,
        D: Fn(Bytes) -> Option<M> + Send + Sync + 'static,
    {
        let key = (purpose, event_type);
        if self.handlers.contains_key(&key) {
            self.twice.push(format!("{purpose}: {}", key.1));
        }
        self.handlers.insert(key, Box::new(Typed::<A, M, F, D>::new(app, reaction, decode)));
    }

    /// A reaction to every event of a context.
    pub(crate) fn add_batch<A, F>(
        &mut self,
        purpose: &'static str,
        context: &'static str,
        app: A,
        reaction: F,
    ) where
        A: Send + Sync + 'static,
        F: for<'a> BatchReaction<'a, A>,
    {
        if self.batches.insert((purpose, context), Box::new(Batch { app, reaction })).is_some() {
            self.twice.push(format!("{purpose}: {context}"));
        }
    }

    /// Refuses two reactions to one type under one purpose: the inbox would let only one of them run. A purpose that hears
    /// everything hears nothing by its type.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let both =
            self.handlers.keys().filter(|(purpose, _)| self.batches.keys().any(|(it, _)| it == purpose));
        let both = both.map(|(purpose, event_type)| format!("{purpose}: {event_type}"));
        let twice: Vec<_> = self.twice.iter().cloned().chain(both).collect();
        anyhow::ensure!(twice.is_empty(), "two reactions to the same event: {}", twice.join(", "));
        Ok(())
    }

    pub(crate) fn get(&self, purpose: &str, event_type: &str) -> Option<(&'static str, Taker<'_>)> {
        let found = self.handlers.iter().find(|((p, t), _)| *p == purpose && t == event_type);
        found.map(|((purpose, _), handler)| (*purpose, Taker::Once(handler.as_ref()))).or_else(|| {
            let context = context_of(event_type)?;
            let found = self.batches.iter().find(|((p, c), _)| *p == purpose && *c == context);
            found.map(|((purpose, _), handler)| (*purpose, Taker::Batch(handler.as_ref())))
        })
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.handlers.keys().map(|(purpose, event_type)| (*purpose, event_type.as_str()))
    }

    /// The purposes that hear everything, each with the context.
    pub(crate) fn batch_keys(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.batches.keys().copied()
    }
}
