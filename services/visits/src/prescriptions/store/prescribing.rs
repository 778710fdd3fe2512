//! What is needed to prescribe, in one statement; and the prescription, kept in another.

use careway_kernel::{Language, OrganizationId, VisitId};
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, types::Json};

use super::row::LineJson;
use crate::{
    adjudication::{
        input::{Tariff, TariffKind},
        quantity::Quantity,
    },
    plans::domain::{Code, PlanDefinition, Texts, text_in},
    prescriptions::domain::{
        Prescription,
        formulary::{Prescribed, Running},
    },
    seal::{Column, Keys},
    visits::{domain::Visit, store::row::VisitRow},
};

/// What is needed to prescribe, read under the visit's lock.
pub(crate) struct ForPrescribing {
    pub(crate) visit: Visit,
    /// The next prescription number's sequence.
    pub(crate) sequence: u64,
    /// The facility's own date.
    pub(crate) today: NaiveDate,
    /// What was prescribed to the patient before.
    pub(crate) prescribed: Vec<Prescribed>,
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
        prescribed: Json<Vec<PrescribedJson>>,
        definition: Option<Json<PlanDefinition>>,
        medicines: Json<Vec<MedicineJson>>,
    }
    let row: Option<Row> = sqlx::query_as(
        "select visit.*, nextval('prescription_number_sequence') as sequence, here.today, \
         coalesce((select jsonb_agg(r) from prescribed_before(visit.visit_id) r), '[]') as prescribed, \
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
    Ok(Some(ForPrescribing {
        visit: row.visit.try_into()?,
        sequence: row.sequence.unsigned_abs(),
        today: row.today,
        prescribed: row.prescribed.0.into_iter().map(Into::into).collect(),
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
struct PrescribedJson {
    code: Option<String>,
    atc: Option<String>,
    prescription_number: Option<String>,
    issued_on: NaiveDate,
    expires_on: NaiveDate,
    days: i16,
    quantity: i64,
    refills: i16,
    dispensed: i64,
    fill_begun_on: Option<NaiveDate>,
}

impl From<PrescribedJson> for Prescribed {
    fn from(json: PrescribedJson) -> Self {
        Self {
            medicine: Running { code: json.code, atc: json.atc, prescription: json.prescription_number },
            issued_on: json.issued_on,
            expires_on: json.expires_on,
            days: json.days,
            quantity: json.quantity,
            refills: json.refills,
            dispensed: json.dispensed,
            fill_begun_on: json.fill_begun_on,
        }
    }
}

/// A new prescription with its lines.
pub(crate) async fn insert_prescription(
    conn: &mut PgConnection,
    keys: &Keys,
    prescription: &Prescription,
    member_number_hash: &[u8],
) -> Result<()> {
    let content = serde_json::to_vec(&prescription.content).map_err(Error::internal)?;
    let lines: Vec<LineJson> = prescription.lines.iter().map(Into::into).collect();
    sqlx::query(
        "with kept as (insert into prescription (prescription_id, version, prescription_number, facility_id, payer_id, \
         visit_id, visit_number, member_id, member_number_hash, sealed_content, issued_at, issued_by, issued_on, \
         expires_on) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)) \
         insert into prescription_line (prescription_id, line_number, payer_id, facility_id, member_id, code, atc, name, \
         form, strength, days, quantity, refills, substitution_allowed, formulary) \
         select $1, line_number, $5, $4, $8, code, atc, name, form, strength, days, quantity, refills, \
         substitution_allowed, formulary from jsonb_populate_recordset(null::prescription_line, $15)",
    )
    .bind(prescription.id.uuid())
    .bind(prescription.version)
    .bind(&prescription.number)
    .bind(prescription.facility.uuid())
    .bind(prescription.payer.uuid())
    .bind(prescription.visit.uuid())
    .bind(&prescription.visit_number)
    .bind(prescription.member.uuid())
    .bind(member_number_hash)
    .bind(keys.seal(Column::Prescription, prescription.id, &content)?)
    .bind(prescription.issued_at)
    .bind(prescription.issued_by)
    .bind(prescription.issued_on)
    .bind(prescription.expires_on)
    .bind(Json(lines))
    .execute(conn)
    .await?;
    Ok(())
}
