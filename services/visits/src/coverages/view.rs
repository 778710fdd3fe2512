//! Coverages as the contract shows them.

use careway_contract::visits::v1::{self as proto, coverage::Status};
use careway_service::{timestamp, version};

use super::domain::{Coverage, CoverageStatus, SuspensionReason, TerminationReason};

pub(crate) fn coverage(coverage: &Coverage) -> proto::Coverage {
    let suspension = coverage.suspensions.iter().find(|suspension| suspension.until.is_none());
    proto::Coverage {
        coverage_id: coverage.id.to_string(),
        payer_id: coverage.payer.to_string(),
        member_id: coverage.member.to_string(),
        family_id: coverage.family.to_string(),
        plan_id: coverage.plan.to_string(),
        plan_version: coverage.plan_version,
        from: coverage.from.to_string(),
        to: coverage.to.to_string(),
        member_since: coverage.member_since.to_string(),
        policy_year_from: coverage.policy_year_from.to_string(),
        status: status(coverage.status).into(),
        suspension_reason: suspension.map(|it| it.reason.as_str().to_owned()).unwrap_or_default(),
        termination_reason: coverage.termination.map(|reason| reason.as_str().to_owned()).unwrap_or_default(),
        replaced_by: coverage.replaced_by.map(|id| id.to_string()).unwrap_or_default(),
        version: version(coverage.version),
        created_at: Some(timestamp(coverage.created_at)),
    }
}

const fn status(status: CoverageStatus) -> Status {
    match status {
        CoverageStatus::Active => Status::Active,
        CoverageStatus::Suspended => Status::Suspended,
        CoverageStatus::Terminated => Status::Terminated,
        CoverageStatus::Replaced => Status::Replaced,
    }
}

pub(crate) const fn parse_suspension(
    reason: proto::suspend_coverage_request::Reason,
) -> Option<SuspensionReason> {
    use proto::suspend_coverage_request::Reason;
    match reason {
        Reason::Unspecified => None,
        Reason::Unpaid => Some(SuspensionReason::Unpaid),
        Reason::UnderReview => Some(SuspensionReason::UnderReview),
        Reason::MemberRequest => Some(SuspensionReason::MemberRequest),
        Reason::Other => Some(SuspensionReason::Other),
    }
}

pub(crate) const fn parse_termination(
    reason: proto::terminate_coverage_request::Reason,
) -> Option<TerminationReason> {
    use proto::terminate_coverage_request::Reason;
    match reason {
        Reason::Unspecified => None,
        Reason::Unpaid => Some(TerminationReason::Unpaid),
        Reason::LeftGroup => Some(TerminationReason::LeftGroup),
        Reason::Deceased => Some(TerminationReason::Deceased),
        Reason::MemberRequest => Some(TerminationReason::MemberRequest),
        Reason::Fraud => Some(TerminationReason::Fraud),
        Reason::EnteredInError => Some(TerminationReason::EnteredInError),
        Reason::Other => Some(TerminationReason::Other),
    }
}
