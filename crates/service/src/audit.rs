//! Who looked: audit rows, and the group commit that lets every read of member data be audited before it is answered.

use sqlx::{AssertSqlSafe, Executor};
use tokio::sync::{mpsc, oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    call::Call,
    database::Database,
    error::{Error, Result, SharedReason},
    pool,
    rows::{AuditEntry, AuditRow, Calls, OutgoingEvent},
};

/// How many rows one commit takes at most.
const GROUP: usize = 256;

/// Writes the audit rows of reads, many in one commit. A read is answered only after the commit of its row.
#[derive(Clone)]
pub struct AuditLog {
    rows: mpsc::Sender<(AuditRow, oneshot::Sender<bool>)>,
    database: Database,
}

/// Turns a group of accesses into the one event that tells other services of them.
pub type Tell = fn(&[AuditRow]) -> Option<OutgoingEvent>;

impl AuditLog {
    /// Starts the writer; it ends, with everything written, after `shutdown`.
    pub fn start(
        database: Database,
        tell: Option<Tell>,
        tasks: &TaskTracker,
        shutdown: CancellationToken,
    ) -> Self {
        let (rows, inbox) = mpsc::channel(GROUP * 4);
        tasks.spawn(write_groups(database.clone(), inbox, tell, shutdown));
        Self { rows, database }
    }

    /// Notes one access and waits until it is on disk.
    pub async fn read(&self, call: &Call, entry: AuditEntry) -> Result<()> {
        let row = AuditRow::new(call, entry, self.database.clock().now());
        let (written, done) = oneshot::channel();
        let unavailable =
            || Error::new(SharedReason::AuditUnavailable, "The access could not be noted; try again.");
        self.rows.send((row, written)).await.map_err(|_| unavailable())?;
        match done.await {
            Ok(true) => Ok(()),
            _ => Err(unavailable()),
        }
    }
}

async fn write_groups(
    database: Database,
    mut inbox: mpsc::Receiver<(AuditRow, oneshot::Sender<bool>)>,
    tell: Option<Tell>,
    shutdown: CancellationToken,
) {
    let mut group = Vec::with_capacity(GROUP);
    loop {
        let taken = tokio::select! {
            taken = inbox.recv_many(&mut group, GROUP) => taken,
            // Whoever still asks is refused; what was taken is written.
            () = shutdown.cancelled(), if !inbox.is_closed() => {
                inbox.close();
                continue;
            }
        };
        if taken == 0 {
            return;
        }
        let (rows, waiting): (Vec<_>, Vec<_>) = group.drain(..).unzip();
        let written = write_group(&database, &rows, tell).await;
        if let Err(error) = &written {
            tracing::error!(%error, rows = rows.len(), "audit rows could not be written");
        }
        for done in waiting {
            let _ = done.send(written.is_ok());
        }
    }
}

async fn write_group(database: &Database, rows: &[AuditRow], tell: Option<Tell>) -> Result<(), sqlx::Error> {
    let mut calls = Calls::default();
    for row in rows {
        calls.note_access(row);
    }
    let event = tell.and_then(|tell| tell(rows));
    if let Some(event) = &event {
        calls.record_event(event, None);
    }
    let sql = format!("begin;select set_config('careway.purpose','audit',true);{}", calls.commit());
    let mut connection = database.pool().lease(pool::ROLLBACK).await?;
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
    connection.settle();
    if event.is_some() {
        database.recorded().notify_one();
    }
    Ok(())
}
