//! Cases that the clock has something for, and those that an account is with.

use careway_kernel::{AccountId, OrganizationId, Redacted, id_at};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::row::{CaseRow, SELECT_CASE};
use crate::{
    case_keys::{CaseKeys, Column},
    cases::domain::Case,
};

/// One whose time has come and that nobody else is at, locked.
pub(crate) async fn lock_due_case(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    now: DateTime<Utc>,
) -> Result<Option<Case>> {
    let sql = format!(
        "{SELECT_CASE} where c.wakes_at <= $1 order by c.wakes_at limit 1 for update of c skip locked"
    );
    let row: Option<CaseRow> = sqlx::query_as(AssertSqlSafe(sql)).bind(now).fetch_optional(conn).await?;
    row.map(|row| row.open(keys)).transpose()
}

/// A case that an account was with.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct LeftCase {
    pub(crate) case_id: Uuid,
    pub(crate) organization_id: Uuid,
    pub(crate) state: String,
    pub(crate) version: i64,
}

/// What a person of an organization may do no more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lost {
    pub(crate) reading: bool,
    pub(crate) handling: bool,
}

/// An account is with no case any more as a person of an organization that it may not read, and has none that it may not
/// handle: all of it and its history in one statement, however many there are. Those that everybody sees a change of.
pub(crate) async fn update_cases_without(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    (account, member_of): (AccountId, OrganizationId),
    lost: Lost,
    now: DateTime<Utc>,
) -> Result<Vec<LeftCase>> {
    let seal_id = id_at(now);
    let before = keys.seal(Column::Before, seal_id, &Redacted::new(account.to_string()))?;
    let rows = sqlx::query_as(
        "with gone as (
            delete from case_participant where account_id = $1 and member_of = $2 and $6
            returning case_id, organization_id, role),
         touched as (
            select c.case_id, (c.assignee_id = $1 and c.state <> 'CLOSED' and $7) is true as had
            from support_case c
            where c.case_id in (select case_id from gone where role = 'PARTICIPANT')
               or (c.assignee_id = $1 and c.state <> 'CLOSED' and $7
                   and exists (select from organization_ref where organization_id = $2 and kind = 'PLATFORM'))
            order by c.case_id for update),
         told as (
            insert into case_history (case_id, organization_id, internal, change, actor, channel, seal_id, before, happened_at)
            select g.case_id, g.organization_id, false, 'PARTICIPANTS', 'system:cases', 'CLOCK', $3, $4, $5
            from gone g where g.role = 'PARTICIPANT'
            union all
            select c.case_id, c.organization_id, false, 'ASSIGNEE', 'system:cases', 'CLOCK', $3, $4, $5
            from touched t join support_case c on c.case_id = t.case_id where t.had)
         update support_case c set version = c.version + 1, updated_at = $5,
            assignee_id = case when t.had then null else c.assignee_id end
         from touched t where c.case_id = t.case_id
         returning c.case_id, c.organization_id, c.state, c.version",
    )
    .bind(account.uuid())
    .bind(member_of.uuid())
    .bind(seal_id)
    .bind(before)
    .bind(now)
    .bind(lost.reading)
    .bind(lost.handling)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Nobody of an organization watches any case.
pub(crate) async fn delete_watchers_of(conn: &mut PgConnection, organization: Uuid) -> Result<()> {
    sqlx::query("delete from case_participant where member_of = $1 and role = 'WATCHER'")
        .bind(organization)
        .execute(conn)
        .await?;
    Ok(())
}
