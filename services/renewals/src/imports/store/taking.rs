//! Whose turn is next, and the batches that wait: the table `import_batch`.

use careway_kernel::ImportId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::import::ImportRow;
use crate::imports::domain::{Counts, Import, ImportState};

/// Rows that wait, sealed.
#[derive(sqlx::FromRow)]
pub(crate) struct Batch {
    pub(crate) number: i32,
    pub(crate) content: Vec<u8>,
}

/// Rows of an import that wait to be taken.
pub(crate) async fn insert_batch(
    conn: &mut PgConnection,
    import: &Import,
    number: u32,
    content: &[u8],
) -> Result<()> {
    sqlx::query(
        "insert into import_batch (import_id, authority_id, number, content) values ($1, $2, $3, $4)",
    )
    .bind(import.id.uuid())
    .bind(import.authority.uuid())
    .bind(number.cast_signed())
    .bind(content)
    .execute(conn)
    .await?;
    Ok(())
}

/// The import that waited longest, locked; those that others work on are passed.
pub(crate) async fn lock_next(conn: &mut PgConnection) -> Result<Option<Import>> {
    let row: Option<ImportRow> = sqlx::query_as(
        "select * from import where state = 'TAKING' order by worked_at limit 1 for update skip locked",
    )
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// Its next batch.
pub(crate) async fn find_batch(conn: &mut PgConnection, import: ImportId) -> Result<Option<Batch>> {
    let batch = sqlx::query_as(
        "select number, content from import_batch where import_id = $1 order by number limit 1",
    );
    Ok(batch.bind(import.uuid()).fetch_optional(conn).await?)
}

/// A batch was taken.
pub(crate) async fn update_taken(
    conn: &mut PgConnection,
    (import, now): (ImportId, DateTime<Utc>),
    number: i32,
    counts: Counts,
) -> Result<()> {
    sqlx::query(
        "with taken as (delete from import_batch where import_id = $1 and number = $2)
         update import set created = created + $3, updated = updated + $4, unchanged = unchanged + $5,
            rejected = rejected + $6, warned = warned + $7, worked_at = $8, failures = 0
         where import_id = $1",
    )
    .bind(import.uuid())
    .bind(number)
    .bind(counts.created)
    .bind(counts.updated)
    .bind(counts.unchanged)
    .bind(counts.rejected)
    .bind(counts.warned)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// It has ended so; what it had staged and was not taken goes.
pub(crate) async fn update_ended(
    conn: &mut PgConnection,
    import: ImportId,
    state: ImportState,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "with rest as (delete from import_batch where import_id = $1)
         update import set state = $2, worked_at = $3, ended_at = $3 where import_id = $1",
    )
    .bind(import.uuid())
    .bind(state.as_str())
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// One that is being taken, locked, unless somebody else works on it.
pub(crate) async fn lock_taking(conn: &mut PgConnection, import: ImportId) -> Result<Option<Import>> {
    let row: Option<ImportRow> = sqlx::query_as(
        "select * from import where import_id = $1 and state = 'TAKING' for update skip locked",
    )
    .bind(import.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// It had its turn, in vain for so many times.
pub(crate) async fn update_turn(
    conn: &mut PgConnection,
    import: ImportId,
    failures: i32,
    now: DateTime<Utc>,
) -> Result<()> {
    let turn = sqlx::query("update import set worked_at = $2, failures = $3 where import_id = $1");
    turn.bind(import.uuid()).bind(now).bind(failures).execute(conn).await?;
    Ok(())
}
