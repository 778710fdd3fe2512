//! Corrections of paid claims: when they may come, and that the money of a chain comes to what is right.

use careway_kernel::ClaimId;
use proptest::prelude::*;

use super::{
    super::{transitions::*, *},
    transitions::{advice, amounts, day, input, now, paid, payment},
};
use crate::{
    adjudication::outcome::Determination,
    claims::{domain::refusal::ClaimRefusal, payments::domain::Forward},
};

fn correct(claim: Claim) -> Result<(Claim, Claim), ClaimRefusal> {
    let draft = ClaimDraft { id: ClaimId::from_uuid(Uuid::now_v7()), ..input() };
    claim.correct((now(), day("2026-06-01")), 365, draft, "one scan, not two".to_owned())
}

/// The rules decide it, for so much.
fn decided(claim: Claim, payer: i64) -> Claim {
    let determination = if payer == 0 { Determination::Rejected } else { Determination::PartiallyApproved };
    let decision = Decision { determination, amounts: amounts(payer), appeal_by: day("2026-07-01") };
    claim.submit(now(), day("2026-03-02")).unwrap().decide(now(), decision).unwrap()
}

#[test]
fn a_correction_takes_the_place_of_a_paid_claim_once_and_in_time() {
    let (former, next) = correct(paid()).unwrap();
    assert_eq!(
        (former.state, former.chain.corrected_as, former.counts()),
        (State::Corrected, Some(next.id), false)
    );
    assert_eq!(next.chain.corrects, Some(Corrected { claim: former.id, patient: amounts(8_000).patient() }));
    assert_eq!(next.external_reference.as_deref(), Some("INV-1"), "the paid claim's");
    // The care is older than any claim of it may be, and the correction is in time all the same.
    assert_eq!(next.submit_by, day("2027-04-20"));
    let by = former.chain.corrected_as;
    assert_eq!(correct(former.clone()).unwrap_err(), ClaimRefusal::AlreadyCorrected { by });
    let recalled = decided(next, 5_000).recall(now(), "no".to_owned()).unwrap_err();
    assert!(matches!(recalled, ClaimRefusal::WrongState { .. }), "{recalled}");

    let (last, after) = (day("2026-04-30"), day("2026-05-01"));
    assert!(paid().void((now(), last), 10, "no".to_owned()).is_ok());
    let late = paid().void((now(), after), 10, "no".to_owned()).unwrap_err();
    assert_eq!((late.code(), late), (Some("TIME-004"), ClaimRefusal::CorrectedLate { by: last }));
}

#[test]
fn a_paid_claim_whose_appeal_was_upheld_is_paid() {
    let appealed = paid().appeal(now(), day("2026-03-02"), vec![1], Vec::new()).unwrap();
    assert!(!appealed.is_paid());
    assert!(correct(appealed.clone().uphold(now(), vec![2]).unwrap()).is_ok());
    let more = appealed.overturn(now(), vec![2], amounts(9_000)).unwrap();
    assert!(matches!(correct(more).unwrap_err(), ClaimRefusal::WrongState { .. }), "not paid yet");
}

#[test]
fn what_was_paid_is_not_taken_back_before_it_is_known_what_is_paid_instead() {
    let (mut former, next) = correct(paid()).unwrap();
    let waits = former.clone().put_in_payment(advice()).unwrap_err();
    assert_eq!(waits, ClaimRefusal::NothingDue { claim: former.id });
    former.chain.correction_decided = true;
    let (former, back) = former.put_in_payment(advice()).unwrap();
    assert_eq!((back, former.state, former.due()), (-8_000, State::Corrected, 0));
    assert!(former.put_in_payment(advice()).is_err(), "it is taken back once");
    let (_, instead) = decided(next, 5_000).put_in_payment(advice()).unwrap();
    assert_eq!(back + instead, -3_000);
}

#[test]
fn the_member_hears_of_a_correction_that_changes_their_share() {
    let share = |patient: i64| {
        let (_, next) = correct(paid()).unwrap();
        let told = next.chain.corrects.unwrap();
        let chain = Chain { corrects: Some(Corrected { patient, ..told }), ..next.chain };
        let claim = decided(Claim { chain, ..next }, 5_000);
        assert!(claim.is_correction());
        claim.changes_share()
    };
    assert!(!share(amounts(5_000).patient()));
    assert!(share(amounts(5_000).patient() + 1));
    assert!(
        paid().changes_share() && !paid().is_correction(),
        "of a claim that corrects none they always hear"
    );
    let (_, next) = correct(paid()).unwrap();
    let appealed = decided(next, 5_000).appeal(now(), day("2026-03-02"), vec![1], Vec::new()).unwrap();
    assert!(
        !appealed.uphold(now(), vec![2]).unwrap().is_correction(),
        "the answer to an appeal corrects nothing"
    );
}

proptest! {
    /// However often a claim is corrected, and whatever else advices name: what they say of its chain comes to what the
    /// last correction says, and what is transferred, with what is carried forward, to all that they name.
    #[test]
    fn the_advices_of_a_chain_come_to_the_correct_amounts(
        payers in proptest::collection::vec(1..=10_000_i64, 1..7),
        last in 0..=10_000_i64,
        others in proptest::collection::vec(0..=6_000_i64, 8),
        void in any::<bool>(),
    ) {
        let (mut chain, mut others) = (vec![decided(Claim::draft(now(), input()).unwrap(), payers[0])], others.into_iter());
        let (mut of_chain, mut named, mut transferred, mut carried) = (0, 0, 0, 0);
        let mut advise = |chain: &mut Vec<Claim>| {
            let mut lines = others.next().unwrap_or_default();
            named += lines;
            for claim in chain {
                let Ok((in_payment, amount)) = claim.clone().put_in_payment(advice()) else { continue };
                (lines, of_chain, named) = (lines + amount, of_chain + amount, named + amount);
                *claim = if in_payment.state == State::InPayment { in_payment.pay(payment()).unwrap() } else { in_payment };
            }
            let (total, forward) = Forward::settle(lines, carried);
            assert!(total >= 0 && forward.carried <= 0 && (total == 0 || forward.carried == 0));
            (transferred, carried) = (transferred + total, forward.carried);
            (of_chain, named, transferred, carried)
        };
        advise(&mut chain);
        for payer in payers.iter().copied().skip(1).chain([last]) {
            let (mut former, next) = correct(chain.pop().unwrap()).unwrap();
            former.chain.correction_decided = true;
            chain.extend([former, decided(next, payer)]);
            advise(&mut chain);
        }
        let mut right = last;
        if void && last > 0 {
            let claim = chain.pop().unwrap();
            chain.push(claim.void((now(), day("2026-06-01")), 365, "no".to_owned()).unwrap());
            right = 0;
        }
        let (of_chain, named, transferred, carried) = advise(&mut chain);
        prop_assert_eq!(of_chain, right);
        prop_assert_eq!(transferred + carried, named);
        prop_assert!(chain.iter().all(|claim| claim.due() == 0));
    }
}
