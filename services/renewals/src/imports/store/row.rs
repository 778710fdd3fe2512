//! What became of the rows: the table `import_row`.

use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::imports::domain::{Import, Outcome};

/// A row of which it is known what became of it.
#[derive(Debug, Clone)]
pub(crate) struct NewRow {
    pub(crate) row: u32,
    pub(crate) outcome: Outcome,
    /// Sealed.
    pub(crate) content: Option<Vec<u8>>,
}

/// The same as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptRow {
    pub(crate) number: i32,
    pub(crate) outcome: Outcome,
    /// Sealed.
    pub(crate) content: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct Stored {
    outcome: String,
    row_number: i32,
    content: Option<Vec<u8>>,
}

impl TryFrom<Stored> for KeptRow {
    type Error = Error;

    fn try_from(row: Stored) -> Result<Self> {
        let outcome = one_of("import_row.outcome", &row.outcome, &Outcome::ALL, Outcome::as_str)?;
        Ok(Self { number: row.row_number, outcome, content: row.content })
    }
}

/// Rows of an import.
pub(crate) async fn insert_rows(conn: &mut PgConnection, import: &Import, rows: &[NewRow]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let numbers: Vec<i32> = rows.iter().map(|row| row.row.cast_signed()).collect();
    let outcomes: Vec<&str> = rows.iter().map(|row| row.outcome.as_str()).collect();
    let contents: Vec<Option<&[u8]>> = rows.iter().map(|row| row.content.as_deref()).collect();
    sqlx::query(
        "insert into import_row (import_id, authority_id, outcome, row_number, content)
         select $1, $2, r.* from unnest($3::text[], $4::int[], $5::bytea[]) as r",
    )
    .bind(import.id.uuid())
    .bind(import.authority.uuid())
    .bind(outcomes)
    .bind(numbers)
    .bind(contents)
    .execute(conn)
    .await?;
    Ok(())
}

/// Rows of an import, by outcome and number.
pub(crate) async fn list_rows(
    conn: &mut PgConnection,
    import: &Import,
    outcome: Option<Outcome>,
    after: Option<(Outcome, i32)>,
    limit: i64,
) -> Result<Vec<KeptRow>> {
    let rows: Vec<Stored> = sqlx::query_as(
        "select outcome, row_number, content from import_row
         where import_id = $1 and authority_id = $2 and ($3::text is null or outcome = $3)
           and ($4::text is null or (outcome, row_number) > ($4, $5))
         order by outcome, row_number limit $6",
    )
    .bind(import.id.uuid())
    .bind(import.authority.uuid())
    .bind(outcome.map(Outcome::as_str))
    .bind(after.map(|(outcome, _)| outcome.as_str()))
    .bind(after.map(|(_, number)| number))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Takes away the rows of one import that ended before that instant; how many.
pub(crate) async fn delete_old_rows(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64> {
    let deleted = sqlx::query(
        "delete from import_row where import_id = (
            select i.import_id from import i where i.ended_at < $1
              and exists (select from import_row r where r.import_id = i.import_id)
            order by i.ended_at limit 1)",
    )
    .bind(before)
    .execute(conn)
    .await?;
    Ok(deleted.rows_affected())
}
