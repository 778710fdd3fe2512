//! The table `import`.

use careway_kernel::{ImportId, OrganizationId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::imports::domain::{Counts, Import, ImportKind, ImportState};

#[derive(sqlx::FromRow)]
pub(super) struct ImportRow {
    import_id: Uuid,
    authority_id: Uuid,
    kind: String,
    dry_run: bool,
    state: String,
    titles: Vec<String>,
    unknown_columns: Vec<String>,
    rows_read: i32,
    created: i32,
    updated: i32,
    unchanged: i32,
    rejected: i32,
    warned: i32,
    passed_over: i32,
    failures: i32,
    begun_by: String,
    begun_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl TryFrom<ImportRow> for Import {
    type Error = Error;

    fn try_from(row: ImportRow) -> Result<Self> {
        Ok(Self {
            id: ImportId::from_uuid(row.import_id),
            authority: OrganizationId::from_uuid(row.authority_id),
            kind: one_of("import.kind", &row.kind, &ImportKind::ALL, ImportKind::as_str)?,
            dry_run: row.dry_run,
            state: one_of("import.state", &row.state, &ImportState::ALL, ImportState::as_str)?,
            titles: row.titles,
            unknown_columns: row.unknown_columns,
            rows_read: row.rows_read,
            counts: Counts {
                created: row.created,
                updated: row.updated,
                unchanged: row.unchanged,
                rejected: row.rejected,
                warned: row.warned,
            },
            passed_over: row.passed_over,
            failures: row.failures,
            begun_by: row.begun_by,
            begun_at: row.begun_at,
            ended_at: row.ended_at,
        })
    }
}

/// A new import. `import_running` when another one of its kind is.
pub(crate) async fn insert_import(conn: &mut PgConnection, import: &Import) -> sqlx::Result<()> {
    sqlx::query(
        "insert into import (import_id, authority_id, kind, dry_run, state, titles, unknown_columns, begun_by,
            begun_at, worked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(import.id.uuid())
    .bind(import.authority.uuid())
    .bind(import.kind.as_str())
    .bind(import.dry_run)
    .bind(import.state.as_str())
    .bind(&import.titles)
    .bind(&import.unknown_columns)
    .bind(&import.begun_by)
    .bind(import.begun_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// An import of the authority.
pub(crate) async fn find_import(
    conn: &mut PgConnection,
    authority: OrganizationId,
    import: ImportId,
) -> Result<Option<Import>> {
    let row: Option<ImportRow> =
        sqlx::query_as("select * from import where import_id = $1 and authority_id = $2")
            .bind(import.uuid())
            .bind(authority.uuid())
            .fetch_optional(conn)
            .await?;
    row.map(TryInto::try_into).transpose()
}

/// The authority's import of this kind that has not ended.
pub(crate) async fn find_running(
    conn: &mut PgConnection,
    authority: OrganizationId,
    kind: ImportKind,
) -> Result<Option<ImportId>> {
    let running: Option<Uuid> = sqlx::query_scalar(
        "select import_id from import
         where authority_id = $1 and kind = $2 and state in ('READING', 'TAKING')",
    )
    .bind(authority.uuid())
    .bind(kind.as_str())
    .fetch_optional(conn)
    .await?;
    Ok(running.map(ImportId::from_uuid))
}

/// The authority's imports, newest first.
pub(crate) async fn list_imports(
    conn: &mut PgConnection,
    authority: OrganizationId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Import>> {
    let rows: Vec<ImportRow> = sqlx::query_as(
        "select * from import where authority_id = $1 and ($2::uuid is null or import_id < $2)
         order by import_id desc limit $3",
    )
    .bind(authority.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// More of it was read.
pub(crate) async fn update_progress(
    conn: &mut PgConnection,
    (import, now): (ImportId, DateTime<Utc>),
    read: i32,
    counts: Counts,
    passed_over: i32,
) -> Result<()> {
    sqlx::query(
        "update import set rows_read = rows_read + $2, unchanged = unchanged + $3, rejected = rejected + $4,
            passed_over = passed_over + $5, worked_at = $6
         where import_id = $1",
    )
    .bind(import.uuid())
    .bind(read)
    .bind(counts.unchanged)
    .bind(counts.rejected)
    .bind(passed_over)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// All of it was read and staged.
pub(crate) async fn update_to_taking(
    conn: &mut PgConnection,
    import: ImportId,
    now: DateTime<Utc>,
) -> Result<Import> {
    let row: ImportRow = sqlx::query_as(
        "update import set state = 'TAKING', worked_at = $2 where import_id = $1 and state = 'READING'
         returning *",
    )
    .bind(import.uuid())
    .bind(now)
    .fetch_one(conn)
    .await?;
    row.try_into()
}

/// Fails what nobody has read on since then, and takes away what it had staged.
pub(crate) async fn update_abandoned(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "with abandoned as (
            update import set state = 'FAILED', ended_at = $2 where state = 'READING' and worked_at < $1
            returning import_id
         ), rows as (
            delete from import_row where import_id in (select import_id from abandoned))
         delete from import_batch where import_id in (select import_id from abandoned)",
    )
    .bind(since)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes an import away with all that it had.
pub(crate) async fn delete_import(conn: &mut PgConnection, import: ImportId) -> Result<()> {
    sqlx::query(
        "with gone as (delete from import_row where import_id = $1)
         delete from import where import_id = $1",
    )
    .bind(import.uuid())
    .execute(conn)
    .await?;
    Ok(())
}
