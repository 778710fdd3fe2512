//! Cases whose clocks have something to tell, or were reckoned by what is no more.

use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::row::{CaseRow, SELECT_CASE};
use crate::{case_keys::CaseKeys, cases::domain::Case};

/// One whose clocks have something to tell and that nobody else is at, locked.
pub(crate) async fn lock_case_to_tell(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    now: DateTime<Utc>,
) -> Result<Option<Case>> {
    let sql = format!(
        "{SELECT_CASE} where c.clock_tells_at < $1 order by c.clock_tells_at limit 1 for update of c skip locked"
    );
    let row: Option<CaseRow> = sqlx::query_as(AssertSqlSafe(sql)).bind(now).fetch_optional(conn).await?;
    row.map(|row| row.open(keys)).transpose()
}

/// Some that are not closed and were reckoned before their calendar or their targets changed, locked.
pub(crate) async fn lock_outdated_cases(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    limit: usize,
) -> Result<Vec<Case>> {
    let sql = format!(
        "{SELECT_CASE}
         left join service_level own on own.organization_id = c.organization_id
         join service_level common on common.organization_id is null
         join work_calendar calendar
            on calendar.work_calendar_id = coalesce(own.work_calendar_id, common.work_calendar_id)
         where c.state <> 'CLOSED' and c.clock_basis < greatest(coalesce(own.basis, common.basis), calendar.basis)
         limit $1 for update of c skip locked"
    );
    let limit = i64::try_from(limit).map_err(Error::internal)?;
    let rows: Vec<CaseRow> = sqlx::query_as(AssertSqlSafe(sql)).bind(limit).fetch_all(conn).await?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

/// Keeps what was reckoned of locked cases. What they say of themselves does not change, nor their version.
pub(crate) async fn update_clocks(conn: &mut PgConnection, cases: &[Case]) -> Result<()> {
    let each = || cases.iter();
    sqlx::query(
        "update support_case c set due_at = n.due_at, warn_at = n.warn_at, clock_tells_at = n.tells_at,
            clock_basis = n.basis
         from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::bigint[])
            as n (case_id, due_at, warn_at, tells_at, basis)
         where c.case_id = n.case_id",
    )
    .bind(each().map(|case| case.id.uuid()).collect::<Vec<Uuid>>())
    .bind(each().map(|case| case.due.due_at).collect::<Vec<_>>())
    .bind(each().map(|case| case.due.warn_at).collect::<Vec<_>>())
    .bind(each().map(|case| case.due.tell_at).collect::<Vec<_>>())
    .bind(each().map(|case| case.clock_basis).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}
