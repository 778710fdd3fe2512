//! Payment advices in Postgres.

use careway_kernel::{ClaimId, Currency, OrganizationId, PaymentAdviceId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::domain::{AdviceLine, Forward, PaymentAdvice, PaymentDays, State};
use crate::claims::domain::Payment;

#[derive(FromRow)]
struct Row {
    payment_advice_id: Uuid,
    version: i64,
    number: String,
    state: String,
    payer_id: Uuid,
    facility_id: Uuid,
    currency: String,
    total: i64,
    brought_forward: i64,
    carried_forward: i64,
    claims: i32,
    reference: Option<String>,
    created_at: DateTime<Utc>,
    payment_reference: Option<String>,
    paid_on: Option<NaiveDate>,
}

impl TryFrom<Row> for PaymentAdvice {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: PaymentAdviceId::from_uuid(row.payment_advice_id),
            version: row.version,
            number: row.number,
            state: one_of("payment_advice.state", &row.state, &State::ALL, State::as_str)?,
            payer: OrganizationId::from_uuid(row.payer_id),
            facility: OrganizationId::from_uuid(row.facility_id),
            currency: Currency::parse(&row.currency).map_err(Error::internal)?,
            total: row.total,
            forward: Forward { brought: row.brought_forward, carried: row.carried_forward },
            claims: row.claims,
            reference: row.reference,
            created_at: row.created_at,
            payment: row
                .payment_reference
                .zip(row.paid_on)
                .map(|(reference, paid_on)| Payment { reference, paid_on }),
        })
    }
}

/// Which advices of a party, newest first.
#[derive(Debug, Clone)]
pub(crate) struct AdviceFilter {
    pub(crate) party: OrganizationId,
    pub(crate) state: Option<State>,
    pub(crate) facility: Option<OrganizationId>,
    pub(crate) payer: Option<OrganizationId>,
    /// Older than this one.
    pub(crate) before: Option<PaymentAdviceId>,
    pub(crate) limit: i64,
}

/// A claim as an advice tells of it.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct NamedClaim {
    pub(crate) claim_id: Uuid,
    pub(crate) number: String,
    pub(crate) visit_number: String,
    pub(crate) external_reference: Option<String>,
}

/// What claims' lines have due, the number of the advice that is to pay them, and what earlier ones left to be taken back.
pub(crate) struct Due {
    pub(crate) sequence: u64,
    pub(crate) brought_forward: i64,
    pub(crate) lines: Vec<AdviceLine>,
}

/// What of each line of these claims no advice names yet, and of those that are reversed all that advices named; with the
/// next number's sequence, and the balance, locked.
pub(crate) async fn find_due(
    conn: &mut PgConnection,
    (payer, facility, currency): (OrganizationId, OrganizationId, Currency),
    paid: &[Uuid],
    reversed: &[Uuid],
) -> Result<Due> {
    #[derive(FromRow)]
    struct LineRow {
        claim_id: Option<Uuid>,
        position: Option<i32>,
        code: Option<String>,
        amount: Option<i64>,
        sequence: i64,
        brought_forward: i64,
    }
    let rows: Vec<LineRow> = sqlx::query_as(
        "with balance as (
            insert into payment_balance as b (payer_id, facility_id, currency, carried_forward) values ($3, $4, $5, 0)
            on conflict (payer_id, facility_id, currency) do update set carried_forward = b.carried_forward
            returning b.carried_forward as brought_forward
         ), due as (
            select l.owner_id as claim_id, l.position, l.code,
                case when l.owner_id = any ($2) then 0 else l.payer end - coalesce((
                    select sum(p.amount) from payment_advice_line p
                    where p.claim_id = l.owner_id and p.position = l.position), 0)::bigint as amount
            from service_line l
            where l.owner_id = any ($1 || $2) and l.owner_kind = 'CLAIM' and l.replaced_by is null)
         select n.sequence, balance.brought_forward, due.*
         from (select nextval('payment_advice_number_sequence') as sequence) n cross join balance
         left join due on due.amount <> 0 order by due.claim_id, due.position",
    )
    .bind(paid)
    .bind(reversed)
    .bind(payer.uuid())
    .bind(facility.uuid())
    .bind(currency.code())
    .fetch_all(conn)
    .await?;
    let sequence = rows.first().map_or(0, |row| row.sequence.unsigned_abs());
    let brought_forward = rows.first().map_or(0, |row| row.brought_forward);
    let line = |row: LineRow| {
        Some(AdviceLine {
            claim: ClaimId::from_uuid(row.claim_id?),
            position: row.position?,
            code: row.code?,
            amount: row.amount?,
        })
    };
    Ok(Due { sequence, brought_forward, lines: rows.into_iter().filter_map(line).collect() })
}

