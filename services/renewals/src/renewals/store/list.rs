//! Lists of renewals, and one by its id.

use careway_kernel::{OrganizationId, RenewalItemId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use uuid::Uuid;

use super::row::{RENEWALS, RenewalRow};
use crate::{agencies::domain::Party, renewals::domain::DueState};

/// The column of `renewal_item` that names the party.
const fn column(party: Party) -> &'static str {
    match party {
        Party::Agency(_) => "i.agency_id",
        Party::Authority(_) => "i.authority_id",
    }
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    LastDay,
    FamilyName,
    GivenName,
    Household,
    /// Newest first: of renewed ones.
    Newest,
}

impl Order {
    /// The key, as text; it and the item's id are unique.
    const fn key(self) -> &'static str {
        match self {
            Self::LastDay => "i.last_day::text collate \"C\"",
            Self::FamilyName => "p.full_name collate \"vi-x-icu\"",
            Self::GivenName => "p.given_name_first collate \"vi-x-icu\"",
            Self::Household => "p.household collate \"C\"",
            Self::Newest => "''::text collate \"C\"",
        }
    }

    /// The direction of the page after another.
    const fn after(self) -> (&'static str, &'static str) {
        match self {
            Self::Newest => ("<", "desc"),
            _ => (">", "asc"),
        }
    }

    /// The key of a row.
    pub(crate) fn key_of(self, row: &RenewalRow) -> String {
        match self {
            Self::LastDay => row.last_day.to_string(),
            Self::FamilyName => row.full_name.clone(),
            Self::GivenName => row.given_name_first.clone(),
            Self::Household => row.household.clone(),
            Self::Newest => String::new(),
        }
    }
}

/// What somebody may be known by; whoever has one of these.
#[derive(Debug, Clone)]
pub(crate) struct KnownBy {
    /// The beginning of a BHXH number.
    pub(crate) number: Option<String>,
    pub(crate) card_code: Option<String>,
    /// The hash of a phone number, an e-mail address or a citizen id.
    pub(crate) indexes: Vec<Vec<u8>>,
}

/// How many days are left of what an authority's list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DaysLeft {
    pub(crate) authority: Uuid,
    pub(crate) least: i32,
    pub(crate) most: i32,
}

/// How far an authority's list goes; none before it has said so.
#[derive(Debug, Clone, Copy, FromRow)]
pub(crate) struct SetReach {
    pub(crate) authority_id: Uuid,
    pub(crate) window_days: Option<i32>,
    pub(crate) lapsed_days: Option<i32>,
}

/// Which renewals.
#[derive(Debug, Clone)]
pub(crate) struct RenewalFilter {
    pub(crate) party: Party,
    pub(crate) now: DateTime<Utc>,
    /// Renewed ones, or open ones.
    pub(crate) renewed: bool,
    /// Of open ones: those that stand so.
    pub(crate) states: &'static [DueState],
    /// How many days are left of them, for each authority.
    pub(crate) days_left: Vec<DaysLeft>,
    pub(crate) agency: Option<OrganizationId>,
    pub(crate) household: Option<String>,
    pub(crate) last_day_from: Option<NaiveDate>,
    pub(crate) last_day_to: Option<NaiveDate>,
    /// Of each word that is in the name: its forms, with blanks between them. None: not asked for.
    pub(crate) words: Option<Vec<String>>,
    /// What somebody is known by.
    pub(crate) code: Option<KnownBy>,
    pub(crate) order: Order,
    /// After this key and id.
    pub(crate) after: Option<(String, Uuid)>,
    pub(crate) limit: i64,
}

/// The conditions of a filter: `$2` to `$16`. The last day is bounded first by what is furthest, since an index has it.
pub(super) fn conditions(party: Party) -> String {
    let column = column(party);
    format!(
        "left join unnest($4::uuid[], $5::int[], $6::int[]) days (authority, least, most) on days.authority = i.authority_id
         where {column} = $2 and (i.renewal_id is not null) = $3
           and ($3 or (i.last_day - ($1 at time zone coalesce(o.time_zone, 'UTC'))::date between days.least and days.most
               and i.last_day between ($1 at time zone 'UTC')::date - $7 and ($1 at time zone 'UTC')::date + $7))
           and ($8::uuid is null or i.agency_id = $8) and ($9::text is null or p.household = $9)
           and ($10::date is null or i.last_day >= $10) and ($11::date is null or i.last_day <= $11)
           and ($12::text[] is null or (select bool_and(exists (
                   select from unnest(p.name_words) own, unnest(string_to_array(forms, ' ')) form where starts_with(own, form)))
               from unnest($12::text[]) forms))
           and (not $13 or p.bhxh_number like $14 or p.card_code = $15 or p.mobile_index = any ($16)
               or p.phone_index = any ($16) or p.email_index = any ($16) or p.citizen_id_index = any ($16))"
    )
}

