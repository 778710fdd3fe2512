//! What happened to a case.

use careway_kernel::{CaseId, Redacted};
use careway_service::{Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    case_keys::{CaseKeys, Column},
    cases::domain::{Channel, step::Change},
};

/// A line of the history as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptEntry {
    /// Its place in the order of all.
    pub(crate) number: i64,
    pub(crate) change: Change,
    pub(crate) internal: bool,
    pub(crate) actor: String,
    pub(crate) channel: Channel,
    pub(crate) before: Option<Redacted>,
    pub(crate) after: Option<Redacted>,
    pub(crate) at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    entry_id: i64,
    internal: bool,
    change: String,
    actor: String,
    channel: String,
    seal_id: Uuid,
    before: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
    happened_at: DateTime<Utc>,
}

impl Row {
    fn open(self, keys: &CaseKeys) -> Result<KeptEntry> {
        let open = |column, sealed: Option<Vec<u8>>| -> Result<Option<Redacted>> {
            sealed.map(|sealed| keys.open(column, self.seal_id, &sealed)).transpose()
        };
        Ok(KeptEntry {
            number: self.entry_id,
            change: one_of("case_history.change", &self.change, Change::ALL, Change::as_str)?,
            internal: self.internal,
            actor: self.actor,
            channel: one_of("case_history.channel", &self.channel, Channel::ALL, Channel::as_str)?,
            before: open(Column::Before, self.before)?,
            after: open(Column::After, self.after)?,
            at: self.happened_at,
        })
    }
}

/// A page of a case's history, the oldest first; what support does among itself where the caller may see it.
pub(crate) async fn list_history(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    case: CaseId,
    (with_internal, after, limit): (bool, Option<i64>, i64),
) -> Result<Vec<KeptEntry>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select entry_id, internal, change, actor, channel, seal_id, before, after, happened_at from case_history
         where case_id = $1 and ($2 or not internal) and ($3::bigint is null or entry_id > $3)
         order by entry_id limit $4",
    )
    .bind(case.uuid())
    .bind(with_internal)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}
