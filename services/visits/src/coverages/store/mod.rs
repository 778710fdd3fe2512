//! Coverages.

pub(crate) mod entitlement;
pub(crate) mod import;
pub(crate) mod member;
pub(crate) mod renewal_cover;
pub(crate) mod row;

use careway_kernel::{CoverageId, FamilyId, MemberId, MemberNumber, OrganizationId, PlanId};
use careway_service::{Call, Database, Error, Result, scoped_query};
use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{Coverage, TerminationReason};
use row::CoverageRow;

/// Which coverages of a payer, newest first.
#[derive(Debug, Clone)]
pub(crate) struct CoverageFilter {
    pub(crate) payer: OrganizationId,
    pub(crate) member: Option<MemberId>,
    pub(crate) member_number: Option<MemberNumber>,
    pub(crate) plan: Option<PlanId>,
    /// Older than this one.
    pub(crate) before: Option<CoverageId>,
    pub(crate) limit: i64,
}

/// A new coverage. `coverage_no_overlap` when the member has another then, `coverage_plan` without such a plan.
pub(crate) async fn insert_coverage(conn: &mut PgConnection, coverage: &Coverage) -> sqlx::Result<()> {
    sqlx::query(
        "insert into coverage (coverage_id, payer_id, member_id, family_id, plan_id, plan_version, valid_from,
            valid_to, member_since, policy_year_from, status, suspensions, termination_reason, replaced_by, version,
            created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(coverage.id.uuid())
    .bind(coverage.payer.uuid())
    .bind(coverage.member.uuid())
    .bind(coverage.family.uuid())
    .bind(coverage.plan.uuid())
    .bind(coverage.plan_version)
    .bind(coverage.from)
    .bind(coverage.to)
    .bind(coverage.member_since)
    .bind(coverage.policy_year_from)
    .bind(coverage.status.as_str())
    .bind(Json(&coverage.suspensions))
    .bind(coverage.termination.map(TerminationReason::as_str))
    .bind(coverage.replaced_by.map(CoverageId::uuid))
    .bind(coverage.version)
    .bind(coverage.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a payer's command changed of a coverage.
pub(crate) async fn update_coverage(conn: &mut PgConnection, coverage: &Coverage) -> sqlx::Result<()> {
    sqlx::query(
        "update coverage set valid_to = $2, status = $3, suspensions = $4, termination_reason = $5, replaced_by = $6,
            version = $7 where coverage_id = $1",
    )
    .bind(coverage.id.uuid())
    .bind(coverage.to)
    .bind(coverage.status.as_str())
    .bind(Json(&coverage.suspensions))
    .bind(coverage.termination.map(TerminationReason::as_str))
    .bind(coverage.replaced_by.map(CoverageId::uuid))
    .bind(coverage.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// The payer's coverage.
pub(crate) async fn find_coverage(
    conn: &mut PgConnection,
    payer: OrganizationId,
    id: CoverageId,
) -> Result<Option<Coverage>> {
    let row: Option<CoverageRow> =
        sqlx::query_as("select * from coverage where coverage_id = $1 and payer_id = $2")
            .bind(id.uuid())
            .bind(payer.uuid())
            .fetch_optional(conn)
            .await?;
    row.map(TryInto::try_into).transpose()
}

/// The payer's coverage, locked.
pub(crate) async fn lock_coverage(
    conn: &mut PgConnection,
    payer: OrganizationId,
    id: CoverageId,
) -> Result<Option<Coverage>> {
    let row: Option<CoverageRow> =
        sqlx::query_as("select * from coverage where coverage_id = $1 and payer_id = $2 for update")
            .bind(id.uuid())
            .bind(payer.uuid())
            .fetch_optional(conn)
            .await?;
    row.map(TryInto::try_into).transpose()
}

/// A page of coverages.
pub(crate) async fn list_coverages(
    conn: &mut PgConnection,
    filter: &CoverageFilter,
) -> Result<Vec<Coverage>> {
    let rows: Vec<CoverageRow> = sqlx::query_as(
        "select * from coverage
         where payer_id = $1 and ($2::uuid is null or member_id = $2)
           and ($3::text is null or member_id = (
               select member_id from member_ref where payer_id = $1 and member_number = $3))
           and ($4::uuid is null or plan_id = $4) and ($5::uuid is null or coverage_id < $5)
         order by coverage_id desc limit $6",
    )
    .bind(filter.payer.uuid())
    .bind(filter.member.map(MemberId::uuid))
    .bind(filter.member_number.as_ref().map(MemberNumber::as_str))
    .bind(filter.plan.map(PlanId::uuid))
    .bind(filter.before.map(CoverageId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What a new coverage is made from.
#[derive(Debug, Clone)]
pub(crate) struct Ingredients {
    pub(crate) member: Option<(MemberId, FamilyId)>,
    /// The version asked for, or the latest.
    pub(crate) plan_version: Option<i32>,
    /// Since when the member is insured without a gap, when a cover of theirs ended the day before.
    pub(crate) insured_since: Option<NaiveDate>,
}

/// Looks the ingredients up at the payer.
pub(crate) async fn find_ingredients(
    db: &Database,
    call: &Call,
    payer: OrganizationId,
    number: &MemberNumber,
    (plan, version): (PlanId, Option<i32>),
    from: NaiveDate,
) -> Result<Ingredients> {
    #[derive(FromRow)]
    struct Row {
        member_id: Option<Uuid>,
        family_id: Option<Uuid>,
        plan_version: Option<i32>,
        insured_since: Option<NaiveDate>,
    }
    let asked = scoped_query!(
        "select m.member_id, m.family_id,
                (select v.version from plan p join plan_version v on v.plan_id = p.plan_id
                    and v.version = coalesce($7, p.latest_version)
                 where p.plan_id = $6 and p.payer_id = $4) as plan_version,
                (select c.member_since from coverage c
                 where c.member_id = m.member_id and c.payer_id = $4 and c.valid_to = $8::date - 1
                   and c.valid <> 'empty') as insured_since
         from (select) once left join member_ref m on m.payer_id = $4 and m.member_number = $5"
    );
    let mut rows: Vec<Row> = db
        .query_as_caller(call, asked, |asked| {
            asked
                .bind(payer.uuid())
                .bind(number.as_str().to_owned())
                .bind(plan.uuid())
                .bind(version)
                .bind(from)
        })
        .await?;
    let row = rows.pop().ok_or_else(|| Error::internal(anyhow::anyhow!("one row always")))?;
    let member = row.member_id.zip(row.family_id);
    Ok(Ingredients {
        member: member.map(|(id, family)| (MemberId::from_uuid(id), FamilyId::from_uuid(family))),
        plan_version: row.plan_version,
        insured_since: row.insured_since,
    })
}
