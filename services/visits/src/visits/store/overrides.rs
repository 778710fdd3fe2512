//! Overrides in Postgres.

use anyhow::Context;
use careway_kernel::{AccountId, OrganizationId, VisitId};
use careway_service::{Error, OnConstraint, Result};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::visits::domain::{
    overrides::{Approval, OverrideReason, Review, Side, VisitOverride},
    refusal::Refusal,
};

/// Which overrides of an organization, newest first.
#[derive(Debug, Clone)]
pub(crate) struct OverrideFilter {
    pub(crate) organization: OrganizationId,
    pub(crate) facility: Option<OrganizationId>,
    pub(crate) review: Option<Review>,
    /// Older than the one of this visit.
    pub(crate) before: Option<VisitId>,
    pub(crate) limit: i64,
}

#[derive(FromRow)]
struct OverrideRow {
    visit_id: Uuid,
    facility_id: Uuid,
    payer_id: Option<Uuid>,
    reason: String,
    sealed_note: Vec<u8>,
    requested_by: Uuid,
    requested_at: DateTime<Utc>,
    number_that_day: i32,
    approved_by: Option<Uuid>,
    approved_at: Option<DateTime<Utc>>,
    approved_for: Option<String>,
    review: String,
    sealed_review: Option<Vec<u8>>,
    reviewed_by: Option<Uuid>,
    reviewed_at: Option<DateTime<Utc>>,
    version: i64,
}

impl TryFrom<OverrideRow> for VisitOverride {
    type Error = Error;

    fn try_from(row: OverrideRow) -> Result<Self> {
        let approval =
            row.approved_by.zip(row.approved_at).zip(row.approved_for.as_deref().and_then(Side::find));
        let words = || -> anyhow::Result<_> {
            Ok((
                OverrideReason::find(&row.reason).context("the reason")?,
                Review::find(&row.review).context("the review")?,
            ))
        };
        let (reason, review) = words()
            .with_context(|| format!("the override of visit {}", row.visit_id))
            .map_err(Error::internal)?;
        Ok(Self {
            visit: VisitId::from_uuid(row.visit_id),
            facility: OrganizationId::from_uuid(row.facility_id),
            payer: row.payer_id.map(OrganizationId::from_uuid),
            reason,
            sealed_note: row.sealed_note,
            requested_by: AccountId::from_uuid(row.requested_by),
            requested_at: row.requested_at,
            number_that_day: row.number_that_day,
            approval: approval.map(|((by, at), side)| Approval { by: AccountId::from_uuid(by), at, side }),
            review,
            sealed_review: row.sealed_review,
            reviewed_by: row.reviewed_by.map(AccountId::from_uuid),
            reviewed_at: row.reviewed_at,
            version: row.version,
        })
    }
}

/// Counts one more override of the facility on its own day, within the cap; its number that day.
pub(crate) async fn count_override(
    conn: &mut PgConnection,
    facility: OrganizationId,
    now: DateTime<Utc>,
    cap: u16,
) -> Result<i32> {
    let number: Option<i32> = sqlx::query_scalar(
        "insert into visit_override_day (facility_id, day, used) \
         select $1, ($2 at time zone coalesce((select time_zone from organization_ref where organization_id = $1), \
         'UTC'))::date, 1 where $3 > 0 \
         on conflict (facility_id, day) do update set used = visit_override_day.used + 1 \
         where visit_override_day.used < $3 returning used",
    )
    .bind(facility.uuid())
    .bind(now)
    .bind(i32::from(cap))
    .fetch_optional(conn)
    .await?;
    number.ok_or_else(|| Refusal::OverrideCapReached.into())
}

/// A requested override; there is one per visit.
pub(crate) async fn insert_override(conn: &mut PgConnection, asked: &VisitOverride) -> Result<()> {
    sqlx::query(
        "insert into visit_override (visit_id, facility_id, payer_id, reason, sealed_note, requested_by, \
         requested_at, number_that_day, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(asked.visit.uuid())
    .bind(asked.facility.uuid())
    .bind(asked.payer.map(OrganizationId::uuid))
    .bind(asked.reason.as_str())
    .bind(&asked.sealed_note)
    .bind(asked.requested_by.uuid())
    .bind(asked.requested_at)
    .bind(asked.number_that_day)
    .bind(asked.version)
    .execute(conn)
    .await
    .on_constraint("visit_override_pkey", || Refusal::OverrideAlreadyRequested)?;
    Ok(())
}

/// The override of a visit that the organization is a party to.
pub(crate) async fn find_override(
    conn: &mut PgConnection,
    visit: VisitId,
    organization: OrganizationId,
) -> Result<Option<VisitOverride>> {
    let row: Option<OverrideRow> = sqlx::query_as(
        "select * from visit_override where visit_id = $1 and (facility_id = $2 or payer_id = $2)",
    )
    .bind(visit.uuid())
    .bind(organization.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(VisitOverride::try_from).transpose()
}

/// Locks it. The visit's row is locked before, when both are.
pub(crate) async fn lock_override(
    conn: &mut PgConnection,
    visit: VisitId,
    organization: OrganizationId,
) -> Result<Option<VisitOverride>> {
    let row: Option<OverrideRow> = sqlx::query_as(
        "select * from visit_override where visit_id = $1 and (facility_id = $2 or payer_id = $2) for update",
    )
    .bind(visit.uuid())
    .bind(organization.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(VisitOverride::try_from).transpose()
}

/// Keeps an approval or a review.
pub(crate) async fn update_override(conn: &mut PgConnection, visit_override: &VisitOverride) -> Result<()> {
    sqlx::query(
        "update visit_override set payer_id = $2, approved_by = $3, approved_at = $4, approved_for = $5, review = $6, \
         sealed_review = $7, reviewed_by = $8, reviewed_at = $9, version = $10 where visit_id = $1",
    )
    .bind(visit_override.visit.uuid())
    .bind(visit_override.payer.map(OrganizationId::uuid))
    .bind(visit_override.approval.map(|approval| approval.by.uuid()))
    .bind(visit_override.approval.map(|approval| approval.at))
    .bind(visit_override.approval.map(|approval| approval.side.as_str()))
    .bind(visit_override.review.as_str())
    .bind(visit_override.sealed_review.as_deref())
    .bind(visit_override.reviewed_by.map(AccountId::uuid))
    .bind(visit_override.reviewed_at)
    .bind(visit_override.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// A page of overrides, and one more when there is one.
pub(crate) async fn list_overrides(
    conn: &mut PgConnection,
    filter: &OverrideFilter,
) -> Result<Vec<VisitOverride>> {
    let rows: Vec<OverrideRow> = sqlx::query_as(
        "select * from visit_override where (facility_id = $1 or payer_id = $1) \
         and ($2::uuid is null or facility_id = $2) \
         and ($3::text is null or review = $3) \
         and ($4::uuid is null or visit_id < $4) \
         order by visit_id desc limit $5",
    )
    .bind(filter.organization.uuid())
    .bind(filter.facility.map(OrganizationId::uuid))
    .bind(filter.review.map(Review::as_str))
    .bind(filter.before.map(VisitId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(VisitOverride::try_from).collect()
}
