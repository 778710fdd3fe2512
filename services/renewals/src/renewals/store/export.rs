//! A whole list of renewals for a workbook, row by row in one statement: as it is at one moment, however long it is read.

use careway_kernel::OrganizationId;
use careway_service::{Error, Result};
use chrono::NaiveDate;
use futures::{Stream, TryStreamExt};
use sqlx::{AssertSqlSafe, FromRow, PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

use super::{
    list::{Order, RenewalFilter, bound, conditions},
    row::{RENEWALS, RenewalRow},
};
use crate::exports::LONGEST;

/// A row of a workbook.
#[derive(Debug, Clone)]
pub(crate) struct ExportedRenewal {
    pub(crate) renewal: RenewalRow,
    pub(crate) card_code: Option<String>,
    pub(crate) birth: String,
    pub(crate) address: String,
    /// Sealed.
    pub(crate) phone: Option<Vec<u8>>,
    /// Sealed.
    pub(crate) mobile: Option<Vec<u8>>,
    pub(crate) agency_code: String,
    /// Of the card that is to be renewed.
    pub(crate) valid_from: Option<NaiveDate>,
}

impl FromRow<'_, PgRow> for ExportedRenewal {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            renewal: RenewalRow::from_row(row)?,
            card_code: row.try_get("card_code")?,
            birth: row.try_get("birth")?,
            address: row.try_get("address")?,
            phone: row.try_get("phone")?,
            mobile: row.try_get("mobile")?,
            agency_code: row.try_get("agency_code")?,
            valid_from: row.try_get("card_from")?,
        })
    }
}

impl ExportedRenewal {
    /// Whose contacts they are.
    pub(crate) const fn participant(&self) -> Uuid {
        self.renewal.participant
    }
}

/// What the rows are sorted by; the columns are those of [`RENEWALS`].
const fn sorted(order: Order) -> &'static str {
    match order {
        Order::LastDay => "l.last_day, l.renewal_item_id",
        Order::FamilyName => "l.full_name collate \"vi-x-icu\", l.renewal_item_id",
        Order::GivenName => "l.given_name_first collate \"vi-x-icu\", l.renewal_item_id",
        Order::Household => "l.household collate \"C\", l.renewal_item_id",
        Order::Newest => "l.renewal_item_id desc",
    }
}

/// Every renewal of a list. The connection's transaction says by when it must be read.
pub(crate) async fn list_exported<'c>(
    conn: &'c mut PgConnection,
    filter: &'c RenewalFilter,
) -> Result<impl Stream<Item = Result<ExportedRenewal>> + Send + use<'c>> {
    sqlx::query("select set_config('statement_timeout', $1, true)").bind(LONGEST).execute(&mut *conn).await?;
    let list = format!(
        "select l.*, p.card_code, p.birth, p.address, p.phone, p.mobile, coalesce(a.code, '') as agency_code,
            (select max(c.valid_from) from card_period c
             where c.participant_id = p.participant_id and c.valid_to = l.last_day) as card_from
         from ({RENEWALS} {}) l
         join participant p on p.participant_id = l.participant_id
         left join agency a on a.authority_id = p.authority_id and a.agency_id = l.agency_id
         order by {}",
        conditions(filter.party),
        sorted(filter.order)
    );
    let rows = bound!(sqlx::query_as(AssertSqlSafe(list)), filter).fetch(conn);
    Ok(rows.map_err(Error::from))
}
