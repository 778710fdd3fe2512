//! A renewal as it is read: the item, its participant, the agency's day, and how it was renewed.

use careway_service::one_of;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{participants::domain::ContactResult, renewals::domain::Cover};

/// What [`RenewalRow`] is read of, but for the `where`: `$1` is now. An open item is one of the list only while the same
/// agency has its participant, whose card ends on that very day.
pub(super) const RENEWALS: &str = "
    select i.renewal_item_id, i.agency_id, i.last_day, i.version, p.participant_id, p.bhxh_number, p.full_name,
        p.given_name_first, p.household, p.result,
        ($1 at time zone coalesce(o.time_zone, 'UTC'))::date as today,
        r.renewal_id, r.rank, r.amount, r.valid_from, r.valid_to, r.cover, r.cover_reason, r.coverage_id, r.renewed_at,
        c.contribution_id, c.receipt_number, c.paid_on, c.months,
        (s.settings->>'window_days')::int as window_days, (s.settings->>'lapsed_days')::int as lapsed_days
    from renewal_item i
    join participant p on p.authority_id = i.authority_id
        and p.bhxh_number = i.bhxh_number
        and (i.renewal_id is not null or p.agency_id = i.agency_id and p.last_day = i.last_day)
    left join organization_ref o on o.organization_id = i.agency_id
    left join renewal r on r.renewal_id = i.renewal_id
    left join contribution c on c.contribution_id = r.contribution_id
    left join renewal_settings s on s.authority_id = i.authority_id";

/// A renewal.
#[derive(Debug, Clone)]
pub(crate) struct RenewalRow {
    pub(crate) item: Uuid,
    pub(crate) agency: Uuid,
    pub(crate) last_day: NaiveDate,
    pub(crate) version: i64,
    pub(crate) participant: Uuid,
    pub(crate) bhxh_number: String,
    pub(crate) full_name: String,
    pub(crate) given_name_first: String,
    pub(crate) household: String,
    pub(crate) result: ContactResult,
    /// The agency's day.
    pub(crate) today: NaiveDate,
    pub(crate) paid: Option<Paid>,
    /// How far the authority's list goes ahead and behind; none before it has set anything.
    pub(crate) window_days: Option<i32>,
    pub(crate) lapsed_days: Option<i32>,
}

/// How it was renewed.
#[derive(Debug, Clone)]
pub(crate) struct Paid {
    pub(crate) contribution: Uuid,
    pub(crate) receipt_number: String,
    pub(crate) paid_on: NaiveDate,
    pub(crate) months: i32,
    pub(crate) rank: i32,
    pub(crate) amount: i64,
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    pub(crate) cover: Cover,
    pub(crate) cover_reason: Option<String>,
    pub(crate) coverage: Option<Uuid>,
    pub(crate) renewed_at: DateTime<Utc>,
}

impl FromRow<'_, PgRow> for RenewalRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let paid = match row.try_get::<Option<Uuid>, _>("renewal_id")? {
            Some(_) => Some(Paid {
                contribution: row.try_get("contribution_id")?,
                receipt_number: row.try_get("receipt_number")?,
                paid_on: row.try_get("paid_on")?,
                months: row.try_get("months")?,
                rank: row.try_get("rank")?,
                amount: row.try_get("amount")?,
                from: row.try_get("valid_from")?,
                to: row.try_get("valid_to")?,
                cover: known(row, "cover", &Cover::ALL, Cover::as_str)?,
                cover_reason: row.try_get("cover_reason")?,
                coverage: row.try_get("coverage_id")?,
                renewed_at: row.try_get("renewed_at")?,
            }),
            None => None,
        };
        Ok(Self {
            item: row.try_get("renewal_item_id")?,
            agency: row.try_get("agency_id")?,
            last_day: row.try_get("last_day")?,
            version: row.try_get("version")?,
            participant: row.try_get("participant_id")?,
            bhxh_number: row.try_get("bhxh_number")?,
            full_name: row.try_get("full_name")?,
            given_name_first: row.try_get("given_name_first")?,
            household: row.try_get("household")?,
            result: known(row, "result", &ContactResult::ALL, ContactResult::as_str)?,
            today: row.try_get("today")?,
            paid,
            window_days: row.try_get("window_days")?,
            lapsed_days: row.try_get("lapsed_days")?,
        })
    }
}

/// A value of a column that holds one of these.
pub(super) fn known<T: Copy>(
    row: &PgRow,
    column: &'static str,
    all: &[T],
    text: fn(T) -> &'static str,
) -> sqlx::Result<T> {
    let read: String = row.try_get(column)?;
    one_of(column, &read, all, text)
        .map_err(|error| sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) })
}
