//! The benefit ledger, read.

use careway_kernel::{CoverageId, OrganizationId};
use careway_service::{Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::plans::domain::{Scope, Unit, period::Period};

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: String,
    pub(crate) account: String,
    pub(crate) scope: Scope,
    pub(crate) period: Period,
    pub(crate) period_key: String,
    pub(crate) unit: Unit,
    pub(crate) amount: i64,
    pub(crate) used_delta: i64,
    pub(crate) reserved_delta: i64,
    pub(crate) cause_kind: String,
    pub(crate) cause_id: Uuid,
}

/// A page of the entries a coverage caused, newest first, those before `before`.
pub(crate) async fn list_entries(
    conn: &mut PgConnection,
    payer: OrganizationId,
    coverage: CoverageId,
    account: Option<&str>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Entry>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        entry_id: i64,
        at: DateTime<Utc>,
        kind: String,
        account: String,
        scope: String,
        period: String,
        period_key: String,
        unit: String,
        amount: i64,
        used_delta: i64,
        reserved_delta: i64,
        cause_kind: String,
        cause_id: Uuid,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select * from benefit_entry
         where coverage_id = $1 and payer_id = $2 and ($3::text is null or account = $3)
           and ($4::bigint is null or entry_id < $4)
         order by entry_id desc limit $5",
    )
    .bind(coverage.uuid())
    .bind(payer.uuid())
    .bind(account)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let entry = |row: Row| {
        Ok(Entry {
            id: row.entry_id,
            at: row.at,
            kind: row.kind,
            account: row.account,
            scope: one_of("benefit_entry.scope", &row.scope, &Scope::ALL, Scope::as_str)?,
            period: one_of("benefit_entry.period", &row.period, &Period::ALL, Period::as_str)?,
            period_key: row.period_key,
            unit: one_of("benefit_entry.unit", &row.unit, &Unit::ALL, Unit::as_str)?,
            amount: row.amount,
            used_delta: row.used_delta,
            reserved_delta: row.reserved_delta,
            cause_kind: row.cause_kind,
            cause_id: row.cause_id,
        })
    };
    rows.into_iter().map(entry).collect()
}
