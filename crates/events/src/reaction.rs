//! What a context does when another's event arrives.

use std::{marker::PhantomData, panic::AssertUnwindSafe, time::Duration};

use bytes::Bytes;
use careway_kernel::OrganizationId;
use careway_service::{Error, Result, Transaction};
use chrono::{DateTime, Utc};
use futures::{FutureExt, future::BoxFuture};
use uuid::Uuid;

use crate::envelope::Envelope;

/// An event as its reaction gets it.
#[derive(Debug, Clone)]
pub struct Received<M> {
    /// The same at every delivery.
    pub event_id: Uuid,
    /// When it happened, by the sender's clock.
    pub occurred_at: DateTime<Utc>,
    /// Whose fact it is.
    pub organization: Option<OrganizationId>,
    /// The other party to it.
    pub also: Option<OrganizationId>,
    /// What it is about.
    pub aggregate: Uuid,
    /// The aggregate's version after the change; an event may come after a later one.
    pub version: i64,
    /// What it says.
    pub message: M,
}

/// An `async fn(&App, &mut Transaction, Received<M>) -> Result<()>`. Nobody implements it by hand.
pub trait Reaction<'a, A, M>: Send + Sync + 'static {
    /// What the function returns.
    type Future: Future<Output = Result<()>> + Send + 'a;

    /// Calls it.
    fn react(&self, app: &'a A, tx: &'a mut Transaction, received: Received<M>) -> Self::Future;
}

impl<'a, A: 'a, M, F, R> Reaction<'a, A, M> for F
where
    F: Fn(&'a A, &'a mut Transaction, Received<M>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<()>> + Send + 'a,
{
    type Future = R;

    fn react(&self, app: &'a A, tx: &'a mut Transaction, received: Received<M>) -> R {
        self(app, tx, received)
    }
}

/// A reaction takes less, or is given up: Postgres itself ends a transaction that idles this long.
const LONGEST: Duration = Duration::from_secs(10);

/// Why an event had no effect.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It will never be understood.
    #[error("the message does not decode")]
    Undecodable,
    /// The database is away: nothing about the event is known to be wrong.
    #[error("{0}")]
    Away(Error),
    /// The reaction refused or failed.
    #[error("{0}")]
    Refused(#[from] Error),
    /// The reaction panicked.
    #[error("the reaction panicked")]
    Panicked,
    /// The reaction did not end in time.
    #[error("the reaction took too long")]
    TimedOut,
}

/// A reaction with its types forgotten.
pub(crate) trait Handler: Send + Sync {
    fn handle<'a>(
        &'a self,
        tx: &'a mut Transaction,
        envelope: &'a Envelope,
        payload: Bytes,
    ) -> BoxFuture<'a, Result<(), Failure>>;
}

/// Runs one reaction.
pub(crate) async fn react(
    handler: &dyn Handler,
    tx: &mut Transaction,
    envelope: &Envelope,
    payload: Bytes,
) -> Result<(), Failure> {
    within_time(handler.handle(tx, envelope, payload)).await
}

/// Runs it, within its time, whatever it does.
pub(crate) async fn within_time(reaction: BoxFuture<'_, Result<(), Failure>>) -> Result<(), Failure> {
    match tokio::time::timeout(LONGEST, AssertUnwindSafe(reaction).catch_unwind()).await {
        Ok(Ok(done)) => done,
        Ok(Err(_panic)) => Err(Failure::Panicked),
        Err(_elapsed) => Err(Failure::TimedOut),
    }
}

impl<M> Received<M> {
    /// An event with what it says.
    pub(crate) fn new(envelope: &Envelope, message: M) -> Self {
        Self {
            event_id: envelope.event_id,
            occurred_at: envelope.occurred_at,
            organization: envelope.organization,
            also: envelope.also,
            aggregate: envelope.aggregate,
            version: envelope.version,
            message,
        }
    }
}

/// A reaction with what it is given.
pub(crate) struct Typed<A, M, F, D> {
    app: A,
    reaction: F,
    /// The message; none when it will never be understood.
    decode: D,
    message: PhantomData<fn() -> M>,
}

impl<A, M, F, D> Handler for Typed<A, M, F, D>
where
    A: Send + Sync + 'static,
    M: Send + 'static,
    D: Fn(Bytes) -> Option<M> + Send + Sync + 'static,
    F: for<'a> Reaction<'a, A, M>,
{
    fn handle<'a>(
        &'a self,
        tx: &'a mut Transaction,
        envelope: &'a Envelope,
        payload: Bytes,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        let Some(message) = (self.decode)(payload) else {
            return Box::pin(async { Err(Failure::Undecodable) });
        };
        let received = Received::new(envelope, message);
        Box::pin(async move { Ok(self.reaction.react(&self.app, tx, received).await?) })
    }
}

impl<A, M, F, D> Typed<A, M, F, D> {
    /// A reaction to messages that `decode` reads.
    pub(crate) fn new(app: A, reaction: F, decode: D) -> Self {
        Self { app, reaction, decode, message: PhantomData }
    }
}
