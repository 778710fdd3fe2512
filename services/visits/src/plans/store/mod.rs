//! Plans and their versions.

pub(crate) mod cache;
pub(crate) mod service_type;

use careway_kernel::{OrganizationId, PlanId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{PlanDefinition, PlanVersion};

/// A version of a plan.
#[derive(sqlx::FromRow)]
struct Row {
    plan_id: Uuid,
    payer_id: Uuid,
    version: i32,
    latest_version: i32,
    created_at: DateTime<Utc>,
    definition: Json<PlanDefinition>,
}

impl From<Row> for PlanVersion {
    fn from(row: Row) -> Self {
        Self {
            id: PlanId::from_uuid(row.plan_id),
            payer: OrganizationId::from_uuid(row.payer_id),
            version: row.version,
            latest_version: row.latest_version,
            created_at: row.created_at,
            definition: row.definition.0,
        }
    }
}

/// A new plan with its first version. `plan_code_once` when the payer has one of this code.
pub(crate) async fn insert_plan(conn: &mut PgConnection, plan: &PlanVersion) -> sqlx::Result<()> {
    sqlx::query(
        "with new_plan as (
            insert into plan (plan_id, payer_id, code, currency, latest_version, created_at)
            values ($1, $2, $3, $4, $5, $6) returning plan_id)
         insert into plan_version (plan_id, version, payer_id, definition, grows, created_at)
         select plan_id, $5, $2, $7, $8, $6 from new_plan",
    )
    .bind(plan.id.uuid())
    .bind(plan.payer.uuid())
    .bind(&plan.definition.code)
    .bind(plan.definition.currency.code())
    .bind(plan.version)
    .bind(plan.created_at)
    .bind(Json(&plan.definition))
    .bind(plan.definition.grows())
    .execute(conn)
    .await?;
    Ok(())
}

/// The next version of a locked plan.
pub(crate) async fn insert_version(conn: &mut PgConnection, plan: &PlanVersion) -> sqlx::Result<()> {
    sqlx::query(
        "with newer as (
            update plan set latest_version = $2 where plan_id = $1 returning plan_id, payer_id)
         insert into plan_version (plan_id, version, payer_id, definition, grows, created_at)
         select plan_id, $2, payer_id, $3, $4, $5 from newer",
    )
    .bind(plan.id.uuid())
    .bind(plan.version)
    .bind(Json(&plan.definition))
    .bind(plan.definition.grows())
    .bind(plan.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The payer's plan in its latest version, locked.
pub(crate) async fn lock_plan(
    conn: &mut PgConnection,
    payer: OrganizationId,
    id: PlanId,
) -> Result<Option<PlanVersion>> {
    let row: Option<Row> = sqlx::query_as(
        "select p.plan_id, p.payer_id, v.version, p.latest_version, v.created_at, v.definition
         from plan p join plan_version v on v.plan_id = p.plan_id and v.version = p.latest_version
         where p.plan_id = $1 and p.payer_id = $2 for update of p",
    )
    .bind(id.uuid())
    .bind(payer.uuid())
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Into::into))
}

/// The payer's plan in a version, or in its latest.
pub(crate) async fn find_plan(
    conn: &mut PgConnection,
    payer: OrganizationId,
    id: PlanId,
    version: Option<i32>,
) -> Result<Option<PlanVersion>> {
    let row: Option<Row> = sqlx::query_as(
        "select p.plan_id, p.payer_id, v.version, p.latest_version, v.created_at, v.definition
         from plan p join plan_version v on v.plan_id = p.plan_id and v.version = coalesce($3, p.latest_version)
         where p.plan_id = $1 and p.payer_id = $2",
    )
    .bind(id.uuid())
    .bind(payer.uuid())
    .bind(version)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Into::into))
}

/// A page of the payer's plans, newest first, those before `before`.
pub(crate) async fn list_plans(
    conn: &mut PgConnection,
    payer: OrganizationId,
    before: Option<PlanId>,
    limit: i64,
) -> Result<Vec<PlanVersion>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select p.plan_id, p.payer_id, v.version, p.latest_version, v.created_at, v.definition
         from plan p join plan_version v on v.plan_id = p.plan_id and v.version = p.latest_version
         where p.payer_id = $1 and ($2::uuid is null or p.plan_id < $2) order by p.plan_id desc limit $3",
    )
    .bind(payer.uuid())
    .bind(before.map(PlanId::uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
