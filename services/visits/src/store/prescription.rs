//! Prescriptions in Postgres: issued, found, locked, dispensed.

use careway_kernel::{Language, MemberId, OrganizationId, PrescriptionId, VisitId};
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::{coverage_row::one_of, visit_row::VisitRow};
use crate::{
    domain::{
        adjudication::{
            case::{Tariff, TariffKind},
            quantity::Quantity,
        },
        formulary::{Formulary, Running},
        plan::{Code, PlanDefinition, Texts, text_in},
        prescription::{Cancellation, Content, Dispensing, Line, Medicine, Prescription},
        visit::Visit,
    },
    seal::{Column, Keys},
};

/// What is needed to prescribe, read under the visit's lock.
pub(crate) struct ForPrescribing {
    pub(crate) visit: Visit,
    /// The next prescription number's sequence.
    pub(crate) sequence: u64,
    /// The facility's own date.
    pub(crate) today: NaiveDate,
    /// What the patient takes already.
    pub(crate) running: Vec<Running>,
    /// The plan of the patient's cover; none without cover.
    pub(crate) plan: Option<PlanDefinition>,
    /// Those of the codes asked for that the payer's price list has as medicines here today.
    pub(crate) medicines: Vec<ListedMedicine>,
}

/// A medicine of the payer's price list.
pub(crate) struct ListedMedicine {
    pub(crate) tariff: Tariff,
    pub(crate) name: String,
    pub(crate) atc: Option<String>,
    pub(crate) form: String,
    pub(crate) strength: String,
}

/// A prescription, and what is known of it beside itself.
pub(crate) struct Found {
    pub(crate) prescription: Prescription,
    /// The date where it was issued.
    pub(crate) today: NaiveDate,
    /// What was handed out, the first first. Read without a lock it may lack the latest.
    pub(crate) dispensings: Vec<Dispensing>,
    /// The caller found it as a pharmacy.
    pub(crate) found: bool,
    /// Its visit is verified or admitted, as far as the caller may see that.
    pub(crate) visit_open: bool,
    pub(crate) discharged_at: Option<DateTime<Utc>>,
}

/// Locks a facility's visit and takes a number; a number is lost when the prescription is refused.
pub(crate) async fn lock_for_prescribing(
    conn: &mut PgConnection,
    visit: VisitId,
    facility: OrganizationId,
    codes: &[&str],
    now: DateTime<Utc>,
) -> Result<Option<ForPrescribing>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        visit: VisitRow,
        sequence: i64,
        today: NaiveDate,
        running: Json<Vec<RunningJson>>,
        definition: Option<Json<PlanDefinition>>,
        medicines: Json<Vec<MedicineJson>>,
    }
    let row: Option<Row> = sqlx::query_as(
        "select visit.*, nextval('prescription_number_sequence') as sequence, here.today, \
         coalesce((select jsonb_agg(r) from prescription_running(visit.visit_id, here.today) r), '[]') as running, \
         (select definition from visit_benefits b where b.visit_id = visit.visit_id) as definition, \
         coalesce((select jsonb_agg(m) from (select distinct on (code) code, names, benefits, price, most_quantity, \
         atc_code, form, strength from tariff where tariff.payer_id = visit.payer_id and kind = 'MEDICINE' \
         and code = any($4) and (tariff.facility_id is null or tariff.facility_id = $2) and valid @> here.today \
         order by code, tariff.facility_id nulls last) m), '[]') as medicines \
         from visit cross join lateral (select ($3 at time zone coalesce((select time_zone from organization_ref \
         where organization_id = $2), 'UTC'))::date as today) here \
         where visit.visit_id = $1 and visit.facility_id = $2 for no key update of visit",
    )
    .bind(visit.uuid())
    .bind(facility.uuid())
    .bind(now)
    .bind(codes)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let running = row.running.0.into_iter().map(|it| Running {
        code: it.code,
        atc: it.atc,
        prescription: it.prescription_number,
    });
    Ok(Some(ForPrescribing {
        visit: row.visit.try_into()?,
        sequence: row.sequence.unsigned_abs(),
        today: row.today,
        running: running.collect(),
        plan: row.definition.map(|json| json.0),
        medicines: row.medicines.0.into_iter().map(Into::into).collect(),
    }))
}

#[derive(serde::Deserialize)]
struct MedicineJson {
    code: String,
    names: Texts,
    benefits: Vec<Code>,
    price: i64,
    most_quantity: Option<i64>,
    atc_code: Option<String>,
    form: Option<String>,
    strength: Option<String>,
}

impl From<MedicineJson> for ListedMedicine {
    fn from(json: MedicineJson) -> Self {
        Self {
            name: text_in(&json.names, Language::En).to_owned(),
            tariff: Tariff {
                code: json.code,
                kind: TariffKind::Medicine,
                benefits: json.benefits,
                price: json.price,
                most_quantity: json.most_quantity.and_then(Quantity::from_thousandths),
            },
            atc: json.atc_code,
            form: json.form.unwrap_or_default(),
            strength: json.strength.unwrap_or_default(),
        }
    }
}