/// A new advice with its lines, and its claims in payment, but for those that are reversed: each over the version it was
/// locked in.
pub(crate) async fn insert_advice(
    conn: &mut PgConnection,
    advice: &PaymentAdvice,
    lines: &[AdviceLine],
    reversed: &[Uuid],
) -> Result<()> {
    let claims: Vec<Uuid> = lines.iter().map(|line| line.claim.uuid()).collect();
    let positions: Vec<i32> = lines.iter().map(|line| line.position).collect();
    let codes: Vec<&str> = lines.iter().map(|line| line.code.as_str()).collect();
    let amounts: Vec<i64> = lines.iter().map(|line| line.amount).collect();
    sqlx::query(
        "with advice as (
            insert into payment_advice (payment_advice_id, version, number, state, payer_id, facility_id, currency, total,
                claims, reference, created_at, brought_forward, carried_forward)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $16, $17)
         ), balance as (
            update payment_balance set carried_forward = $17
            where payer_id = $5 and facility_id = $6 and currency = $7
         ), lines as (
            insert into payment_advice_line (payment_advice_id, claim_id, position, code, payer_id, facility_id, amount)
            select $1, claim_id, position, code, $5, $6, amount
            from unnest($12::uuid[], $13::int[], $14::text[], $15::bigint[]) as l (claim_id, position, code, amount)
            returning claim_id, amount)
         update claim c set state = case when c.claim_id = any ($18) then c.state else 'IN_PAYMENT' end,
            payment_advice_id = $1, advised = advised + s.amount, version = version + 1
         from (select claim_id, sum(amount) as amount from lines group by claim_id) s where c.claim_id = s.claim_id",
    )
    .bind(advice.id.uuid())
    .bind(advice.version)
    .bind(&advice.number)
    .bind(advice.state.as_str())
    .bind(advice.payer.uuid())
    .bind(advice.facility.uuid())
    .bind(advice.currency.code())
    .bind(advice.total)
    .bind(advice.claims)
    .bind(advice.reference.as_deref())
    .bind(advice.created_at)
    .bind(claims)
    .bind(positions)
    .bind(codes)
    .bind(amounts)
    .bind(advice.forward.brought)
    .bind(advice.forward.carried)
    .bind(reversed)
    .execute(conn)
    .await?;
    Ok(())
}

/// These claims are paid; an advice none of whose claims is unpaid any more is paid as well: its version, if so.
pub(crate) async fn update_paid(
    conn: &mut PgConnection,
    advice: PaymentAdviceId,
    claims: &[Uuid],
    payment: &Payment,
) -> Result<Option<i64>> {
    let whole = sqlx::query_scalar(
        "with paid as (
            update claim set state = 'PAID', payment_reference = $3, paid_on = $4, version = version + 1
            where claim_id = any ($2))
         update payment_advice set state = 'PAID', payment_reference = $3, paid_on = $4, version = version + 1
         where payment_advice_id = $1 and state = 'ANNOUNCED' and not exists (
            select from claim c
            where c.payment_advice_id = $1 and c.state = 'IN_PAYMENT' and c.claim_id <> all ($2))
         returning version",
    );
    let whole = whole.bind(advice.uuid()).bind(claims).bind(&payment.reference).bind(payment.paid_on);
    Ok(whole.fetch_optional(conn).await?)
}

