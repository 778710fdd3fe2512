//! The table `agency`, and whatever is an agency's when it is handed over.

use careway_kernel::OrganizationId;
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Agency, AgencyCode, AgencyState};

#[derive(sqlx::FromRow)]
struct Row {
    authority_id: Uuid,
    agency_id: Uuid,
    code: String,
    state: String,
    successor_id: Option<Uuid>,
    appointed_at: DateTime<Utc>,
    handed_over_at: Option<DateTime<Utc>>,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct NamedRow {
    #[sqlx(flatten)]
    agency: Row,
    name: String,
    authority_name: String,
}

/// An agency, and what it and its authority are called.
#[derive(Debug, Clone)]
pub(crate) struct NamedAgency {
    pub(crate) agency: Agency,
    pub(crate) name: String,
    pub(crate) authority_name: String,
}

impl TryFrom<Row> for Agency {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            authority: OrganizationId::from_uuid(row.authority_id),
            agency: OrganizationId::from_uuid(row.agency_id),
            code: AgencyCode::parse(&row.code).map_err(Error::internal)?,
            state: one_of("agency.state", &row.state, &AgencyState::ALL, AgencyState::as_str)?,
            successor: row.successor_id.map(OrganizationId::from_uuid),
            appointed_at: row.appointed_at,
            handed_over_at: row.handed_over_at,
            version: row.version,
        })
    }
}

impl TryFrom<NamedRow> for NamedAgency {
    type Error = Error;

    fn try_from(row: NamedRow) -> Result<Self> {
        Ok(Self { agency: row.agency.try_into()?, name: row.name, authority_name: row.authority_name })
    }
}

macro_rules! select_named {
    ($rest:literal) => {
        concat!(
            "select a.*, coalesce(o.name, '') as name, coalesce(u.name, '') as authority_name from agency a
             left join organization_ref o on o.organization_id = a.agency_id
             left join organization_ref u on u.organization_id = a.authority_id ",
            $rest
        )
    };
}

/// An agency of the authority.
pub(crate) async fn find_agency(
    conn: &mut PgConnection,
    authority: OrganizationId,
    agency: OrganizationId,
) -> Result<Option<NamedAgency>> {
    let row: Option<NamedRow> =
        sqlx::query_as(select_named!("where a.authority_id = $1 and a.agency_id = $2"))
            .bind(authority.uuid())
            .bind(agency.uuid())
            .fetch_optional(conn)
            .await?;
    row.map(TryInto::try_into).transpose()
}