#[derive(serde::Deserialize)]
struct RunningJson {
    code: Option<String>,
    atc: Option<String>,
    prescription_number: Option<String>,
}

#[derive(FromRow, serde::Serialize, serde::Deserialize)]
struct LineJson {
    line_number: i16,
    code: Option<String>,
    atc: Option<String>,
    name: String,
    form: String,
    strength: String,
    days: i16,
    quantity: i64,
    refills: i16,
    substitution_allowed: bool,
    formulary: String,
    #[serde(default)]
    dispensed: i64,
    #[serde(default)]
    fill_begun_on: Option<NaiveDate>,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct DispensingJson {
    line_number: i16,
    facility_id: Uuid,
    fill: i16,
    quantity: i64,
    substitute: Option<String>,
    at: DateTime<Utc>,
    begins: bool,
}

#[derive(FromRow)]
struct PrescriptionRow {
    prescription_id: Uuid,
    version: i64,
    prescription_number: String,
    facility_id: Uuid,
    payer_id: Uuid,
    visit_id: Uuid,
    visit_number: String,
    member_id: Uuid,
    sealed_content: Vec<u8>,
    issued_at: DateTime<Utc>,
    issued_by: Uuid,
    issued_on: NaiveDate,
    expires_on: NaiveDate,
    cancelled_at: Option<DateTime<Utc>>,
    sealed_reason: Option<Vec<u8>>,
}

impl PrescriptionRow {
    fn into_prescription(self, keys: &Keys, lines: Vec<Line>) -> Result<Prescription> {
        let id = PrescriptionId::from_uuid(self.prescription_id);
        let content = keys.open(Column::Prescription, id, &self.sealed_content)?;
        let cancellation = match self.cancelled_at.zip(self.sealed_reason) {
            Some((at, sealed)) => {
                let reason = keys.open(Column::PrescriptionCancelled, id, &sealed)?;
                Some(Cancellation { at, reason: String::from_utf8_lossy(&reason).into_owned() })
            }
            None => None,
        };
        Ok(Prescription {
            id,
            version: self.version,
            number: self.prescription_number,
            facility: OrganizationId::from_uuid(self.facility_id),
            payer: OrganizationId::from_uuid(self.payer_id),
            visit: VisitId::from_uuid(self.visit_id),
            visit_number: self.visit_number,
            member: MemberId::from_uuid(self.member_id),
            content: serde_json::from_slice::<Content>(&content).map_err(Error::internal)?,
            issued_at: self.issued_at,
            issued_by: self.issued_by,
            issued_on: self.issued_on,
            expires_on: self.expires_on,
            lines,
            cancellation,
        })
    }
}

impl TryFrom<LineJson> for Line {
    type Error = Error;

    fn try_from(json: LineJson) -> Result<Self> {
        Ok(Self {
            number: json.line_number,
            medicine: Medicine {
                code: json.code,
                atc: json.atc,
                name: json.name,
                form: json.form,
                strength: json.strength,
            },
            days: json.days,
            quantity: quantity(json.quantity)?,
            refills: json.refills,
            substitution_allowed: json.substitution_allowed,
            formulary: one_of(
                "prescription_line.formulary",
                &json.formulary,
                &Formulary::ALL,
                Formulary::as_str,
            )?,
            dispensed: json.dispensed,
            fill_begun_on: json.fill_begun_on,
        })
    }
}

impl From<&Line> for LineJson {
    fn from(line: &Line) -> Self {
        let medicine = line.medicine.clone();
        Self {
            line_number: line.number,
            code: medicine.code,
            atc: medicine.atc,
            name: medicine.name,
            form: medicine.form,
            strength: medicine.strength,
            days: line.days,
            quantity: line.quantity.thousandths(),
            refills: line.refills,
            substitution_allowed: line.substitution_allowed,
            formulary: line.formulary.as_str().to_owned(),
            dispensed: line.dispensed,
            fill_begun_on: line.fill_begun_on,
        }
    }
}

impl From<&Dispensing> for DispensingJson {
    fn from(it: &Dispensing) -> Self {
        Self {
            line_number: it.line,
            facility_id: it.facility.uuid(),
            fill: it.fill,
            quantity: it.quantity.thousandths(),
            substitute: it.substitute.clone(),
            at: it.at,
            begins: it.begins,
        }
    }
}

impl TryFrom<DispensingJson> for Dispensing {
    type Error = Error;

