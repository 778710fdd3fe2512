//! The table `work_calendar`.

use std::collections::BTreeMap;

use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::{FromRow, PgConnection, types::Json};

use super::domain::{Hours, WorkCalendar};

/// The columns of a calendar.
#[derive(FromRow)]
pub(crate) struct CalendarRow {
    time_zone: String,
    week: Json<[Vec<Hours>; 7]>,
    exceptions: Json<BTreeMap<NaiveDate, Vec<Hours>>>,
}

#[derive(FromRow)]
struct VersionedRow {
    #[sqlx(flatten)]
    calendar: CalendarRow,
    version: i64,
}

impl CalendarRow {
    /// The calendar.
    pub(crate) fn read(self) -> Result<WorkCalendar> {
        let zone =
            self.time_zone.parse::<Tz>().map_err(|error| Error::internal(anyhow::anyhow!("{error}")))?;
        Ok(WorkCalendar { zone, week: self.week.0, exceptions: self.exceptions.0 })
    }
}

#[derive(FromRow)]
struct NamedRow {
    work_calendar_id: String,
    #[sqlx(flatten)]
    calendar: CalendarRow,
    version: i64,
}

/// The calendars that the caller may see, with names and versions: the policy of the table decides.
pub(super) async fn list_calendars(conn: &mut PgConnection) -> Result<Vec<(String, WorkCalendar, i64)>> {
    let rows: Vec<NamedRow> = sqlx::query_as(
        "select work_calendar_id, time_zone, week, exceptions, version from work_calendar order by work_calendar_id",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((row.work_calendar_id, row.calendar.read()?, row.version))).collect()
}

/// A calendar and its version.
pub(super) async fn find_calendar(conn: &mut PgConnection, id: &str) -> Result<Option<(WorkCalendar, i64)>> {
    let row: Option<VersionedRow> = sqlx::query_as(
        "select time_zone, week, exceptions, version from work_calendar where work_calendar_id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((row.calendar.read()?, row.version))).transpose()
}

/// Sets a calendar, unless the one that stands is not of the version before: then nothing is set.
pub(super) async fn upsert_calendar(
    conn: &mut PgConnection,
    id: &str,
    calendar: &WorkCalendar,
    version: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let set = sqlx::query(
        "insert into work_calendar as c (work_calendar_id, time_zone, week, exceptions, basis, version, updated_at)
         select $1, $2, $3, $4, nextval('service_level_basis'), $5, $6
         where $5 = 1 or exists (select from work_calendar where work_calendar_id = $1)
         on conflict (work_calendar_id) do update set time_zone = excluded.time_zone, week = excluded.week,
            exceptions = excluded.exceptions, basis = excluded.basis, version = excluded.version,
            updated_at = excluded.updated_at
         where c.version = excluded.version - 1",
    )
    .bind(id)
    .bind(calendar.zone.name())
    .bind(Json(&calendar.week))
    .bind(Json(&calendar.exceptions))
    .bind(version)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(set.rows_affected() == 1)
}
