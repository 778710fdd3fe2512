//! Cards that renewals renewed, and the coverages that extend their members' cover.

use careway_kernel::{CoverageId, MemberNumber, OrganizationId, RenewalId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::row::CoverageRow;
use crate::coverages::domain::Coverage;

/// A renewed card.
#[derive(Debug, Clone)]
pub(crate) struct RenewedCard {
    pub(crate) renewal: RenewalId,
    pub(crate) payer: OrganizationId,
    pub(crate) number: MemberNumber,
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
}

/// What became of extending a cover.
#[derive(Debug, Clone)]
pub(crate) enum Extension {
    /// By this new coverage.
    Covered(Box<Coverage>),
    /// The payer has no such member.
    NoMember,
    /// The member had no cover that could be extended.
    NoPlan,
    /// The member has another cover in the period.
    Overlaps,
}

/// Keeps a renewed card; false when it was heard of before.
pub(crate) async fn insert_renewed_card(conn: &mut PgConnection, card: &RenewedCard) -> Result<bool> {
    let kept = sqlx::query(
        "insert into renewal_cover (renewal_id, payer_id, member_number, valid_from, valid_to, state)
         values ($1, $2, $3, $4, $5, 'WAITING') on conflict do nothing",
    )
    .bind(card.renewal.uuid())
    .bind(card.payer.uuid())
    .bind(card.number.as_str())
    .bind(card.from)
    .bind(card.to)
    .execute(conn)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// The payer's renewed cards that wait for a member of this number, locked.
pub(crate) async fn lock_waiting(
    conn: &mut PgConnection,
    payer: OrganizationId,
    number: &MemberNumber,
) -> Result<Vec<RenewedCard>> {
    let waiting: Vec<(Uuid, NaiveDate, NaiveDate)> = sqlx::query_as(
        "select renewal_id, valid_from, valid_to from renewal_cover
         where payer_id = $1 and member_number = $2 and state = 'WAITING' order by valid_from for update",
    )
    .bind(payer.uuid())
    .bind(number.as_str())
    .fetch_all(conn)
    .await?;
    let card = |(renewal, from, to)| RenewedCard {
        renewal: RenewalId::from_uuid(renewal),
        payer,
        number: number.clone(),
        from,
        to,
    };
    Ok(waiting.into_iter().map(card).collect())
}

struct ExtensionRow {
    member_known: bool,
    plan_known: bool,
    made: Option<CoverageRow>,
}

impl FromRow<'_, PgRow> for ExtensionRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let made = row.try_get::<Option<Uuid>, _>("coverage_id")?.is_some();
        Ok(Self {
            member_known: row.try_get("member_known")?,
            plan_known: row.try_get("plan_known")?,
            made: made.then(|| CoverageRow::from_row(row)).transpose()?,
        })
    }
}

/// Covers the member of a renewed card by the plan of their last coverage, in its newest version. Their own start and their
/// policy year go on.
pub(crate) async fn insert_extension(
    conn: &mut PgConnection,
    id: CoverageId,
    card: &RenewedCard,
    now: DateTime<Utc>,
) -> Result<Extension> {
    let row: ExtensionRow = sqlx::query_as(
        "with known as (
            select m.member_id, m.family_id, last.plan_id, p.latest_version, last.member_since, last.policy_year_from
            from (select) once
            left join member_ref m on m.payer_id = $2 and m.member_number = $3
            left join lateral (
                select * from coverage c where c.member_id = m.member_id and c.payer_id = $2 and c.valid <> 'empty'
                order by c.valid_to desc limit 1) last on true
            left join plan p on p.plan_id = last.plan_id
         ), made as (
            insert into coverage (coverage_id, payer_id, member_id, family_id, plan_id, plan_version, valid_from,
                valid_to, member_since, policy_year_from, status, version, created_at)
            select $1, $2, member_id, family_id, plan_id, latest_version, $4, $5, least(member_since, $4),
                least(policy_year_from, $4), 'ACTIVE', 1, $6
            from known where plan_id is not null
            on conflict do nothing
            returning *
         )
         select known.member_id is not null as member_known, known.plan_id is not null as plan_known, made.*
         from known left join made on true",
    )
    .bind(id.uuid())
    .bind(card.payer.uuid())
    .bind(card.number.as_str())
    .bind(card.from)
    .bind(card.to)
    .bind(now)
    .fetch_one(conn)
    .await?;
    Ok(match row {
        ExtensionRow { made: Some(made), .. } => Extension::Covered(Box::new(made.try_into()?)),
        ExtensionRow { member_known: false, .. } => Extension::NoMember,
        ExtensionRow { plan_known: false, .. } => Extension::NoPlan,
        ExtensionRow { .. } => Extension::Overlaps,
    })
}

/// Keeps what became of a renewed card; answers how often renewals was told of it, this time included.
pub(crate) async fn update_renewed_card(
    conn: &mut PgConnection,
    renewal: RenewalId,
    state: &'static str,
    coverage: Option<CoverageId>,
) -> Result<i64> {
    let version = sqlx::query_scalar(
        "update renewal_cover set state = $2, coverage_id = $3, version = version + 1 where renewal_id = $1
         returning version",
    );
    Ok(version.bind(renewal.uuid()).bind(state).bind(coverage.map(CoverageId::uuid)).fetch_one(conn).await?)
}

/// A renewal was taken back; answers the coverage that it was extended by. One that was not heard of yet never will be
/// extended.
pub(crate) async fn update_renewal_undone(
    conn: &mut PgConnection,
    renewal: RenewalId,
    payer: OrganizationId,
) -> Result<Option<CoverageId>> {
    let coverage: Option<Uuid> = sqlx::query_scalar(
        "insert into renewal_cover as r (renewal_id, payer_id, member_number, state) values ($1, $2, '', 'UNDONE')
         on conflict (renewal_id) do update set state = 'UNDONE' where r.payer_id = excluded.payer_id
         returning r.coverage_id",
    )
    .bind(renewal.uuid())
    .bind(payer.uuid())
    .fetch_optional(conn)
    .await?
    .flatten();
    Ok(coverage.map(CoverageId::from_uuid))
}

/// Whether anything was done under a coverage: a visit, or a use of its benefits.
pub(crate) async fn is_used(conn: &mut PgConnection, coverage: CoverageId) -> Result<bool> {
    let used = sqlx::query_scalar(
        "select exists (select from visit where coverage_id = $1)
             or exists (select from benefit_entry where coverage_id = $1)",
    );
    Ok(used.bind(coverage.uuid()).fetch_one(conn).await?)
}
