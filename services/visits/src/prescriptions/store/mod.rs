//! Prescriptions in Postgres: opened to a pharmacy, found, listed.

pub(crate) mod dispensing;
pub(crate) mod prescribing;
mod row;

use careway_kernel::{OrganizationId, PrescriptionId, VisitId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{Dispensing, Prescription};
use crate::{
    seal::Keys,
    visits::{domain::access::VisitAccess, store::row::AccessRow},
};
use row::{DispensingJson, LineJson, PrescriptionRow};

/// A prescription, and what is known of it beside itself.
pub(crate) struct Found {
    pub(crate) prescription: Prescription,
    /// The date where it was issued.
    pub(crate) today: NaiveDate,
    /// What was handed out, the first first. Read without a lock it may lack the latest.
    pub(crate) dispensings: Vec<Dispensing>,
    /// The caller found it as a pharmacy.
    pub(crate) found: bool,
    /// Of its visit, for the parties to it.
    pub(crate) access: Option<VisitAccess>,
}

/// Opens a prescription to a pharmacy that knows its number and the member's and has a contract with the payer today;
/// nothing when any of that is wrong.
pub(crate) async fn open_prescription(
    conn: &mut PgConnection,
    pharmacy: OrganizationId,
    number: &str,
    member_number_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<PrescriptionId>> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "select prescription_find($1, $2, ($3 at time zone coalesce((select time_zone from organization_ref \
         where organization_id = $4), 'UTC'))::date, $3)",
    )
    .bind(number)
    .bind(member_number_hash)
    .bind(now)
    .bind(pharmacy.uuid())
    .fetch_one(conn)
    .await?;
    Ok(id.map(PrescriptionId::from_uuid))
}

/// A prescription with everything handed out, for who may see it.
pub(crate) async fn find_prescription(
    conn: &mut PgConnection,
    keys: &Keys,
    id: PrescriptionId,
    party: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Option<Found>> {
    Ok(list(conn, keys, (Some(id.uuid()), None), party, now).await?.pop())
}

/// The prescriptions of a visit, newest first, for its facility and its payer.
pub(crate) async fn list_visit_prescriptions(
    conn: &mut PgConnection,
    keys: &Keys,
    visit: VisitId,
    party: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Vec<Found>> {
    list(conn, keys, (None, Some(visit.uuid())), party, now).await
}

async fn list(
    conn: &mut PgConnection,
    keys: &Keys,
    (id, visit): (Option<Uuid>, Option<Uuid>),
    party: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Vec<Found>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        prescription: PrescriptionRow,
        today: NaiveDate,
        lines: Json<Vec<LineJson>>,
        dispensings: Json<Vec<DispensingJson>>,
        found: bool,
        #[sqlx(flatten)]
        access: AccessRow,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select p.*, here.today, v.state as visit_state, v.payer_id as visit_payer_id, \
         v.expires_at as visit_expires_at, v.discharged_at as visit_discharged_at, \
         v.disputed_at as visit_disputed_at, v.dispute_resolved_at as visit_dispute_resolved_at, \
         v.dispute_outcome as visit_dispute_outcome, f.facility_id is not null as found, \
         (select jsonb_agg(l order by l.line_number) from prescription_line l \
         where l.prescription_id = p.prescription_id) as lines, \
         coalesce((select jsonb_agg(d order by d.at, d.line_number) from dispensing d \
         where d.prescription_id = p.prescription_id), '[]') as dispensings \
         from prescription p \
         left join visit v on v.visit_id = p.visit_id \
         left join prescription_finding f on f.prescription_id = p.prescription_id and f.facility_id = $3 \
         cross join lateral (select ($4 at time zone coalesce((select time_zone from organization_ref o \
         where o.organization_id = p.facility_id), 'UTC'))::date as today) here \
         where (p.prescription_id = $1 or p.visit_id = $2) \
         and (p.facility_id = $3 or p.payer_id = $3 or f.facility_id is not null) \
         order by p.prescription_id desc",
    )
    .bind(id)
    .bind(visit)
    .bind(party.uuid())
    .bind(now)
    .fetch_all(conn)
    .await?;
    let found = rows.into_iter().map(|row| {
        let lines = row.lines.0.into_iter().map(TryInto::try_into).collect::<Result<_>>()?;
        Ok(Found {
            prescription: row.prescription.into_prescription(keys, lines)?,
            today: row.today,
            dispensings: row.dispensings.0.into_iter().map(TryInto::try_into).collect::<Result<_>>()?,
            found: row.found,
            access: row.access.access()?,
        })
    });
    found.collect()
}

/// A prescription's number, its facility's name and its last day, for Careway itself.
pub(crate) async fn find_notice(
    conn: &mut PgConnection,
    id: PrescriptionId,
) -> Result<Option<(String, Option<String>, NaiveDate)>> {
    Ok(sqlx::query_as(
        "select prescription_number, o.name, expires_on from prescription \
         left join organization_ref o on o.organization_id = facility_id where prescription_id = $1",
    )
    .bind(id.uuid())
    .fetch_optional(conn)
    .await?)
}