/// On which days an advice, or a claim, may have been paid.
pub(crate) async fn find_payment_days(
    conn: &mut PgConnection,
    payer: OrganizationId,
    (advice, claim): (Option<Uuid>, Option<Uuid>),
    now: DateTime<Utc>,
) -> Result<PaymentDays> {
    #[derive(FromRow)]
    struct Row {
        today: NaiveDate,
        last_care: Option<NaiveDate>,
    }
    let row: Row = sqlx::query_as(
        "select ($2 at time zone coalesce((
            select o.time_zone from organization_ref o where o.organization_id = $1), 'UTC'))::date as today,
            (select max(care.given_on) from (
                select l.given_on from service_line l
                where l.owner_id = $4 and l.owner_kind = 'CLAIM' and l.payer_id = $1 and l.replaced_by is null
                union all
                select l.given_on from payment_advice_line p
                join service_line l on l.owner_id = p.claim_id and l.position = p.position
                where p.payment_advice_id = $3 and l.owner_kind = 'CLAIM' and l.payer_id = $1
                  and l.replaced_by is null) care) as last_care",
    )
    .bind(payer.uuid())
    .bind(now)
    .bind(advice)
    .bind(claim)
    .fetch_one(conn)
    .await?;
    Ok(PaymentDays { today: row.today, last_care: row.last_care })
}

/// Locks a payer's advice.
pub(crate) async fn lock_advice(
    conn: &mut PgConnection,
    payer: OrganizationId,
    id: PaymentAdviceId,
) -> Result<Option<PaymentAdvice>> {
    let row: Option<Row> = sqlx::query_as(
        "select * from payment_advice where payment_advice_id = $1 and payer_id = $2 for update",
    )
    .bind(id.uuid())
    .bind(payer.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// An advice that the organization is a party to.
pub(crate) async fn find_advice(
    conn: &mut PgConnection,
    party: OrganizationId,
    id: PaymentAdviceId,
) -> Result<Option<PaymentAdvice>> {
    let row: Option<Row> = sqlx::query_as(
        "select * from payment_advice where payment_advice_id = $1 and (payer_id = $2 or facility_id = $2)",
    )
    .bind(id.uuid())
    .bind(party.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// What a message says of an advice, whoever reads it.
#[derive(FromRow)]
pub(crate) struct Notice {
    pub(crate) number: String,
    pub(crate) total: i64,
    pub(crate) currency: String,
    pub(crate) payment_reference: Option<String>,
    pub(crate) facility_name: Option<String>,
    pub(crate) payer_name: Option<String>,
}

pub(crate) async fn find_notice(conn: &mut PgConnection, id: PaymentAdviceId) -> Result<Option<Notice>> {
    let notice = sqlx::query_as(
        "select a.number, a.total, a.currency, a.payment_reference, f.name as facility_name, i.name as payer_name
         from payment_advice a
         left join organization_ref f on f.organization_id = a.facility_id
         left join organization_ref i on i.organization_id = a.payer_id
         where a.payment_advice_id = $1",
    );
    Ok(notice.bind(id.uuid()).fetch_optional(conn).await?)
}

/// The lines of an advice with the claims they are of, each in the order of the claims and their lines.
pub(crate) async fn list_lines(
    conn: &mut PgConnection,
    id: PaymentAdviceId,
) -> Result<Vec<(NamedClaim, AdviceLine)>> {
    #[derive(FromRow)]
    struct LineRow {
        #[sqlx(flatten)]
        claim: NamedClaim,
        position: i32,
        code: String,
        amount: i64,
    }
    let rows: Vec<LineRow> = sqlx::query_as(
        "select c.claim_id, c.number, c.visit_number, c.external_reference, l.position, l.code, l.amount
         from payment_advice_line l join claim c using (claim_id)
         where l.payment_advice_id = $1 order by c.number, l.position",
    )
    .bind(id.uuid())
    .fetch_all(conn)
    .await?;
    let line = |row: LineRow| {
        let line = AdviceLine {
            claim: ClaimId::from_uuid(row.claim.claim_id),
            position: row.position,
            code: row.code,
            amount: row.amount,
        };
        (row.claim, line)
    };
    Ok(rows.into_iter().map(line).collect())
}

/// A page of a party's advices, and one more when there is one.
pub(crate) async fn list_advices(
    conn: &mut PgConnection,
    filter: &AdviceFilter,
) -> Result<Vec<PaymentAdvice>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select * from payment_advice where (payer_id = $1 or facility_id = $1)
           and ($2::text is null or state = $2) and ($3::uuid is null or facility_id = $3)
           and ($4::uuid is null or payer_id = $4) and ($5::uuid is null or payment_advice_id < $5)
         order by payment_advice_id desc limit $6",
    )
    .bind(filter.party.uuid())
    .bind(filter.state.map(State::as_str))
    .bind(filter.facility.map(OrganizationId::uuid))
    .bind(filter.payer.map(OrganizationId::uuid))
    .bind(filter.before.map(PaymentAdviceId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
