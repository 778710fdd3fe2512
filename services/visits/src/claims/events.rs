//! What is said and noted when something happens to a claim: the event for the other contexts, the access for the member.

use careway_contract::visits::v1::{
    ClaimAppealed, ClaimCorrected, ClaimDecided, ClaimPaid, ClaimRecalled, ClaimSubmitted, PaymentAdvicePaid,
};
use careway_events::{Fact, record};
use careway_kernel::{OrganizationId, PaymentAdviceId};
use careway_service::{AuditEntry, Call, Transaction};
use prost::Name;

use super::domain::{Claim, State};
use crate::audit;

/// Notes that the claim was read or changed.
pub(crate) fn note(tx: &mut Transaction, call: &Call, claim: &Claim, action: &'static str) {
    audit::note(tx, call, entry(claim, action));
}

/// An access to what a claim tells of its member.
pub(crate) fn entry(claim: &Claim, action: &'static str) -> AuditEntry {
    AuditEntry {
        action,
        member: Some(claim.visit.member),
        visit: Some(claim.visit.id),
        ..AuditEntry::default()
    }
}

pub(crate) fn submitted(tx: &mut Transaction, claim: &Claim) {
    let visit = &claim.visit;
    let fact = ClaimSubmitted {
        claim_id: claim.id.to_string(),
        visit_id: visit.id.to_string(),
        facility_id: visit.facility.to_string(),
        payer_id: visit.payer.to_string(),
        member_id: visit.member.to_string(),
        resubmits_claim_id: claim.chain.resubmits.map(|id| id.to_string()).unwrap_or_default(),
        in_review: claim.state == State::InReview,
    };
    say(tx, claim, fact);
}

pub(crate) fn decided(tx: &mut Transaction, claim: &Claim, automatic: bool) {
    let visit = &claim.visit;
    let fact = ClaimDecided {
        claim_id: claim.id.to_string(),
        visit_id: visit.id.to_string(),
        facility_id: visit.facility.to_string(),
        payer_id: visit.payer.to_string(),
        member_id: visit.member.to_string(),
        state: claim.state.as_str().to_owned(),
        automatic,
        correction: claim.is_correction(),
        share_unchanged: !claim.changes_share(),
    };
    say(tx, claim, fact);
}

pub(crate) fn recalled(tx: &mut Transaction, claim: &Claim) {
    let visit = &claim.visit;
    let fact = ClaimRecalled {
        claim_id: claim.id.to_string(),
        visit_id: visit.id.to_string(),
        facility_id: visit.facility.to_string(),
        payer_id: visit.payer.to_string(),
        member_id: visit.member.to_string(),
        decided: claim.decided_at.is_some(),
    };
    say(tx, claim, fact);
}

pub(crate) fn appealed(tx: &mut Transaction, claim: &Claim) {
    let visit = &claim.visit;
    let fact = ClaimAppealed {
        claim_id: claim.id.to_string(),
        visit_id: visit.id.to_string(),
        facility_id: visit.facility.to_string(),
        payer_id: visit.payer.to_string(),
        member_id: visit.member.to_string(),
    };
    say(tx, claim, fact);
}

pub(crate) fn paid(tx: &mut Transaction, claim: &Claim) {
    let visit = &claim.visit;
    let fact = ClaimPaid {
        claim_id: claim.id.to_string(),
        visit_id: visit.id.to_string(),
        facility_id: visit.facility.to_string(),
        payer_id: visit.payer.to_string(),
        member_id: visit.member.to_string(),
        payment_advice_id: claim.advice.map(|id| id.to_string()).unwrap_or_default(),
    };
    say(tx, claim, fact);
}

/// Every claim of the advice is paid.
pub(crate) fn advice_paid(
    tx: &mut Transaction,
    (advice, version): (PaymentAdviceId, i64),
    (facility, payer): (OrganizationId, OrganizationId),
) {
    let fact = PaymentAdvicePaid {
        payment_advice_id: advice.to_string(),
        facility_id: facility.to_string(),
        payer_id: payer.to_string(),
    };
    let fact = Fact::new(fact).about(advice.uuid(), version);
    record(tx, fact.of(facility).also(payer));
}

/// The facility corrected or voided a claim that was paid.
pub(crate) fn corrected(tx: &mut Transaction, claim: &Claim) {
    let visit = &claim.visit;
    let fact = ClaimCorrected {
        claim_id: claim.id.to_string(),
        visit_id: visit.id.to_string(),
        facility_id: visit.facility.to_string(),
        payer_id: visit.payer.to_string(),
        member_id: visit.member.to_string(),
        corrected_as_claim_id: claim.chain.corrected_as.map(|id| id.to_string()).unwrap_or_default(),
        voided: claim.state == State::Voided,
        had_share: claim.amounts.is_some_and(|amounts| amounts.patient() != 0),
    };
    say(tx, claim, fact);
}

fn say(tx: &mut Transaction, claim: &Claim, message: impl Name) {
    let fact = Fact::new(message).about(claim.id.uuid(), claim.version);
    record(tx, fact.of(claim.visit.facility).also(claim.visit.payer));
}
