//! A coverage's row, shared by every statement that reads one.

use careway_kernel::{CoverageId, FamilyId, MemberId, OrganizationId, PlanId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::coverages::domain::{Coverage, CoverageStatus, Suspension, TerminationReason};

/// From columns, or from a document of them.
#[derive(sqlx::FromRow, serde::Deserialize)]
pub(crate) struct CoverageRow {
    pub(crate) coverage_id: Uuid,
    pub(crate) payer_id: Uuid,
    pub(crate) member_id: Uuid,
    pub(crate) family_id: Uuid,
    pub(crate) plan_id: Uuid,
    pub(crate) plan_version: i32,
    pub(crate) valid_from: NaiveDate,
    pub(crate) valid_to: NaiveDate,
    pub(crate) member_since: NaiveDate,
    pub(crate) policy_year_from: NaiveDate,
    pub(crate) status: String,
    pub(crate) suspensions: Json<Vec<Suspension>>,
    pub(crate) termination_reason: Option<String>,
    pub(crate) replaced_by: Option<Uuid>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

impl TryFrom<CoverageRow> for Coverage {
    type Error = Error;

    fn try_from(row: CoverageRow) -> Result<Self> {
        let termination = row.termination_reason.as_deref();
        Ok(Self {
            id: CoverageId::from_uuid(row.coverage_id),
            payer: OrganizationId::from_uuid(row.payer_id),
            member: MemberId::from_uuid(row.member_id),
            family: FamilyId::from_uuid(row.family_id),
            plan: PlanId::from_uuid(row.plan_id),
            plan_version: row.plan_version,
            from: row.valid_from,
            to: row.valid_to,
            member_since: row.member_since,
            policy_year_from: row.policy_year_from,
            status: one_of("coverage.status", &row.status, &CoverageStatus::ALL, CoverageStatus::as_str)?,
            suspensions: row.suspensions.0,
            termination: termination
                .map(|text| {
                    one_of(
                        "coverage.termination_reason",
                        text,
                        &TerminationReason::ALL,
                        TerminationReason::as_str,
                    )
                })
                .transpose()?,
            replaced_by: row.replaced_by.map(CoverageId::from_uuid),
            version: row.version,
            created_at: row.created_at,
        })
    }
}
