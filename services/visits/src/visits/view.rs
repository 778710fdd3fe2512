//! Visits and overrides as the contract shows them.

use careway_contract::{
    identity::v1::MemberSummary,
    visits::v1::{self as proto, visit, visit_override},
};
use careway_kernel::ChallengeId;
use careway_service::{Error, Result, timestamp, version};
use chrono::{DateTime, Utc};
use prost::Message;

use super::domain::{
    Patient, State, Visit,
    overrides::{OverrideReason, Review, VisitOverride},
    transitions::MAX_RESENDS,
};
use crate::{
    coverages::domain::{choice::AskedPayer, entitlement::Entitlement},
    seal::{Column, Keys},
};

fn optional(at: Option<DateTime<Utc>>) -> Option<prost_types::Timestamp> {
    at.map(timestamp)
}

/// A visit, with nothing of the member.
pub(crate) fn visit(visit: &Visit) -> proto::Visit {
    let challenge = visit.challenge.as_ref();
    let admission = visit.admission.as_ref();
    let notice = admission.and_then(|admission| admission.notice.as_ref());
    proto::Visit {
        visit_id: visit.id.to_string(),
        state: state(visit.state).into(),
        version: version(visit.version),
        facility_id: visit.facility.to_string(),
        payer_id: visit.patient.as_ref().map(|patient| patient.payer.to_string()).unwrap_or_default(),
        service_date: visit.service_date.to_string(),
        started_at: Some(timestamp(visit.started_at)),
        expires_at: optional(visit.expires_at),
        masked_destination: challenge.map(|it| it.masked_destination.clone()).unwrap_or_default(),
        code_expires_at: optional(challenge.map(|it| it.code_expires_at)),
        resend_available_at: optional(challenge.map(|it| it.resend_available_at)),
        resends_left: if challenge.is_some() { MAX_RESENDS - visit.resends } else { 0 },
        verified_at: optional(visit.patient.as_ref().map(|patient| patient.verified_at)),
        overridden: visit.patient.as_ref().is_some_and(|patient| patient.overridden),
        service_type: admission.map(|it| it.service_type.to_string()).unwrap_or_default(),
        visit_number: admission.map(|it| it.number.clone()).unwrap_or_default(),
        practitioner: admission.and_then(|it| it.practitioner.clone()).unwrap_or_default(),
        referral: admission.and_then(|it| it.referral.clone()).unwrap_or_default(),
        admitted_at: optional(admission.map(|it| it.at)),
        admission_notice_due_at: optional(notice.map(|it| it.due_at)),
        admission_notified_at: optional(notice.and_then(|it| it.given_at)),
        discharged_at: optional(visit.discharged_at),
        cancelled_at: optional(visit.cancellation.as_ref().map(|it| it.at)),
        cancel_reason: visit.cancellation.as_ref().map(|it| it.reason.clone()).unwrap_or_default(),
        disputed: visit.is_disputed(),
        newborn: visit.patient.as_ref().is_some_and(|patient| patient.newborn),
        code_reference: challenge
            .and_then(|it| ChallengeId::parse(&it.id).ok())
            .map(ChallengeId::reference)
            .unwrap_or_default(),
    }
}

fn state(state: State) -> visit::State {
    match state {
        State::AwaitingCode => visit::State::AwaitingCode,
        State::Verified => visit::State::Verified,
        State::Admitted => visit::State::Admitted,
        State::Discharged => visit::State::Discharged,
        State::Cancelled => visit::State::Cancelled,
        State::Expired => visit::State::Expired,
    }
}

/// The state asked for in a filter.
pub(crate) fn parse_state(state: visit::State) -> Option<State> {
    match state {
        visit::State::Unspecified => None,
        visit::State::AwaitingCode => Some(State::AwaitingCode),
        visit::State::Verified => Some(State::Verified),
        visit::State::Admitted => Some(State::Admitted),
        visit::State::Discharged => Some(State::Discharged),
        visit::State::Cancelled => Some(State::Cancelled),
        visit::State::Expired => Some(State::Expired),
    }
}

/// What a verified visit shows beside itself.
pub(crate) struct Shown {
    pub(crate) member: proto::VisitMember,
    pub(crate) coverage: proto::VisitCoverage,
    pub(crate) service_types: Vec<proto::VisitServiceType>,
}

/// The member and what they were entitled to, opened for somebody who may see it.
pub(crate) fn shown(keys: &Keys, visit: &Visit, patient: &Patient) -> Result<Shown> {
    let sealed = keys.open(Column::Member, visit.id, &patient.sealed_member)?;
    let member = MemberSummary::decode(sealed.as_slice()).map_err(Error::internal)?;
    Ok(Shown {
        member: self::member(member),
        coverage: coverage(&patient.entitlement),
        service_types: service_types(&patient.entitlement),
    })
}

fn member(member_summary: MemberSummary) -> proto::VisitMember {
    proto::VisitMember {
        member_id: member_summary.member_id,
        payer_name: member_summary.payer_name,
        member_number: member_summary.member_number,
        given_names: member_summary.given_names,
        family_name: member_summary.family_name,
        birth_date: member_summary.birth_date,
        sex: member_summary.sex,
        principal_member_id: member_summary.principal_member_id,
        language: member_summary.language,
    }
}

