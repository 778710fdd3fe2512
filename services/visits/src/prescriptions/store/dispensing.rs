//! What changes a prescription: locked with its lines, handed out, cancelled.

use careway_kernel::{OrganizationId, PrescriptionId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::row::{DispensingJson, LineJson, PrescriptionRow};
use crate::{
    prescriptions::domain::{Dispensing, Prescription},
    seal::{Column, Keys},
};

/// A prescription locked with its lines: as they are now, whoever held them before.
pub(crate) struct Locked {
    pub(crate) prescription: Prescription,
    /// The date where it was issued.
    pub(crate) today: NaiveDate,
    /// The payer has a contract with the caller today.
    pub(crate) contracted: bool,
    /// It is the caller's own, of a visit that is disputed.
    pub(crate) disputed: bool,
}

/// Locks a prescription and its lines, for the facility that issued it or a pharmacy that found it.
pub(crate) async fn lock_prescription(
    conn: &mut PgConnection,
    keys: &Keys,
    id: PrescriptionId,
    facility: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Option<Locked>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        prescription: PrescriptionRow,
        #[sqlx(flatten)]
        line: LineJson,
        today: NaiveDate,
        contracted: bool,
        disputed: bool,
    }
    // The lines are locked themselves and not looked up beside the lock: what waits for a lock sees the latest of the
    // rows it locks, and of no others.
    let rows: Vec<Row> = sqlx::query_as(
        "select p.*, l.line_number, l.code, l.atc, l.name, l.form, l.strength, l.days, l.quantity, l.refills, \
         l.substitution_allowed, l.formulary, l.dispensed, l.fill_begun_on, here.today, \
         exists (select from contract k where k.payer_id = p.payer_id and k.facility_id = $2 \
         and k.valid @> here.today) as contracted, exists (select from visit v where v.visit_id = p.visit_id \
         and v.facility_id = $2 and v.disputed) as disputed \
         from prescription p join prescription_line l on l.prescription_id = p.prescription_id \
         cross join lateral (select ($3 at time zone coalesce((select time_zone from organization_ref o \
         where o.organization_id = p.facility_id), 'UTC'))::date as today) here \
         where p.prescription_id = $1 and (p.facility_id = $2 or exists (select from prescription_finding f \
         where f.prescription_id = p.prescription_id and f.facility_id = $2)) \
         order by l.line_number for no key update of p, l",
    )
    .bind(id.uuid())
    .bind(facility.uuid())
    .bind(now)
    .fetch_all(conn)
    .await?;
    let (mut lines, mut first) = (Vec::with_capacity(rows.len()), None);
    for row in rows {
        lines.push(row.line.try_into()?);
        first.get_or_insert((row.prescription, row.today, row.contracted, row.disputed));
    }
    let Some((prescription, today, contracted, disputed)) = first else { return Ok(None) };
    let prescription = prescription.into_prescription(keys, lines)?;
    Ok(Some(Locked { prescription, today, contracted, disputed }))
}

/// Keeps what was handed out; everything handed out before it, the first first.
pub(crate) async fn insert_dispensings(
    conn: &mut PgConnection,
    prescription: &Prescription,
    by: Uuid,
    dispensings: &[Dispensing],
) -> Result<Vec<Dispensing>> {
    let lines: Vec<LineJson> = prescription.lines.iter().map(Into::into).collect();
    let handed: Vec<DispensingJson> = dispensings.iter().map(Into::into).collect();
    let before: Json<Vec<DispensingJson>> = sqlx::query_scalar(
        "with prescribed as (update prescription set version = $2 where prescription_id = $1), \
         counted as (update prescription_line l set dispensed = j.dispensed, fill_begun_on = j.fill_begun_on \
         from jsonb_populate_recordset(null::prescription_line, $3) j \
         where l.prescription_id = $1 and l.line_number = j.line_number and l.dispensed < j.dispensed), \
         handed as (insert into dispensing (dispensing_id, prescription_id, line_number, facility_id, payer_id, \
         issued_by_id, fill, quantity, substitute, at, by, begins) \
         select gen_random_uuid(), $1, line_number, facility_id, $4, $5, fill, quantity, substitute, at, $6, begins \
         from jsonb_populate_recordset(null::dispensing, $7)) \
         select coalesce(jsonb_agg(d order by d.at, d.line_number), '[]') from dispensing d where d.prescription_id = $1",
    )
    .bind(prescription.id.uuid())
    .bind(prescription.version)
    .bind(Json(lines))
    .bind(prescription.payer.uuid())
    .bind(prescription.facility.uuid())
    .bind(by)
    .bind(Json(handed))
    .fetch_one(conn)
    .await?;
    before.0.into_iter().map(TryInto::try_into).collect()
}

/// Keeps a cancellation; everything handed out before it, the first first.
pub(crate) async fn update_cancelled(
    conn: &mut PgConnection,
    keys: &Keys,
    prescription: &Prescription,
) -> Result<Vec<Dispensing>> {
    let sealed = match &prescription.cancellation {
        Some(end) => {
            Some(keys.seal(Column::PrescriptionCancelled, prescription.id, end.reason.as_bytes())?)
        }
        None => None,
    };
    let handed: Json<Vec<DispensingJson>> = sqlx::query_scalar(
        "with ended as (update prescription set version = $2, cancelled_at = $3, sealed_reason = $4 \
         where prescription_id = $1) \
         select coalesce(jsonb_agg(d order by d.at, d.line_number), '[]') from dispensing d where d.prescription_id = $1",
    )
    .bind(prescription.id.uuid())
    .bind(prescription.version)
    .bind(prescription.cancellation.as_ref().map(|end| end.at))
    .bind(sealed)
    .fetch_one(conn)
    .await?;
    handed.0.into_iter().map(TryInto::try_into).collect()
}
