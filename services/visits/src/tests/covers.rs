//! Members who are covered through 2026 by the first version of a plan.

use careway_kernel::{Clock, CoverageId, FamilyId, MemberId, OrganizationId, PlanId};
use careway_service::Database;

use crate::coverages::{
    self,
    domain::{Coverage, CoverageStatus},
};

/// Covers somebody of this family.
pub(super) async fn cover(
    db: &Database,
    clock: &Clock,
    payer: OrganizationId,
    plan: PlanId,
    family: FamilyId,
) -> Coverage {
    let day = |text: &str| text.parse().unwrap();
    let coverage = Coverage {
        id: CoverageId::new(clock),
        payer,
        member: MemberId::new(clock),
        family,
        plan,
        plan_version: 1,
        from: day("2026-01-01"),
        to: day("2026-12-31"),
        member_since: day("2026-01-01"),
        policy_year_from: day("2026-01-01"),
        status: CoverageStatus::Active,
        suspensions: vec![],
        termination: None,
        replaced_by: None,
        version: 1,
        created_at: clock.now(),
    };
    let mut tx = db.begin_system("test").await.unwrap();
    coverages::store::insert_coverage(&mut tx, &coverage).await.unwrap();
    tx.finish().await.unwrap();
    coverage
}
