//! Lists of cases: by where they stand, whose they are, what is found in them.

use careway_kernel::{AccountId, CaseId, HumanNumber};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};

use super::{
    find::Scope,
    row::{CaseRow, SELECT_CASE},
    save::tsquery,
};
use crate::{
    case_keys::CaseKeys,
    cases::domain::{Case, State, opening::NUMBER_PREFIX, reference::Reference, search::key},
};

/// Which cases, newest first.
#[derive(Debug, Clone)]
pub(crate) struct CaseFilter {
    pub(crate) scope: Scope,
    pub(crate) state: Option<State>,
    pub(crate) q: Option<String>,
    pub(crate) identifier: Option<String>,
    pub(crate) assignee: Option<AssigneeFilter>,
    pub(crate) topic: Option<String>,
    pub(crate) due_before: Option<DateTime<Utc>>,
    pub(crate) updated_after: Option<DateTime<Utc>>,
    /// Older than this one.
    pub(crate) before: Option<CaseId>,
    pub(crate) limit: i64,
}

/// Who of support has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AssigneeFilter {
    Nobody,
    Account(AccountId),
}

/// A page of cases. What is asked for is found in what everybody of a case may read, and in support's notes by support: the
/// policies of the tables see to that.
pub(crate) async fn list_cases(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    filter: &CaseFilter,
) -> Result<Vec<Case>> {
    let q = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let assignee = match filter.assignee {
        Some(AssigneeFilter::Account(account)) => Some(account.uuid()),
        Some(AssigneeFilter::Nobody) | None => None,
    };
    let sql = format!(
        "{SELECT_CASE}
         where ($1::uuid is null or c.organization_id = $1) and ($2::text is null or c.state = $2)
           and ($3::text is null or c.identifier_keys @> array[$3])
           and ($4::uuid is null or c.assignee_id = $4) and (not $5 or c.assignee_id is null)
           and ($6::text is null or c.topic = $6) and ($7::timestamptz is null or c.due_at < $7)
           and ($8::timestamptz is null or c.updated_at > $8) and ($9::uuid is null or c.case_id < $9)
           and (not $10 or c.case_id in (
                select f.case_id from support_case f where f.number = $11
                union all select f.case_id from support_case f where f.identifier_keys @> array[$12]
                union all select f.case_id from case_reference f where f.reference = $13
                union all select f.case_id from support_case f where f.search @@ $14::text::tsquery
                union all select f.case_id from case_message f where f.search @@ $14::text::tsquery))
         order by c.case_id desc limit $15"
    );
    let rows: Vec<CaseRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(filter.scope.organization())
        .bind(filter.state.map(State::as_str))
        .bind(filter.identifier.as_deref().map(key))
        .bind(assignee)
        .bind(filter.assignee == Some(AssigneeFilter::Nobody))
        .bind(&filter.topic)
        .bind(filter.due_before)
        .bind(filter.updated_after)
        .bind(filter.before.map(CaseId::uuid))
        .bind(q.is_some())
        .bind(q.and_then(|q| HumanNumber::normalize(NUMBER_PREFIX, q).ok()))
        .bind(q.map(key))
        .bind(q.and_then(Reference::parse).as_ref().map(Reference::as_str))
        .bind(q.and_then(tsquery))
        .bind(filter.limit)
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}
