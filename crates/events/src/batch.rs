//! A reaction to events of any type, many at once: for who passes them on.

use bytes::Bytes;
use careway_service::{Result, Transaction};
use futures::future::BoxFuture;

use crate::{
    envelope::Envelope,
    reaction::{Failure, Received, within_time},
};

/// An event's message, as it came.
#[derive(Debug, Clone)]
pub struct RawMessage {
    /// The event's type, like `careway.visits.v1.VisitAdmitted`.
    pub event_type: String,
    /// The encoded message.
    pub payload: Bytes,
}

/// An `async fn(&App, &mut Transaction, Vec<Received<RawMessage>>) -> Result<()>`. Nobody implements it by hand.
pub trait BatchReaction<'a, A>: Send + Sync + 'static {
    /// What the function returns.
    type Future: Future<Output = Result<()>> + Send + 'a;

    /// Calls it.
    fn react(&self, app: &'a A, tx: &'a mut Transaction, received: Vec<Received<RawMessage>>)
    -> Self::Future;
}

impl<'a, A: 'a, F, R> BatchReaction<'a, A> for F
where
    F: Fn(&'a A, &'a mut Transaction, Vec<Received<RawMessage>>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<()>> + Send + 'a,
{
    type Future = R;

    fn react(&self, app: &'a A, tx: &'a mut Transaction, received: Vec<Received<RawMessage>>) -> R {
        self(app, tx, received)
    }
}

/// A reaction to events of every type with its types forgotten.
pub(crate) trait BatchHandler: Send + Sync {
    fn handle<'a>(
        &'a self,
        tx: &'a mut Transaction,
        received: Vec<Received<RawMessage>>,
    ) -> BoxFuture<'a, Result<(), Failure>>;
}

/// Runs the reaction to these events.
pub(crate) async fn react_to_all(
    handler: &dyn BatchHandler,
    tx: &mut Transaction,
    received: Vec<Received<RawMessage>>,
) -> Result<(), Failure> {
    within_time(handler.handle(tx, received)).await
}

impl Received<RawMessage> {
    /// An event as it came.
    pub(crate) fn raw(envelope: &Envelope, payload: Bytes) -> Self {
        Self::new(envelope, RawMessage { event_type: envelope.event_type.clone(), payload })
    }
}

/// A reaction with what it is given.
pub(crate) struct Batch<A, F> {
    pub(crate) app: A,
    pub(crate) reaction: F,
}

impl<A, F> BatchHandler for Batch<A, F>
where
    A: Send + Sync + 'static,
    F: for<'a> BatchReaction<'a, A>,
{
    fn handle<'a>(
        &'a self,
        tx: &'a mut Transaction,
        received: Vec<Received<RawMessage>>,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move { Ok(self.reaction.react(&self.app, tx, received).await?) })
    }
}