fn coverage(entitlement: &Entitlement) -> proto::VisitCoverage {
    let coverage = entitlement.coverage.as_ref();
    proto::VisitCoverage {
        in_force: entitlement.refusal.is_none(),
        reason: entitlement
            .refusal
            .map(|reason| proto::Reason::from(reason).as_str_name().to_owned())
            .unwrap_or_default(),
        coverage_id: coverage.map(|it| it.coverage_id.to_string()).unwrap_or_default(),
        plan_id: coverage.map(|it| it.plan_id.to_string()).unwrap_or_default(),
        plan_version: coverage.map(|it| it.plan_version).unwrap_or_default(),
        from: coverage.map(|it| it.from.to_string()).unwrap_or_default(),
        to: coverage.map(|it| it.to.to_string()).unwrap_or_default(),
        asked_payers: entitlement.asked.iter().map(asked_payer).collect(),
    }
}

fn asked_payer(asked: &AskedPayer) -> proto::AskedPayer {
    proto::AskedPayer {
        payer_id: asked.payer.to_string(),
        name: asked.name.clone(),
        reason: asked
            .reason
            .map(|reason| proto::Reason::from(reason).as_str_name().to_owned())
            .unwrap_or_default(),
    }
}

fn service_types(entitlement: &Entitlement) -> Vec<proto::VisitServiceType> {
    let shown = entitlement.service_types.iter().map(|option| proto::VisitServiceType {
        service_type: option.service_type.to_string(),
        allowed: option.allowed,
        reason: option
            .reason
            .map(|reason| proto::Reason::from(reason).as_str_name().to_owned())
            .unwrap_or_default(),
        until: option.reason.and_then(|reason| reason.until()).map(|day| day.to_string()).unwrap_or_default(),
    });
    shown.collect()
}

/// An override, its notes opened.
pub(crate) fn visit_override(keys: &Keys, visit_override: &VisitOverride) -> Result<proto::VisitOverride> {
    let note = |column, sealed: Option<&[u8]>| match sealed {
        Some(sealed) => keys
            .open(column, visit_override.visit, sealed)
            .map(|text| String::from_utf8_lossy(&text).into_owned()),
        None => Ok(String::new()),
    };
    Ok(proto::VisitOverride {
        visit_id: visit_override.visit.to_string(),
        facility_id: visit_override.facility.to_string(),
        payer_id: visit_override.payer.map(|id| id.to_string()).unwrap_or_default(),
        reason: override_reason(visit_override.reason).into(),
        note: note(Column::OverrideNote, Some(&visit_override.sealed_note))?,
        requested_by: visit_override.requested_by.to_string(),
        requested_at: Some(timestamp(visit_override.requested_at)),
        number_that_day: visit_override.number_that_day,
        approved_by: visit_override.approval.map(|approval| approval.by.to_string()).unwrap_or_default(),
        approved_at: optional(visit_override.approval.map(|approval| approval.at)),
        approved_for: visit_override
            .approval
            .map(|approval| approval.side.as_str().to_owned())
            .unwrap_or_default(),
        review: review(visit_override.review).into(),
        review_note: note(Column::ReviewNote, visit_override.sealed_review.as_deref())?,
        reviewed_at: optional(visit_override.reviewed_at),
    })
}

fn override_reason(reason: OverrideReason) -> visit_override::Reason {
    match reason {
        OverrideReason::NoPhone => visit_override::Reason::NoPhone,
        OverrideReason::Unconscious => visit_override::Reason::Unconscious,
        OverrideReason::Newborn => visit_override::Reason::Newborn,
        OverrideReason::NotDelivered => visit_override::Reason::NotDelivered,
    }
}

/// The reason given in a request; none when none was.
pub(crate) fn parse_override_reason(reason: visit_override::Reason) -> Option<OverrideReason> {
    match reason {
        visit_override::Reason::Unspecified => None,
        visit_override::Reason::NoPhone => Some(OverrideReason::NoPhone),
        visit_override::Reason::Unconscious => Some(OverrideReason::Unconscious),
        visit_override::Reason::Newborn => Some(OverrideReason::Newborn),
        visit_override::Reason::NotDelivered => Some(OverrideReason::NotDelivered),
    }
}

fn review(review: Review) -> visit_override::Review {
    match review {
        Review::Pending => visit_override::Review::Pending,
        Review::Accepted => visit_override::Review::Accepted,
        Review::Rejected => visit_override::Review::Rejected,
    }
}

/// The review asked for in a filter.
pub(crate) fn parse_review(review: visit_override::Review) -> Option<Review> {
    match review {
        visit_override::Review::Unspecified => None,
        visit_override::Review::Pending => Some(Review::Pending),
        visit_override::Review::Accepted => Some(Review::Accepted),
        visit_override::Review::Rejected => Some(Review::Rejected),
    }
}
