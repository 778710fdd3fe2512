//! The table `service_level`, with the calendar that each names.

use std::sync::Arc;

use careway_kernel::OrganizationId;
use careway_service::{NotWritten, OnConstraint, Result};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{ServiceLevel, TargetsBySeverity};
use crate::work_calendars::store::CalendarRow;

/// A service level as it is set.
#[derive(Debug, Clone)]
pub(super) struct SetLevel {
    pub(super) work_calendar_id: String,
    pub(super) targets: TargetsBySeverity,
    pub(super) version: i64,
}

/// There is no such calendar.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnknownCalendar;

#[derive(FromRow)]
struct EffectiveRow {
    targets: Json<TargetsBySeverity>,
    basis: i64,
    #[sqlx(flatten)]
    calendar: CalendarRow,
}

/// What is set for an organization, or for all.
pub(super) async fn find_level(
    conn: &mut PgConnection,
    organization: Option<OrganizationId>,
) -> Result<Option<SetLevel>> {
    let row: Option<(String, Json<TargetsBySeverity>, i64)> = sqlx::query_as(
        "select work_calendar_id, targets, version from service_level where organization_id is not distinct from $1",
    )
    .bind(organization.map(OrganizationId::uuid))
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(work_calendar_id, Json(targets), version)| SetLevel { work_calendar_id, targets, version }))
}

/// Sets a level, unless the one that stands is not of the version before: then nothing is set.
pub(super) async fn upsert_level(
    conn: &mut PgConnection,
    organization: Option<OrganizationId>,
    level: &SetLevel,
    now: DateTime<Utc>,
) -> Result<bool, NotWritten<UnknownCalendar>> {
    let set = sqlx::query(
        "insert into service_level as s (organization_id, work_calendar_id, targets, basis, version, updated_at)
         select $1, $2, $3, nextval('service_level_basis'), $4, $5
         where $4 = 1 or exists (select from service_level where organization_id is not distinct from $1)
         on conflict on constraint service_level_organization do update set
            work_calendar_id = excluded.work_calendar_id, targets = excluded.targets, basis = excluded.basis,
            version = excluded.version, updated_at = excluded.updated_at
         where s.version = excluded.version - 1",
    )
    .bind(organization.map(OrganizationId::uuid))
    .bind(&level.work_calendar_id)
    .bind(Json(&level.targets))
    .bind(level.version)
    .bind(now)
    .execute(conn)
    .await
    .on_constraint("service_level_calendar", || UnknownCalendar)?;
    Ok(set.rows_affected() == 1)
}

/// What an organization's cases are measured by: its own level, or that of all.
pub(super) async fn get_effective(
    conn: &mut PgConnection,
    organization: OrganizationId,
) -> Result<ServiceLevel> {
    let row: EffectiveRow = sqlx::query_as(
        "select s.targets, greatest(s.basis, c.basis) as basis, c.time_zone, c.week, c.exceptions
         from service_level s join work_calendar c using (work_calendar_id)
         where s.organization_id = $1 or s.organization_id is null
         order by s.organization_id nulls last limit 1",
    )
    .bind(organization.uuid())
    .fetch_one(conn)
    .await?;
    Ok(ServiceLevel { targets: row.targets.0, calendar: Arc::new(row.calendar.read()?), basis: row.basis })
}

/// An organization that identity told of and that the caller sees.
pub(super) async fn find_organization(
    conn: &mut PgConnection,
    organization: OrganizationId,
) -> Result<Option<Uuid>> {
    let known = sqlx::query_scalar("select organization_id from organization_ref where organization_id = $1");
    Ok(known.bind(organization.uuid()).fetch_optional(conn).await?)
}
