//! What a benefit statement is made of, in one statement.

pub(crate) mod ledger;
pub(crate) mod posting;

use careway_kernel::{CoverageId, MemberId, OrganizationId, VisitId};
use careway_service::{Call, Database, Error, Result, one_of, scoped_query};
use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection, Row as _, postgres::PgRow, types::Json};
use uuid::Uuid;

use super::domain::Balance;
use crate::{
    coverages::{
        domain::{Coverage, entitlement::Entitlement},
        store::row::CoverageRow,
    },
    plans::domain::{PlanDefinition, Scope, Unit, period::Period},
    visits::{domain::access::VisitAccess, store::row::AccessRow},
};

/// A coverage, and what is used of it on a day.
pub(crate) struct CoverageUse {
    pub(crate) coverage: Coverage,
    pub(crate) family_size: u32,
    pub(crate) balances: Vec<Balance>,
}

/// A visit, and its patient's cover.
pub(crate) struct VisitBenefits {
    pub(crate) access: VisitAccess,
    pub(crate) member: Option<MemberId>,
    pub(crate) service_type: Option<String>,
    pub(crate) service_date: NaiveDate,
    /// As it was verified.
    pub(crate) entitlement: Option<Entitlement>,
    pub(crate) cover: Option<CoverageUse>,
}

/// The columns a balance is put together from, one array each.
#[derive(FromRow)]
struct BalancesRow {
    family_size: i64,
    accounts: Option<Vec<String>>,
    scopes: Option<Vec<String>>,
    periods: Option<Vec<String>>,
    units: Option<Vec<String>>,
    used: Option<Vec<i64>>,
    reserved: Option<Vec<i64>>,
}

struct CoverageUseRow {
    coverage: CoverageRow,
    balances: BalancesRow,
}

impl FromRow<'_, PgRow> for CoverageUseRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self { coverage: CoverageRow::from_row(row)?, balances: BalancesRow::from_row(row)? })
    }
}

struct VisitRow {
    visit: VisitColumns,
    cover: Option<CoverageUseRow>,
}

#[derive(FromRow)]
struct VisitColumns {
    #[sqlx(flatten)]
    access: AccessRow,
    member_id: Option<Uuid>,
    service_type: Option<String>,
    service_date: NaiveDate,
    entitlement: Option<Json<Entitlement>>,
}

impl FromRow<'_, PgRow> for VisitRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let covered = row.try_get::<Option<Uuid>, _>("coverage_id")?.is_some();
        Ok(Self {
            visit: VisitColumns::from_row(row)?,
            cover: covered.then(|| CoverageUseRow::from_row(row)).transpose()?,
        })
    }
}

/// A visit that the caller is a party to, with its patient's coverage and balances on the service date.
pub(crate) async fn find_visit_benefits(
    db: &Database,
    call: &Call,
    visit: VisitId,
    party: OrganizationId,
) -> Result<Option<VisitBenefits>> {
    let asked = scoped_query!(
        "select visit_state, visit_payer_id, visit_expires_at, visit_discharged_at, visit_disputed_at,
            visit_dispute_resolved_at, visit_dispute_outcome, member_id, service_type, service_date, entitlement,
            coverage_id, payer_id, family_id, plan_id, plan_version, valid_from, valid_to, member_since, policy_year_from,
            status, suspensions, termination_reason, replaced_by, version, created_at, family_size, accounts,
            scopes, periods, units, used, reserved
         from visit_benefits
         join (select visit_id, state as visit_state, payer_id as visit_payer_id, expires_at as visit_expires_at,
            discharged_at as visit_discharged_at, disputed_at as visit_disputed_at,
            dispute_resolved_at as visit_dispute_resolved_at, dispute_outcome as visit_dispute_outcome
            from visit) access using (visit_id)
         where visit_id = $4 and (facility_id = $5 or payer_id = $5)"
    );
    let mut rows: Vec<VisitRow> =
        db.query_as_caller(call, asked, |asked| asked.bind(visit.uuid()).bind(party.uuid())).await?;
    rows.pop().map(TryInto::try_into).transpose()
}

