//! The feed of an authority's renewals: changes in the order of their commits.

use careway_kernel::OrganizationId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, FromRow, PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

use super::row::{RENEWALS, RenewalRow, known};
use crate::renewals::domain::RenewalChange;

/// A change, and the renewal as it stands by now: none when no list shows it any more.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) number: i64,
    pub(crate) change: RenewalChange,
    pub(crate) changed_at: DateTime<Utc>,
    pub(crate) renewal: Option<RenewalRow>,
}

impl FromRow<'_, PgRow> for Change {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let shown = row.try_get::<Option<Uuid>, _>("renewal_item_id")?;
        Ok(Self {
            number: row.try_get("number")?,
            change: known(row, "change", &RenewalChange::ALL, RenewalChange::as_str)?,
            changed_at: row.try_get("changed_at")?,
            renewal: shown.map(|_| RenewalRow::from_row(row)).transpose()?,
        })
    }
}

/// How far all feeds have come together: it grows with every change.
pub(crate) async fn get_feeds_sum(conn: &mut PgConnection) -> Result<i64> {
    let sum = sqlx::query_scalar("select coalesce(sum(last), 0)::bigint from renewal_feed");
    Ok(sum.fetch_one(conn).await?)
}

/// How far an authority's feed has come.
pub(crate) async fn find_feed_end(conn: &mut PgConnection, authority: OrganizationId) -> Result<i64> {
    let last: Option<i64> = sqlx::query_scalar("select last from renewal_feed where authority_id = $1")
        .bind(authority.uuid())
        .fetch_optional(conn)
        .await?;
    Ok(last.unwrap_or(0))
}

/// The changes of an authority's feed after this one, perhaps of one agency.
pub(crate) async fn list_changes(
    conn: &mut PgConnection,
    authority: OrganizationId,
    agency: Option<OrganizationId>,
    after: i64,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Change>> {
    let changes = format!(
        "select ch.number, ch.change, ch.changed_at, shown.* from (
            select * from renewal_change where authority_id = $2 and number > $3 and ($4::uuid is null or agency_id = $4)
            order by number limit $5
         ) ch
         join renewal changed on changed.renewal_id = ch.renewal_id
         left join lateral ({RENEWALS} where i.renewal_item_id = changed.renewal_item_id) shown on true
         order by ch.number"
    );
    let changes = sqlx::query_as(AssertSqlSafe(changes))
        .bind(now)
        .bind(authority.uuid())
        .bind(after)
        .bind(agency.map(OrganizationId::uuid))
        .bind(limit);
    Ok(changes.fetch_all(conn).await?)
}