    fn try_from(json: DispensingJson) -> Result<Self> {
        Ok(Self {
            line: json.line_number,
            fill: json.fill,
            quantity: quantity(json.quantity)?,
            substitute: json.substitute,
            facility: OrganizationId::from_uuid(json.facility_id),
            at: json.at,
            begins: json.begins,
        })
    }
}

fn quantity(thousandths: i64) -> Result<Quantity> {
    Quantity::from_thousandths(thousandths)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a quantity of {thousandths} thousandths is kept")))
}

/// A new prescription with its lines.
pub(crate) async fn insert_prescription(
    conn: &mut PgConnection,
    keys: &Keys,
    it: &Prescription,
    member_number_hash: &[u8],
) -> Result<()> {
    let content = serde_json::to_vec(&it.content).map_err(Error::internal)?;
    let lines: Vec<LineJson> = it.lines.iter().map(Into::into).collect();
    sqlx::query(
        "with kept as (insert into prescription (prescription_id, version, prescription_number, facility_id, payer_id, \
         visit_id, visit_number, member_id, member_number_hash, sealed_content, issued_at, issued_by, issued_on, \
         expires_on) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)) \
         insert into prescription_line (prescription_id, line_number, payer_id, facility_id, member_id, code, atc, name, \
         form, strength, days, quantity, refills, substitution_allowed, formulary) \
         select $1, line_number, $5, $4, $8, code, atc, name, form, strength, days, quantity, refills, \
         substitution_allowed, formulary from jsonb_populate_recordset(null::prescription_line, $15)",
    )
    .bind(it.id.uuid())
    .bind(it.version)
    .bind(&it.number)
    .bind(it.facility.uuid())
    .bind(it.payer.uuid())
    .bind(it.visit.uuid())
    .bind(&it.visit_number)
    .bind(it.member.uuid())
    .bind(member_number_hash)
    .bind(keys.seal(Column::Prescription, it.id, &content)?)
    .bind(it.issued_at)
    .bind(it.issued_by)
    .bind(it.issued_on)
    .bind(it.expires_on)
    .bind(Json(lines))
    .execute(conn)
    .await?;
    Ok(())
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
        visit_state: Option<String>,
        discharged_at: Option<DateTime<Utc>>,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select p.*, here.today, v.state as visit_state, v.discharged_at, f.facility_id is not null as found, \
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
            visit_open: row
                .visit_state
                .is_some_and(|state| matches!(state.as_str(), "VERIFIED" | "ADMITTED")),
            discharged_at: row.discharged_at,
        })
    });
    found.collect()
}

/// A prescription locked with its lines: as they are now, whoever held them before.
pub(crate) struct Locked {
    pub(crate) prescription: Prescription,
    /// The date where it was issued.
    pub(crate) today: NaiveDate,
    /// The payer has a contract with the caller today.
    pub(crate) contracted: bool,
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
    }
    // The lines are locked themselves and not looked up beside the lock: what waits for a lock sees the latest of the
    // rows it locks, and of no others.
    let rows: Vec<Row> = sqlx::query_as(
        "select p.*, l.line_number, l.code, l.atc, l.name, l.form, l.strength, l.days, l.quantity, l.refills, \
         l.substitution_allowed, l.formulary, l.dispensed, l.fill_begun_on, here.today, \
         exists (select from contract k where k.payer_id = p.payer_id and k.facility_id = $2 \
         and k.valid @> here.today) as contracted \
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
        first.get_or_insert((row.prescription, row.today, row.contracted));
    }
    let Some((prescription, today, contracted)) = first else { return Ok(None) };
    Ok(Some(Locked { prescription: prescription.into_prescription(keys, lines)?, today, contracted }))
}

/// Keeps what was handed out; everything handed out before it, the first first.
pub(crate) async fn insert_dispensings(
    conn: &mut PgConnection,
    it: &Prescription,
    by: Uuid,
    dispensings: &[Dispensing],
) -> Result<Vec<Dispensing>> {
    let lines: Vec<LineJson> = it.lines.iter().map(Into::into).collect();
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
    .bind(it.id.uuid())
    .bind(it.version)
    .bind(Json(lines))
    .bind(it.payer.uuid())
    .bind(it.facility.uuid())
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
    it: &Prescription,
) -> Result<Vec<Dispensing>> {
    let sealed = match &it.cancellation {
        Some(end) => Some(keys.seal(Column::PrescriptionCancelled, it.id, end.reason.as_bytes())?),
        None => None,
    };
    let handed: Json<Vec<DispensingJson>> = sqlx::query_scalar(
        "with ended as (update prescription set version = $2, cancelled_at = $3, sealed_reason = $4 \
         where prescription_id = $1) \
         select coalesce(jsonb_agg(d order by d.at, d.line_number), '[]') from dispensing d where d.prescription_id = $1",
    )
    .bind(it.id.uuid())
    .bind(it.version)
    .bind(it.cancellation.as_ref().map(|end| end.at))
    .bind(sealed)
    .fetch_one(conn)
    .await?;
    handed.0.into_iter().map(TryInto::try_into).collect()
}