/// The text of the plan that covers a visit's patient, for those who may read the visit.
pub(crate) async fn find_visit_plan(
    conn: &mut PgConnection,
    visit: VisitId,
) -> Result<Option<PlanDefinition>> {
    let definition: Option<Option<Json<PlanDefinition>>> =
        sqlx::query_scalar("select definition from visit_benefits where visit_id = $1")
            .bind(visit.uuid())
            .fetch_optional(conn)
            .await?;
    Ok(definition.flatten().map(|json| json.0))
}

/// The payer's coverage with its balances on a day.
pub(crate) async fn find_coverage_use(
    conn: &mut PgConnection,
    payer: OrganizationId,
    id: CoverageId,
    on: NaiveDate,
) -> Result<Option<CoverageUse>> {
    let row: Option<CoverageUseRow> = sqlx::query_as(
        "select c.*, b.*, case when p.grows then (
                select count(*) from coverage f
                where f.family_id = c.family_id and f.plan_id = c.plan_id and f.valid @> $3)
            else 1 end as family_size
         from coverage c
         join plan_version p on p.plan_id = c.plan_id and p.version = c.plan_version
         cross join lateral (
            select array_agg(b.account) as accounts, array_agg(b.scope) as scopes, array_agg(b.period) as periods,
                array_agg(b.unit) as units, array_agg(b.used) as used, array_agg(b.reserved) as reserved
            from benefit_balance b
            where b.holder_id in (c.member_id, c.family_id) and b.plan_id = c.plan_id
              and b.ends_on >= $3 and b.starts_on <= $3 and b.period <> 'VISIT') b
         where c.coverage_id = $1 and c.payer_id = $2",
    )
    .bind(id.uuid())
    .bind(payer.uuid())
    .bind(on)
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

impl TryFrom<VisitRow> for VisitBenefits {
    type Error = careway_service::Error;

    fn try_from(row: VisitRow) -> Result<Self> {
        let visit = row.visit;
        let access = visit.access.access()?;
        Ok(Self {
            access: access.ok_or_else(|| Error::internal(anyhow::anyhow!("a visit has a state")))?,
            member: visit.member_id.map(MemberId::from_uuid),
            service_type: visit.service_type,
            service_date: visit.service_date,
            entitlement: visit.entitlement.map(|json| json.0),
            cover: row.cover.map(TryInto::try_into).transpose()?,
        })
    }
}

impl TryFrom<CoverageUseRow> for CoverageUse {
    type Error = careway_service::Error;

    fn try_from(row: CoverageUseRow) -> Result<Self> {
        Ok(Self {
            coverage: row.coverage.try_into()?,
            family_size: u32::try_from(row.balances.family_size).unwrap_or(1).max(1),
            balances: row.balances.into_balances()?,
        })
    }
}

impl BalancesRow {
    fn into_balances(self) -> Result<Vec<Balance>> {
        let Self { accounts: Some(accounts), scopes, periods, units, used, reserved, .. } = self else {
            return Ok(Vec::new());
        };
        let (scopes, periods, units) =
            (scopes.unwrap_or_default(), periods.unwrap_or_default(), units.unwrap_or_default());
        let amounts = used.unwrap_or_default().into_iter().zip(reserved.unwrap_or_default());
        let kinds = scopes.iter().zip(&periods).zip(&units);
        accounts
            .into_iter()
            .zip(kinds)
            .zip(amounts)
            .map(|((account, ((scope, period), unit)), (used, reserved))| {
                Ok(Balance {
                    account,
                    scope: one_of("benefit_balance.scope", scope, &Scope::ALL, Scope::as_str)?,
                    period: one_of("benefit_balance.period", period, &Period::ALL, Period::as_str)?,
                    unit: one_of("benefit_balance.unit", unit, &Unit::ALL, Unit::as_str)?,
                    used,
                    reserved,
                })
            })
            .collect()
    }
}
