//! Payment advices as the contract shows them.

use careway_contract::visits::v1::{
    self as proto,
    payment_advice::{self, PaidClaim, PaidLine},
};
use careway_kernel::Currency;
use careway_service::{timestamp, version};

use super::{
    domain::{AdviceLine, PaymentAdvice, State},
    store::NamedClaim,
};
use crate::claims::{domain::Claim, view::amount};

/// An advice without the claims it names.
pub(crate) fn listed(payment_advice: &PaymentAdvice) -> proto::PaymentAdvice {
    let payment = payment_advice.payment.as_ref();
    proto::PaymentAdvice {
        payment_advice_id: payment_advice.id.to_string(),
        number: payment_advice.number.clone(),
        state: state(payment_advice.state).into(),
        version: version(payment_advice.version),
        payer_id: payment_advice.payer.to_string(),
        facility_id: payment_advice.facility.to_string(),
        currency: payment_advice.currency.code().to_owned(),
        total: amount(payment_advice.total, payment_advice.currency),
        brought_forward: forward(payment_advice.forward.brought, payment_advice.currency),
        carried_forward: forward(payment_advice.forward.carried, payment_advice.currency),
        claim_count: payment_advice.claims,
        claims: Vec::new(),
        reference: payment_advice.reference.clone().unwrap_or_default(),
        created_at: Some(timestamp(payment_advice.created_at)),
        payment_reference: payment.map(|payment| payment.reference.clone()).unwrap_or_default(),
        paid_on: payment.map(|payment| payment.paid_on.to_string()).unwrap_or_default(),
    }
}

/// Absent where there is nothing to take back.
fn forward(minor: i64, currency: Currency) -> String {
    if minor == 0 { String::new() } else { amount(minor, currency) }
}

/// An advice with the claims it names; `lines` are in the order of the claims.
pub(crate) fn whole(
    payment_advice: &PaymentAdvice,
    lines: &[(NamedClaim, AdviceLine)],
) -> proto::PaymentAdvice {
    let mut claims: Vec<PaidClaim> = Vec::new();
    for group in lines.chunk_by(|(_, one), (_, next)| one.claim == next.claim) {
        let [(claim, _), ..] = group else { continue };
        let sum: i64 = group.iter().map(|(_, line)| line.amount).sum();
        claims.push(PaidClaim {
            claim_id: claim.claim_id.to_string(),
            number: claim.number.clone(),
            visit_number: claim.visit_number.clone(),
            external_reference: claim.external_reference.clone().unwrap_or_default(),
            amount: amount(sum, payment_advice.currency),
            lines: group.iter().map(|(_, line)| paid_line(payment_advice, line)).collect(),
        });
    }
    proto::PaymentAdvice { claims, ..listed(payment_advice) }
}

/// An advice as it was just made of these claims.
pub(crate) fn made(
    payment_advice: &PaymentAdvice,
    claims: &[Claim],
    lines: &[AdviceLine],
) -> proto::PaymentAdvice {
    let mut named: Vec<(NamedClaim, AdviceLine)> = Vec::with_capacity(lines.len());
    for claim in claims {
        let theirs = lines.iter().filter(|line| line.claim == claim.id);
        named.extend(theirs.map(|line| (NamedClaim::from(claim), line.clone())));
    }
    named.sort_by(|(one, _), (next, _)| one.number.cmp(&next.number));
    whole(payment_advice, &named)
}

impl From<&Claim> for NamedClaim {
    fn from(claim: &Claim) -> Self {
        Self {
            claim_id: claim.id.uuid(),
            number: claim.number.clone(),
            visit_number: claim.visit.number.clone(),
            external_reference: claim.external_reference.clone(),
        }
    }
}

fn paid_line(advice: &PaymentAdvice, advice_line: &AdviceLine) -> PaidLine {
    PaidLine {
        line: advice_line.position,
        code: advice_line.code.clone(),
        amount: amount(advice_line.amount, advice.currency),
    }
}

fn state(state: State) -> payment_advice::State {
    match state {
        State::Announced => payment_advice::State::Announced,
        State::Paid => payment_advice::State::Paid,
    }
}

/// The state asked for in a filter.
pub(crate) fn parse_state(asked: payment_advice::State) -> Option<State> {
    State::ALL.into_iter().find(|known| state(*known) == asked)
}
