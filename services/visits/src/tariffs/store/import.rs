//! Many prices at once.

use careway_kernel::{Clock, OrganizationId, TariffId, text};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    adjudication::quantity::Quantity,
    plans::domain::Texts,
    tariffs::domain::{ListedPrice, Price},
};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Imported {
    Created,
    /// The code had another price, or said something else, from the same day on.
    Changed,
    /// There is just such a row.
    Unchanged,
    /// The payer has, and had, no contract with the facility.
    NoContract,
}

/// A listed row as the table has it.
#[derive(Serialize)]
struct ListedJson<'a> {
    tariff_id: Uuid,
    facility_id: Option<Uuid>,
    code: &'a str,
    kind: &'static str,
    names: &'a Texts,
    search: String,
    benefits: Vec<&'a str>,
    currency: &'static str,
    price: i64,
    most_quantity: Option<i64>,
    atc_code: Option<&'a str>,
    form: Option<&'a str>,
    strength: Option<&'a str>,
    valid_from: NaiveDate,
    listed_to: Option<NaiveDate>,
}

impl<'a> ListedJson<'a> {
    fn of(clock: &Clock, price: &'a Price) -> Self {
        let names = price.names.values().map(String::as_str);
        let words: Vec<&str> = std::iter::once(price.code.as_str()).chain(names).collect();
        Self {
            tariff_id: TariffId::new(clock).uuid(),
            facility_id: price.facility.map(OrganizationId::uuid),
            code: &price.code,
            kind: price.kind.as_str(),
            names: &price.names,
            search: text::fold(&words.join(" ")),
            benefits: price.benefits.iter().map(|code| code.as_str()).collect(),
            currency: price.price.currency.code(),
            price: price.price.minor,
            most_quantity: price.most_quantity.map(Quantity::thousandths),
            atc_code: price.medicine.atc_code.as_deref(),
            form: price.medicine.form.as_deref(),
            strength: price.medicine.strength.as_deref(),
            valid_from: price.from,
            listed_to: price.to,
        }
    }
}

/// Takes a batch of rows, no two of one code from the same day on; what became of each, in their order. A payer's lists
/// are taken one after the other.
pub(crate) async fn import_tariffs(
    conn: &mut PgConnection,
    clock: &Clock,
    payer: OrganizationId,
    now: DateTime<Utc>,
    batch: &[ListedPrice],
) -> Result<Vec<Imported>> {
    #[derive(FromRow)]
    struct Outcome {
        contracted: bool,
        known: bool,
        same: bool,
    }
    // In a statement of its own, so that the next one sees what the list before this one did.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('tariffs of ' || $1::text, 0))")
        .bind(payer.uuid())
        .execute(&mut *conn)
        .await?;
    let listed: Vec<ListedJson<'_>> = batch.iter().map(|it| ListedJson::of(clock, &it.price)).collect();
    let outcomes: Vec<Outcome> = sqlx::query_as(
        "with known as (
            select l.*, t.tariff_id is not null as known,
                l.facility_id is null or exists (
                    select from contract k where k.payer_id = $1 and k.facility_id = l.facility_id) as contracted,
                t.tariff_id is not null
                    and (t.kind, t.names, t.benefits, t.currency, t.price, t.most_quantity, t.atc_code, t.form,
                        t.strength, t.listed_to)
                    is not distinct from (l.kind, l.names, l.benefits, l.currency, l.price, l.most_quantity,
                        l.atc_code, l.form, l.strength, l.listed_to) as same
            from jsonb_populate_recordset(null::tariff, $3) with ordinality l
            left join tariff t on t.payer_id = $1 and t.code = l.code and t.valid_from = l.valid_from
                and t.facility_id is not distinct from l.facility_id
         ), kept as (
            insert into tariff (tariff_id, payer_id, facility_id, code, kind, names, search, benefits, currency, price,
                most_quantity, atc_code, form, strength, valid_from, listed_to, valid_to, created_at, changed_at)
            select tariff_id, $1, facility_id, code, kind, names, search, benefits, currency, price, most_quantity,
                atc_code, form, strength, valid_from, listed_to, listed_to, $2, $2
            from known where contracted and not same order by ordinality
            on conflict on constraint tariff_once do update set kind = excluded.kind, names = excluded.names,
                search = excluded.search, benefits = excluded.benefits, currency = excluded.currency,
                price = excluded.price, most_quantity = excluded.most_quantity, atc_code = excluded.atc_code,
                form = excluded.form, strength = excluded.strength, listed_to = excluded.listed_to,
                changed_at = excluded.changed_at
         )
         select contracted, known, same from known order by ordinality",
    )
    .bind(payer.uuid())
    .bind(now)
    .bind(Json(listed))
    .fetch_all(&mut *conn)
    .await?;
    end_where_the_next_begins(conn, payer, batch).await?;
    let outcome = |it: Outcome| match (it.contracted, it.known, it.same) {
        (false, ..) => Imported::NoContract,
        (_, _, true) => Imported::Unchanged,
        (_, true, _) => Imported::Changed,
        _ => Imported::Created,
    };
    Ok(outcomes.into_iter().map(outcome).collect())
}

/// A row holds until its listed last day, or the day before the next row of its code.
async fn end_where_the_next_begins(
    conn: &mut PgConnection,
    payer: OrganizationId,
    batch: &[ListedPrice],
) -> Result<()> {
    let codes: Vec<&str> = batch.iter().map(|it| it.price.code.as_str()).collect();
    sqlx::query(
        "update tariff t set valid_to = n.valid_to
         from (
            select tariff_id, least(listed_to,
                lead(valid_from) over (partition by code, facility_id order by valid_from) - 1) as valid_to
            from tariff where payer_id = $1 and code = any ($2)) n
         where t.tariff_id = n.tariff_id and t.valid_to is distinct from n.valid_to",
    )
    .bind(payer.uuid())
    .bind(codes)
    .execute(conn)
    .await?;
    Ok(())
}