/// Binds a filter to a query with its [`conditions`].
macro_rules! bound {
    ($query:expr, $filter:expr) => {
        $query
            .bind($filter.now)
            .bind($filter.party.organization().uuid())
            .bind($filter.renewed)
            .bind($filter.days_left.iter().map(|days| days.authority).collect::<Vec<_>>())
            .bind($filter.days_left.iter().map(|days| days.least).collect::<Vec<_>>())
            .bind($filter.days_left.iter().map(|days| days.most).collect::<Vec<_>>())
            .bind($filter.furthest())
            .bind($filter.agency.map(OrganizationId::uuid))
            .bind($filter.household.as_deref())
            .bind($filter.last_day_from)
            .bind($filter.last_day_to)
            .bind(&$filter.words)
            .bind($filter.code.is_some())
            .bind($filter.code.as_ref().and_then(|code| Some(format!("{}%", code.number.as_ref()?))))
            .bind($filter.code.as_ref().and_then(|code| code.card_code.clone()))
            .bind($filter.code.as_ref().map(|code| code.indexes.clone()).unwrap_or_default())
    };
}

pub(super) use bound;

impl RenewalFilter {
    /// How many days from today in UTC the last day of an open one may be, at most.
    pub(super) fn furthest(&self) -> i32 {
        let days = self.days_left.iter().map(|days| days.least.abs().max(days.most.abs()));
        // It may be another day where an agency is.
        days.max().unwrap_or_default() + 1
    }
}

/// How far the lists go of the authorities whose renewals the party sees.
pub(crate) async fn list_reaches(conn: &mut PgConnection, party: Party) -> Result<Vec<SetReach>> {
    let reaches = sqlx::query_as(
        "select a.authority_id, (s.settings->>'window_days')::int as window_days,
            (s.settings->>'lapsed_days')::int as lapsed_days
         from (select distinct authority_id from agency where agency_id = $1 or authority_id = $1) a
         left join renewal_settings s on s.authority_id = a.authority_id",
    );
    Ok(reaches.bind(party.organization().uuid()).fetch_all(conn).await?)
}

/// A page of renewals.
pub(crate) async fn list_renewals(
    conn: &mut PgConnection,
    filter: &RenewalFilter,
) -> Result<Vec<RenewalRow>> {
    let (key, (after, direction)) = (filter.order.key(), filter.order.after());
    let list = format!(
        "{RENEWALS} {} and ($17::uuid is null or ({key}, i.renewal_item_id) {after} ($18, $17))
         order by {key} {direction}, i.renewal_item_id {direction} limit $19",
        conditions(filter.party)
    );
    let (key, id) = filter.after.clone().unzip();
    let rows = bound!(sqlx::query_as(AssertSqlSafe(list)), filter).bind(id).bind(key).bind(filter.limit);
    Ok(rows.fetch_all(conn).await?)
}

/// How many renewals there are, on all pages.
pub(crate) async fn get_renewal_count(conn: &mut PgConnection, filter: &RenewalFilter) -> Result<i64> {
    let count = format!("select count(*) from ({RENEWALS} {}) listed", conditions(filter.party));
    Ok(bound!(sqlx::query_scalar(AssertSqlSafe(count)), filter).fetch_one(conn).await?)
}

/// The party's renewal.
pub(crate) async fn find_renewal(
    conn: &mut PgConnection,
    party: Party,
    item: RenewalItemId,
    now: DateTime<Utc>,
) -> Result<Option<RenewalRow>> {
    let column = column(party);
    let find = format!("{RENEWALS} where i.renewal_item_id = $2 and {column} = $3");
    let found = sqlx::query_as(AssertSqlSafe(find));
    Ok(found.bind(now).bind(item.uuid()).bind(party.organization().uuid()).fetch_optional(conn).await?)
}
