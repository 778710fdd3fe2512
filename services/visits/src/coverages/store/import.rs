//! Many coverages at once.

use careway_kernel::{Clock, CoverageId, OrganizationId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::row::CoverageRow;
use crate::coverages::domain::{Coverage, ListedCoverage};

/// What became of a row.
pub(crate) enum Imported {
    /// A new coverage.
    Created(Box<Coverage>),
    /// There is just such a coverage.
    Unchanged,
    /// The payer has no such member.
    NoMember,
    /// The payer has no such plan.
    NoPlan,
    /// The member has another cover then.
    Overlaps,
}

struct OutcomeRow {
    n: i64,
    member_known: bool,
    plan_known: bool,
    same: bool,
    made: Option<CoverageRow>,
}

impl FromRow<'_, PgRow> for OutcomeRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let made = row.try_get::<Option<Uuid>, _>("coverage_id")?.is_some();
        Ok(Self {
            n: row.try_get("n")?,
            member_known: row.try_get("member_known")?,
            plan_known: row.try_get("plan_known")?,
            same: row.try_get("same")?,
            made: made.then(|| CoverageRow::from_row(row)).transpose()?,
        })
    }
}

/// Takes a batch of rows; what became of each, in their order. Members and plans are found by number and code, a
/// plan in its latest version; whoever was covered until the day before keeps their own start.
pub(crate) async fn import_coverages(
    conn: &mut PgConnection,
    clock: &Clock,
    payer: OrganizationId,
    now: DateTime<Utc>,
    batch: &[ListedCoverage],
) -> Result<Vec<Imported>> {
    let ids: Vec<Uuid> = batch.iter().map(|_| CoverageId::new(clock).uuid()).collect();
    let numbers: Vec<&str> = batch.iter().map(|it| it.number.as_str()).collect();
    let codes: Vec<&str> = batch.iter().map(|it| it.plan_code.as_str()).collect();
    let from: Vec<NaiveDate> = batch.iter().map(|it| it.from).collect();
    let to: Vec<NaiveDate> = batch.iter().map(|it| it.to).collect();
    let since: Vec<Option<NaiveDate>> = batch.iter().map(|it| it.member_since).collect();
    let rows: Vec<OutcomeRow> = sqlx::query_as(
        "with listed as (
            select * from unnest($3::uuid[], $4::text[], $5::text[], $6::date[], $7::date[], $8::date[])
                with ordinality as l (id, number, code, valid_from, valid_to, member_since, n)
         ), known as (
            select l.*, m.member_id, m.family_id, p.plan_id, p.latest_version,
                exists (
                    select from coverage c
                    where c.member_id = m.member_id and c.payer_id = $1 and c.plan_id = p.plan_id
                      and c.valid_from = l.valid_from and c.valid_to = l.valid_to) as same,
                coalesce(l.member_since, (
                    select c.member_since from coverage c
                    where c.member_id = m.member_id and c.payer_id = $1 and c.valid_to = l.valid_from - 1
                      and c.valid <> 'empty'), l.valid_from) as since
            from listed l
            left join member_ref m on m.payer_id = $1 and m.member_number = l.number
            left join plan p on p.payer_id = $1 and p.code = l.code
         ), made as (
            insert into coverage (coverage_id, payer_id, member_id, family_id, plan_id, plan_version, valid_from,
                valid_to, member_since, policy_year_from, status, version, created_at)
            select id, $1, member_id, family_id, plan_id, latest_version, valid_from, valid_to, since, valid_from,
                'ACTIVE', 1, $2
            from known where member_id is not null and plan_id is not null and not same order by n
            on conflict do nothing
            returning *
         )
         select k.n, k.member_id is not null as member_known, k.plan_id is not null as plan_known, k.same, made.*
         from known k left join made on made.coverage_id = k.id order by k.n",
    )
    .bind(payer.uuid())
    .bind(now)
    .bind(ids)
    .bind(numbers)
    .bind(codes)
    .bind(from)
    .bind(to)
    .bind(since)
    .fetch_all(conn)
    .await?;
    debug_assert!(rows.iter().zip(1..).all(|(row, n)| row.n == n), "one outcome per row, in order");
    let outcome = |row: OutcomeRow| {
        Ok(match row {
            OutcomeRow { made: Some(made), .. } => Imported::Created(Box::new(made.try_into()?)),
            OutcomeRow { member_known: false, .. } => Imported::NoMember,
            OutcomeRow { plan_known: false, .. } => Imported::NoPlan,
            OutcomeRow { same: true, .. } => Imported::Unchanged,
            OutcomeRow { .. } => Imported::Overlaps,
        })
    };
    rows.into_iter().map(outcome).collect()
}