/// The appointments that the organization is a party to, by code.
pub(crate) async fn list_agencies(
    conn: &mut PgConnection,
    party: OrganizationId,
    after: Option<[OrganizationId; 2]>,
    limit: i64,
) -> Result<Vec<NamedAgency>> {
    let [authority, agency] = [0, 1].map(|at| after.map(|after| after[at].uuid()));
    let rows: Vec<NamedRow> = sqlx::query_as(select_named!(
        "where (a.authority_id = $1 or a.agency_id = $1)
           and ($2::uuid is null or (a.code, a.authority_id, a.agency_id) > (
                select b.code, b.authority_id, b.agency_id from agency b
                where b.authority_id = $2 and b.agency_id = $3))
         order by a.code, a.authority_id, a.agency_id limit $4"
    ))
    .bind(party.uuid())
    .bind(authority)
    .bind(agency)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The authorities that the agency collects for.
pub(crate) async fn list_authorities(
    conn: &mut PgConnection,
    agency: OrganizationId,
) -> Result<Vec<OrganizationId>> {
    let authorities: Vec<Uuid> = sqlx::query_scalar(
        "select authority_id from agency where agency_id = $1 and state = 'APPOINTED' order by authority_id",
    )
    .bind(agency.uuid())
    .fetch_all(conn)
    .await?;
    Ok(authorities.into_iter().map(OrganizationId::from_uuid).collect())
}

/// An agency of the authority, locked.
pub(crate) async fn lock_agency(
    conn: &mut PgConnection,
    authority: OrganizationId,
    agency: OrganizationId,
) -> Result<Option<Agency>> {
    let row: Option<Row> =
        sqlx::query_as("select * from agency where authority_id = $1 and agency_id = $2 for update")
            .bind(authority.uuid())
            .bind(agency.uuid())
            .fetch_optional(conn)
            .await?;
    row.map(TryInto::try_into).transpose()
}

/// Agencies of the authority, locked in one order.
pub(crate) async fn lock_agencies(
    conn: &mut PgConnection,
    authority: OrganizationId,
    agencies: [OrganizationId; 2],
) -> Result<Vec<NamedAgency>> {
    let rows: Vec<NamedRow> = sqlx::query_as(select_named!(
        "where a.authority_id = $1 and a.agency_id = any($2) order by a.agency_id for update of a"
    ))
    .bind(authority.uuid())
    .bind(agencies.map(OrganizationId::uuid))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A new agency. `agency_pkey` when the authority has it, `agency_code_once` when another one has the code.
pub(crate) async fn insert_agency(conn: &mut PgConnection, agency: &Agency) -> sqlx::Result<()> {
    sqlx::query(
        "insert into agency (authority_id, agency_id, code, state, appointed_at, version)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(agency.authority.uuid())
    .bind(agency.agency.uuid())
    .bind(agency.code.as_str())
    .bind(agency.state.as_str())
    .bind(agency.appointed_at)
    .bind(agency.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// An agency that is appointed anew. `agency_code_once` when another one has the code.
pub(crate) async fn update_agency(conn: &mut PgConnection, agency: &Agency) -> sqlx::Result<()> {
    sqlx::query(
        "update agency set code = $3, state = $4, successor_id = null, handed_over_at = null, appointed_at = $5,
            version = $6
         where authority_id = $1 and agency_id = $2",
    )
    .bind(agency.authority.uuid())
    .bind(agency.agency.uuid())
    .bind(agency.code.as_str())
    .bind(agency.state.as_str())
    .bind(agency.appointed_at)
    .bind(agency.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// What an agency hands over, locked in the order in which everybody locks it. How many participants.
pub(crate) async fn lock_of_agency(
    conn: &mut PgConnection,
    authority: OrganizationId,
    agency: OrganizationId,
) -> Result<i32> {
    let participants = sqlx::query_scalar(
        "select count(*)::int from (
            select from participant where authority_id = $1 and agency_id = $2
            order by participant_id for update) locked",
    );
    let participants = participants.bind(authority.uuid()).bind(agency.uuid()).fetch_one(&mut *conn).await?;
    let items = sqlx::query(
        "select count(*) from (
            select from renewal_item where authority_id = $1 and agency_id = $2 and renewal_id is null
            order by renewal_item_id for update) locked",
    );
    items.bind(authority.uuid()).bind(agency.uuid()).execute(conn).await?;
    Ok(participants)
}

/// An agency that handed over, and all that the successor has from now on: participants, what is to be renewed, campaigns with
/// their reminders, and data issues without an answer. What was renewed and answered stays with the agency that did it.
pub(crate) async fn update_of_agency(
    conn: &mut PgConnection,
    agency: &Agency,
    successor: OrganizationId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "with gone as (
            update agency set state = $3, successor_id = $4, handed_over_at = $5, version = $6
            where authority_id = $1 and agency_id = $2),
         items as (
            update renewal_item set agency_id = $4, version = version + 1
            where authority_id = $1 and agency_id = $2 and renewal_id is null),
         issues as (
            update data_issue set agency_id = $4, version = version + 1
            where authority_id = $1 and agency_id = $2 and state = 'OPEN'),
         campaigns as (
            update reminder_campaign set agency_id = $4, version = version + 1
            where authority_id = $1 and agency_id = $2)
         update participant set agency_id = $4, version = version + 1, updated_at = $5
         where authority_id = $1 and agency_id = $2",
    )
    .bind(agency.authority.uuid())
    .bind(agency.agency.uuid())
    .bind(agency.state.as_str())
    .bind(successor.uuid())
    .bind(now)
    .bind(agency.version)
    .execute(conn)
    .await?;
    Ok(())
}
