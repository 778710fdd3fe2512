//! Prices, listed.

pub(crate) mod import;

use careway_kernel::{Currency, Money, OrganizationId, TariffId, text};
use careway_service::{Error, Result, one_of};
use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{KeptPrice, Medicine, Price};
use crate::{
    adjudication::{input::TariffKind, quantity::Quantity},
    plans::domain::{Code, Texts},
};

/// Which prices, by code.
#[derive(Debug, Clone)]
pub(crate) struct TariffFilter {
    /// The payer whose they are, or a facility that the payer has, or had, a contract with.
    pub(crate) party: OrganizationId,
    pub(crate) payer: Option<OrganizationId>,
    /// Only what applies to this facility, on the day of `on`.
    pub(crate) facility: Option<OrganizationId>,
    pub(crate) code: Option<String>,
    pub(crate) kind: Option<TariffKind>,
    pub(crate) on: Option<NaiveDate>,
    pub(crate) query: Option<String>,
    /// The row that the page before ended with.
    pub(crate) after: Option<TariffId>,
    pub(crate) limit: i64,
}

#[derive(FromRow)]
struct Row {
    tariff_id: Uuid,
    payer_id: Uuid,
    facility_id: Option<Uuid>,
    code: String,
    kind: String,
    names: Json<Texts>,
    benefits: Vec<String>,
    currency: String,
    price: i64,
    most_quantity: Option<i64>,
    atc_code: Option<String>,
    form: Option<String>,
    strength: Option<String>,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

/// A page of prices. A facility's own row hides the general one of its code on its days.
pub(crate) async fn list_tariffs(conn: &mut PgConnection, filter: &TariffFilter) -> Result<Vec<KeptPrice>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select t.* from tariff t
         where (t.payer_id = $1 or t.payer_id in (select k.payer_id from contract k where k.facility_id = $1))
           and ($2::uuid is null or t.payer_id = $2)
           and ($3::uuid is null or t.facility_id = $3 or (t.facility_id is null and not exists (
                select from tariff own
                where own.payer_id = t.payer_id and own.code = t.code and own.facility_id = $3 and own.valid @> $6)))
           and ($4::text is null or t.code = $4) and ($5::text is null or t.kind = $5)
           and ($6::date is null or t.valid @> $6)
           and ($7::text is null or strpos(translate(t.search, '-''', ' '), translate($7, '-''', ' ')) > 0
               or (translate($7, '-''', '') <> ''
                   and strpos(translate(t.search, '-''', ''), translate($7, '-''', '')) > 0))
           and ($8::uuid is null or (t.code, t.valid_from, coalesce(t.facility_id, t.payer_id), t.tariff_id) > (
                select l.code, l.valid_from, coalesce(l.facility_id, l.payer_id), l.tariff_id
                from tariff l where l.tariff_id = $8))
         order by t.code, t.valid_from, coalesce(t.facility_id, t.payer_id), t.tariff_id limit $9",
    )
    .bind(filter.party.uuid())
    .bind(filter.payer.map(OrganizationId::uuid))
    .bind(filter.facility.map(OrganizationId::uuid))
    .bind(filter.code.as_deref())
    .bind(filter.kind.map(TariffKind::as_str))
    .bind(filter.on)
    .bind(filter.query.as_deref().map(text::fold))
    .bind(filter.after.map(TariffId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

impl TryFrom<Row> for KeptPrice {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let benefits = row.benefits.into_iter().map(Code::try_from).collect::<Result<_, _>>();
        let currency = Currency::parse(&row.currency).map_err(Error::internal)?;
        Ok(Self {
            id: TariffId::from_uuid(row.tariff_id),
            payer: OrganizationId::from_uuid(row.payer_id),
            price: Price {
                facility: row.facility_id.map(OrganizationId::from_uuid),
                code: row.code,
                kind: one_of("tariff.kind", &row.kind, &TariffKind::ALL, TariffKind::as_str)?,
                names: row.names.0,
                benefits: benefits.map_err(Error::internal)?,
                price: Money::new(currency, row.price),
                from: row.valid_from,
                to: row.valid_to,
                most_quantity: row.most_quantity.and_then(Quantity::from_thousandths),
                medicine: Medicine { atc_code: row.atc_code, form: row.form, strength: row.strength },
            },
        })
    }
}
