//! The feed of those who watch cases: the history, in the order of the transactions that wrote it. What a transaction wrote is
//! read once every older transaction has ended, so that nothing is passed over that commits late.

use std::fmt;

use careway_kernel::CaseId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::find::Scope;

/// A place in the feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    transaction: i64,
    entry: i64,
}

impl Place {
    /// Reads what [`fmt::Display`] writes.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let parts = text.split_once('-').and_then(|(transaction, entry)| {
            Some(Self { transaction: transaction.parse().ok()?, entry: entry.parse().ok()? })
        });
        let place = parts.filter(|place| place.transaction >= 0 && place.entry >= 0);
        place.ok_or("must be the id of an event of this stream")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.transaction, self.entry)
    }
}

/// Something that happened to a case.
#[derive(Debug, Clone)]
pub(crate) struct FeedEntry {
    pub(crate) place: Place,
    pub(crate) case: CaseId,
    pub(crate) change: String,
    pub(crate) at: DateTime<Utc>,
}

/// How far the feed has come.
pub(crate) async fn find_feed_end(conn: &mut PgConnection) -> Result<Place> {
    let last: Option<(i64, i64)> = sqlx::query_as(
        "select transaction_id::text::bigint, entry_id from case_history
         where transaction_id < pg_snapshot_xmin(pg_current_snapshot())
         order by transaction_id desc, entry_id desc limit 1",
    )
    .fetch_optional(conn)
    .await?;
    Ok(last.map(|(transaction, entry)| Place { transaction, entry }).unwrap_or_default())
}

/// What happened after a place, of those cases that are looked at, or of one of them.
pub(crate) async fn list_feed(
    conn: &mut PgConnection,
    scope: Scope,
    case: Option<CaseId>,
    after: Place,
    limit: i64,
) -> Result<Vec<FeedEntry>> {
    let rows: Vec<(i64, i64, Uuid, String, DateTime<Utc>)> = sqlx::query_as(
        "select transaction_id::text::bigint, entry_id, case_id, change, happened_at from case_history
         where (transaction_id, entry_id) > ($1::text::xid8, $2)
           and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
           and ($3::uuid is null or organization_id = $3) and ($4::uuid is null or case_id = $4)
         order by transaction_id, entry_id limit $5",
    )
    .bind(after.transaction.to_string())
    .bind(after.entry)
    .bind(scope.organization())
    .bind(case.map(CaseId::uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let entries = rows.into_iter().map(|(transaction, entry, case, change, at)| FeedEntry {
        place: Place { transaction, entry },
        case: CaseId::from_uuid(case),
        change,
        at,
    });
    Ok(entries.collect())
}
