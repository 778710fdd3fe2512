//! Visits in Postgres: found, locked, listed, started.

pub(crate) mod overrides;
pub(crate) mod profile;
pub(crate) mod row;
pub(crate) mod update;

use careway_kernel::{OrganizationId, VisitId};
use careway_service::{Call, Database, Result, scoped_query};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection};

use super::domain::{State, Visit};
use crate::plans::domain::service_type::ServiceType;
use row::VisitRow;

/// What an admission needs, read under one lock.
pub(crate) struct ForAdmission {
    pub(crate) visit: Visit,
    /// The next visit number's sequence.
    pub(crate) sequence: u64,
    /// The payer's own rule.
    pub(crate) notice_hours: Option<i32>,
}

/// Which visits of an organization, newest first.
#[derive(Debug, Clone)]
pub(crate) struct VisitFilter {
    pub(crate) organization: OrganizationId,
    pub(crate) state: Option<State>,
    pub(crate) member_number_hash: Option<Vec<u8>>,
    pub(crate) service_type: Option<ServiceType>,
    pub(crate) from: Option<NaiveDate>,
    pub(crate) to: Option<NaiveDate>,
    /// Older than this one.
    pub(crate) before: Option<VisitId>,
    pub(crate) limit: i64,
}

/// A visit the organization is a party to.
pub(crate) async fn find_visit(
    conn: &mut PgConnection,
    id: VisitId,
    organization: OrganizationId,
) -> Result<Option<Visit>> {
    let row: Option<VisitRow> = sqlx::query_as(
        "select * from visit where visit_id = $1 \
         and (facility_id = $2 or payer_id = $2 or override_payer_id = $2)",
    )
    .bind(id.uuid())
    .bind(organization.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(Visit::try_from).transpose()
}

/// A facility's own visit, as the facility sees it.
pub(crate) async fn find_facility_visit(
    db: &Database,
    call: &Call,
    id: VisitId,
    facility: OrganizationId,
) -> Result<Option<Visit>> {
    let asked = scoped_query!("select * from visit where visit_id = $4 and facility_id = $5");
    let mut rows: Vec<VisitRow> =
        db.query_as_caller(call, asked, |asked| asked.bind(id.uuid()).bind(facility.uuid())).await?;
    rows.pop().map(Visit::try_from).transpose()
}

/// Any visit, for Careway itself.
pub(crate) async fn find_any_visit(conn: &mut PgConnection, id: VisitId) -> Result<Option<Visit>> {
    let row: Option<VisitRow> = sqlx::query_as("select * from visit where visit_id = $1")
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(Visit::try_from).transpose()
}

/// Locks a visit that the organization is a party to.
pub(crate) async fn lock_visit(
    conn: &mut PgConnection,
    id: VisitId,
    organization: OrganizationId,
) -> Result<Option<Visit>> {
    let row: Option<VisitRow> = sqlx::query_as(
        "select * from visit where visit_id = $1 \
         and (facility_id = $2 or payer_id = $2 or override_payer_id = $2) for update",
    )
    .bind(id.uuid())
    .bind(organization.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(Visit::try_from).transpose()
}

/// Locks a facility's own visit.
pub(crate) async fn lock_facility_visit(
    conn: &mut PgConnection,
    id: VisitId,
    facility: OrganizationId,
) -> Result<Option<Visit>> {
    Ok(lock_visit(conn, id, facility).await?.filter(|visit| visit.facility == facility))
}

/// Locks any visit, for Careway itself.
pub(crate) async fn lock_any_visit(conn: &mut PgConnection, id: VisitId) -> Result<Option<Visit>> {
    let row: Option<VisitRow> = sqlx::query_as("select * from visit where visit_id = $1 for update")
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(Visit::try_from).transpose()
}

/// Locks a facility's visit and takes a number for it; a number is lost when the admission is refused.
pub(crate) async fn lock_for_admission(
    conn: &mut PgConnection,
    id: VisitId,
    facility: OrganizationId,
) -> Result<Option<ForAdmission>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        visit: VisitRow,
        sequence: i64,
        notice_hours: Option<i32>,
    }
    let row: Option<Row> = sqlx::query_as(
        "select visit.*, nextval('visit_number_sequence') as sequence, \
         (select admission_notice_hours from payer_visit_rules rules where rules.payer_id = visit.payer_id) \
         as notice_hours \
         from visit where visit_id = $1 and facility_id = $2 for update of visit",
    )
    .bind(id.uuid())
    .bind(facility.uuid())
    .fetch_optional(conn)
    .await?;
    let Some(Row { visit, sequence, notice_hours }) = row else { return Ok(None) };
    Ok(Some(ForAdmission { visit: visit.try_into()?, sequence: sequence.unsigned_abs(), notice_hours }))
}

