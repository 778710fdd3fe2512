//! Visits and overrides as the contract shows them.

use careway_contract::{
    identity::v1::MemberSummary,
    visits::v1::{self as proto, visit, visit_override},
};
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use prost::Message;

use super::domain::{
    Patient, State, Visit,
    overrides::{OverrideReason, Review, VisitOverride},
    transitions::MAX_RESENDS,
};
use crate::{
    coverages::domain::entitlement::Entitlement,
    seal::{Column, Keys},
};

/// An instant on the wire.
pub(crate) fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or_default(),
    }
}

fn optional(at: Option<DateTime<Utc>>) -> Option<prost_types::Timestamp> {
    at.map(timestamp)
}

/// A version on the wire; it counts changes of one row.
pub(crate) fn version(version: i64) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}

/// A visit, with nothing of the member.
pub(crate) fn visit(it: &Visit) -> proto::Visit {
    let challenge = it.challenge.as_ref();
    let admission = it.admission.as_ref();
    let notice = admission.and_then(|admission| admission.notice.as_ref());
    proto::Visit {
        visit_id: it.id.to_string(),
        state: state(it.state).into(),
        version: version(it.version),
        facility_id: it.facility.to_string(),
        payer_id: it.patient.as_ref().map(|patient| patient.payer.to_string()).unwrap_or_default(),
        service_date: it.service_date.to_string(),
        started_at: Some(timestamp(it.started_at)),
        expires_at: optional(it.expires_at),
        masked_destination: challenge.map(|it| it.masked_destination.clone()).unwrap_or_default(),
        code_expires_at: optional(challenge.map(|it| it.code_expires_at)),
        resend_available_at: optional(challenge.map(|it| it.resend_available_at)),
        resends_left: if challenge.is_some() { MAX_RESENDS - it.resends } else { 0 },
        verified_at: optional(it.patient.as_ref().map(|patient| patient.verified_at)),
        overridden: it.patient.as_ref().is_some_and(|patient| patient.overridden),
        service_type: admission.map(|it| it.service_type.to_string()).unwrap_or_default(),
        visit_number: admission.map(|it| it.number.clone()).unwrap_or_default(),
        practitioner: admission.and_then(|it| it.practitioner.clone()).unwrap_or_default(),
        referral: admission.and_then(|it| it.referral.clone()).unwrap_or_default(),
        admitted_at: optional(admission.map(|it| it.at)),
        admission_notice_due_at: optional(notice.map(|it| it.due_at)),
        admission_notified_at: optional(notice.and_then(|it| it.given_at)),
        discharged_at: optional(it.discharged_at),
        cancelled_at: optional(it.cancellation.as_ref().map(|it| it.at)),
        cancel_reason: it.cancellation.as_ref().map(|it| it.reason.clone()).unwrap_or_default(),
        disputed: it.is_disputed(),
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

fn member(it: MemberSummary) -> proto::VisitMember {
    proto::VisitMember {
        member_id: it.member_id,
        payer_name: it.payer_name,
        member_number: it.member_number,
        given_names: it.given_names,
        family_name: it.family_name,
        birth_date: it.birth_date,
        sex: it.sex,
        principal_member_id: it.principal_member_id,
        language: it.language,
    }
}

fn coverage(it: &Entitlement) -> proto::VisitCoverage {
    let coverage = it.coverage.as_ref();
    proto::VisitCoverage {
        in_force: it.refusal.is_none(),
        reason: it
            .refusal
            .map(|reason| proto::Reason::from(reason).as_str_name().to_owned())
            .unwrap_or_default(),
        coverage_id: coverage.map(|it| it.coverage_id.to_string()).unwrap_or_default(),
        plan_id: coverage.map(|it| it.plan_id.to_string()).unwrap_or_default(),
        plan_version: coverage.map(|it| it.plan_version).unwrap_or_default(),
        from: coverage.map(|it| it.from.to_string()).unwrap_or_default(),
        to: coverage.map(|it| it.to.to_string()).unwrap_or_default(),
    }
}

fn service_types(it: &Entitlement) -> Vec<proto::VisitServiceType> {
    let shown = it.service_types.iter().map(|option| proto::VisitServiceType {
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
pub(crate) fn visit_override(keys: &Keys, it: &VisitOverride) -> Result<proto::VisitOverride> {
    let note = |column, sealed: Option<&[u8]>| match sealed {
        Some(sealed) => {
            keys.open(column, it.visit, sealed).map(|text| String::from_utf8_lossy(&text).into_owned())
        }
        None => Ok(String::new()),
    };
    Ok(proto::VisitOverride {
        visit_id: it.visit.to_string(),
        facility_id: it.facility.to_string(),
        payer_id: it.payer.map(|id| id.to_string()).unwrap_or_default(),
        reason: override_reason(it.reason).into(),
        note: note(Column::OverrideNote, Some(&it.sealed_note))?,
        requested_by: it.requested_by.to_string(),
        requested_at: Some(timestamp(it.requested_at)),
        number_that_day: it.number_that_day,
        approved_by: it.approval.map(|approval| approval.by.to_string()).unwrap_or_default(),
        approved_at: optional(it.approval.map(|approval| approval.at)),
        approved_for: it.approval.map(|approval| approval.side.as_str().to_owned()).unwrap_or_default(),
        review: review(it.review).into(),
        review_note: note(Column::ReviewNote, it.sealed_review.as_deref())?,
        reviewed_at: optional(it.reviewed_at),
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
