//! Which side failed: the relay gives up its lead when it is the database, and waits when it is the broker.

/// A failure of the relay or the auditor.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The leader's session is broken, and with it the lock.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// NATS is away or refuses.
    #[error("NATS: {0:#}")]
    Broker(#[from] anyhow::Error),
}