/// Locks a facility's visit; and tells whether there are pre-authorizations that would go with it.
pub(crate) async fn lock_for_cancellation(
    conn: &mut PgConnection,
    id: VisitId,
    facility: OrganizationId,
) -> Result<Option<(Visit, bool)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        visit: VisitRow,
        asked: bool,
    }
    let row: Option<Row> = sqlx::query_as(
        "select visit.*, exists (select from preauthorization p where p.visit_id = visit.visit_id) as asked \
         from visit where visit_id = $1 and facility_id = $2 for update of visit",
    )
    .bind(id.uuid())
    .bind(facility.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(|Row { visit, asked }| Ok((visit.try_into()?, asked))).transpose()
}

/// Locks visits whose time is over, leaving those that another replica holds.
pub(crate) async fn lock_overdue(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Visit>> {
    let rows: Vec<VisitRow> = sqlx::query_as(
        "select * from visit where state in ('AWAITING_CODE', 'VERIFIED') and expires_at <= $1 \
         order by expires_at limit $2 for update skip locked",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Visit::try_from).collect()
}

/// Locks visits whose admission notice is due soon and was neither given nor warned of.
pub(crate) async fn lock_unnotified(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Visit>> {
    let rows: Vec<VisitRow> = sqlx::query_as(
        "select * from visit where state = 'ADMITTED' and admission_warned_at is null \
         and admission_notified_at is null and admission_notice_warn_at <= $1 \
         order by admission_notice_warn_at limit $2 for update skip locked",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Visit::try_from).collect()
}

/// The member's own open visit of this type at this facility on this day.
pub(crate) async fn find_open_visit(
    conn: &mut PgConnection,
    visit: &Visit,
    service_type: &ServiceType,
) -> Result<Option<VisitId>> {
    let open: Option<uuid::Uuid> = sqlx::query_scalar(
        "select visit_id from visit where facility_id = $1 and member_id = $2 and service_type = $3 \
         and service_date = $4 and state = 'ADMITTED' and not newborn",
    )
    .bind(visit.facility.uuid())
    .bind(visit.patient.as_ref().map(|patient| patient.member.uuid()))
    .bind(service_type.as_str())
    .bind(visit.service_date)
    .fetch_optional(conn)
    .await?;
    Ok(open.map(VisitId::from_uuid))
}

/// A page of an organization's visits, and one more when there is one.
pub(crate) async fn list_visits(conn: &mut PgConnection, filter: &VisitFilter) -> Result<Vec<Visit>> {
    let rows: Vec<VisitRow> = sqlx::query_as(
        "select * from visit where (facility_id = $1 or payer_id = $1) \
         and ($2::text is null or state = $2) \
         and ($3::bytea is null or identifier_hash = $3) \
         and ($4::text is null or service_type = $4) \
         and ($5::date is null or service_date >= $5) \
         and ($6::date is null or service_date <= $6) \
         and ($7::uuid is null or visit_id < $7) \
         order by visit_id desc limit $8",
    )
    .bind(filter.organization.uuid())
    .bind(filter.state.map(State::as_str))
    .bind(filter.member_number_hash.as_deref())
    .bind(filter.service_type.as_ref().map(ServiceType::as_str))
    .bind(filter.from)
    .bind(filter.to)
    .bind(filter.before.map(VisitId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Visit::try_from).collect()
}

/// A visit that awaits its code.
pub(crate) async fn insert_visit(conn: &mut PgConnection, visit: &Visit) -> Result<()> {
    let challenge = visit.challenge.as_ref();
    sqlx::query(
        "insert into visit (visit_id, version, facility_id, state, service_date, started_at, started_by, expires_at, \
         identifier_hash, sealed_challenge, challenge_id, masked_destination, code_expires_at, resend_available_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(visit.id.uuid())
    .bind(visit.version)
    .bind(visit.facility.uuid())
    .bind(visit.state.as_str())
    .bind(visit.service_date)
    .bind(visit.started_at)
    .bind(visit.started_by)
    .bind(visit.expires_at)
    .bind(&visit.identifier_hash)
    .bind(challenge.map(|it| &it.sealed))
    .bind(challenge.map(|it| &it.id))
    .bind(challenge.map(|it| &it.masked_destination))
    .bind(challenge.map(|it| it.code_expires_at))
    .bind(challenge.map(|it| it.resend_available_at))
    .execute(conn)
    .await?;
    Ok(())
}

/// A facility's visit as a list names it.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct NumberedVisit {
    pub(crate) visit_id: uuid::Uuid,
    #[sqlx(rename = "visit_number")]
    pub(crate) number: String,
    pub(crate) payer_id: Option<uuid::Uuid>,
    pub(crate) service_date: NaiveDate,
}

impl NumberedVisit {
    pub(crate) fn id(&self) -> VisitId {
        VisitId::from_uuid(self.visit_id)
    }
}

/// The facility's visits with these numbers.
pub(crate) async fn list_numbered(
    conn: &mut PgConnection,
    facility: OrganizationId,
    numbers: &[&str],
) -> Result<Vec<NumberedVisit>> {
    let visits = sqlx::query_as(
        "select visit_id, visit_number, payer_id, service_date from visit
         where visit_number = any ($1) and facility_id = $2",
    );
    Ok(visits.bind(numbers).bind(facility.uuid()).fetch_all(conn).await?)
}
