//! What an authority's lists are read by: the agencies they may name, and where the authority is.

use careway_kernel::{CountryCode, OrganizationId};
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::imports::domain::AppointedAgency;

#[derive(sqlx::FromRow)]
struct Row {
    agency_id: Uuid,
    code: String,
    successor_id: Option<Uuid>,
}

impl From<Row> for AppointedAgency {
    fn from(row: Row) -> Self {
        Self {
            agency: OrganizationId::from_uuid(row.agency_id),
            code: row.code,
            successor: row.successor_id.map(OrganizationId::from_uuid),
        }
    }
}

/// Every agency that the authority appointed once.
pub(crate) async fn list_appointed(
    conn: &mut PgConnection,
    authority: OrganizationId,
) -> Result<Vec<AppointedAgency>> {
    let appointed: Vec<Row> =
        sqlx::query_as("select agency_id, code, successor_id from agency where authority_id = $1")
            .bind(authority.uuid())
            .fetch_all(conn)
            .await?;
    Ok(appointed.into_iter().map(Into::into).collect())
}

/// The same, locked against being handed over.
pub(crate) async fn lock_appointed(
    conn: &mut PgConnection,
    authority: OrganizationId,
) -> Result<Vec<AppointedAgency>> {
    let appointed: Vec<Row> = sqlx::query_as(
        "select agency_id, code, successor_id from agency where authority_id = $1
         order by agency_id for key share",
    )
    .bind(authority.uuid())
    .fetch_all(conn)
    .await?;
    Ok(appointed.into_iter().map(Into::into).collect())
}

/// The authority's country, and its date there; none until identity told of it.
pub(crate) async fn find_home(
    conn: &mut PgConnection,
    authority: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Option<(CountryCode, NaiveDate)>> {
    let home: Option<(String, NaiveDate)> = sqlx::query_as(
        "select country, ($2 at time zone time_zone)::date from organization_ref where organization_id = $1",
    )
    .bind(authority.uuid())
    .bind(now)
    .fetch_optional(conn)
    .await?;
    let parsed = |(country, today): (String, NaiveDate)| {
        Ok((CountryCode::parse(&country).map_err(Error::internal)?, today))
    };
    home.map(parsed).transpose()
}
