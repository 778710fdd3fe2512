//! A database's connections, lent out without asking the server first. Whether one is dead shows at its first statement,
//! which opens a transaction or tells the caller and can be said again on another.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use deadpool::{
    Runtime,
    managed::{self, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult, WeakPool},
};
use sqlx::{ConnectOptions, Executor, PgConnection, postgres::PgConnectOptions};

/// How long a connection lives: a server that came back, or another behind the same name, gets its share.
const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// How long a connection waits to be used; fewer are kept open when the rush is over.
const IDLE: Duration = Duration::from_secs(5 * 60);
const SWEEP: Duration = Duration::from_secs(60);

/// Ends a transaction.
pub(crate) const ROLLBACK: &str = "rollback";

/// Forgets whatever was set: the caller, and how long a statement may take.
pub(crate) const FORGET: &str = "reset all";

/// The connections of one database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pool {
    connections: managed::Pool<Connector>,
    options: PgConnectOptions,
}

/// How a pool stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Connections {
    pub(crate) open: usize,
    pub(crate) idle: usize,
    /// Those who wait for one.
    pub(crate) waiting: usize,
}

struct Connector(PgConnectOptions);

impl managed::Manager for Connector {
    type Type = PgConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<PgConnection> {
        self.0.connect().await
    }

    async fn recycle(&self, _: &mut PgConnection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if metrics.created.elapsed() < LIFETIME { Ok(()) } else { Err(RecycleError::message("old")) }
    }
}

impl Pool {
    /// A request waits no longer than `patience` for a connection, nor a new one for the server.
    pub(crate) fn new(options: PgConnectOptions, connections: u32, patience: Duration) -> Self {
        let pool = managed::Pool::builder(Connector(options.clone()))
            .max_size(connections.try_into().unwrap_or(usize::MAX))
            .wait_timeout(Some(patience))
            .create_timeout(Some(patience))
            // The one used last is the warmest; those nobody needs are idle long enough to go.
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .build()
            .expect("timeouts have their runtime");
        tokio::spawn(close_idle(pool.weak()));
        Self { connections: pool, options }
    }

    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Lends a connection; `reset` is said to it unless it is [settled](Lease::settle).
    pub(crate) async fn lease(&self, reset: &'static str) -> sqlx::Result<Lease> {
        match self.connections.get().await {
            Ok(connection) => Ok(Lease { connection: Some(connection), reset, settled: false }),
            Err(PoolError::Backend(error)) => Err(error),
            Err(PoolError::Closed) => Err(sqlx::Error::PoolClosed),
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    /// How many connections there are now.
    pub(crate) fn connections(&self) -> Connections {
        let status = self.connections.status();
        Connections { open: status.size, idle: status.available, waiting: status.waiting }
    }

    /// Lends none any more; what is lent goes when it comes back.
    pub(crate) fn close(&self) {
        self.connections.close();
    }
}

/// Closes connections that nobody uses, as long as there is the pool.
async fn close_idle(pool: WeakPool<Connector>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let Some(pool) = pool.upgrade() else { return };
        pool.retain(|_, metrics| metrics.last_used() < IDLE);
    }
}

/// What a server says, or does not, when a connection to it is no more.
fn is_dead(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(told) => {
            // An administrator's command, a crash, a server on its way up or down, an idle session that was ended.
            told.code().is_some_and(|code| {
                matches!(&*code, "57P01" | "57P02" | "57P03" | "57P05" | "25P03") || code.starts_with("08")
            })
        }
        _ => false,
    }
}

/// A connection for a while.
pub(crate) struct Lease {
    connection: Option<Object<Connector>>,
    reset: &'static str,
    settled: bool,
}

impl Lease {
    /// Nothing is under way on it and nothing set: it may go back as it is.
    pub(crate) fn settle(&mut self) {
        self.settled = true;
    }

    /// After its first statement failed: the error, unless the connection had died unnoticed; then the statement may be
    /// sent on another. Only for statements that leave nothing behind where the server may have run them.
    pub(crate) fn unless_dead(mut self, error: sqlx::Error) -> sqlx::Result<()> {
        if is_dead(&error) && self.connection.as_ref().is_some_and(|it| Object::metrics(it).recycle_count > 0)
        {
            self.connection.take().map(Object::take);
            return Ok(());
        }
        Err(error)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if self.settled {
            return;
        }
        // It goes back when what was under way has ended; where nothing can wait for that, it is closed.
        let reset = self.reset;
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    if connection.execute(reset).await.is_err() {
                        drop(Object::take(connection));
                    }
                });
            }
            Err(_) => drop(Object::take(connection)),
        }
    }
}

impl Deref for Lease {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        self.connection.as_deref().expect("a lease has its connection until it ends")
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_deref_mut().expect("a lease has its connection until it ends")
    }
}
