//! Every transition of a claim, allowed and refused, and random sequences of them.

use careway_kernel::{ClaimId, Clock, CoverageId, Currency, MemberId, OrganizationId, VisitId};
use proptest::prelude::*;

use super::super::{transitions::*, *};
use crate::{adjudication::outcome::Determination, claims::domain::refusal::ClaimRefusal};

pub(super) fn now() -> DateTime<Utc> {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn input() -> ClaimDraft {
    let clock = Clock::manual(now());
    ClaimDraft {
        id: ClaimId::new(&clock),
        number: "C26-0000001-01".to_owned(),
        visit: ClaimedVisit {
            id: VisitId::new(&clock),
            number: "V26-0000001-01".to_owned(),
            facility: OrganizationId::new(&clock),
            payer: OrganizationId::new(&clock),
            member: MemberId::new(&clock),
            coverage: CoverageId::new(&clock),
            service_date: day("2026-03-02"),
            service_type: ServiceType::parse("OUTPATIENT").unwrap(),
            disputed: false,
        },
        currency: Currency::Rwf,
        external_reference: Some("INV-1".to_owned()),
        documents: Vec::new(),
        submit_by: day("2026-04-15"),
    }
}

pub(super) fn amounts(payer: i64) -> Amounts {
    Amounts { submitted: 10_000, write_off: 10_000 - payer, payer, ..Amounts::default() }
}

fn decision(determination: Determination) -> Decision {
    let payer = if determination == Determination::Rejected { 0 } else { 8_000 };
    Decision { determination, amounts: amounts(payer), appeal_by: day("2026-04-01") }
}

fn draft() -> Claim {
    Claim::draft(now(), input()).unwrap()
}

fn submitted() -> Claim {
    draft().submit(now(), day("2026-03-02")).unwrap()
}

fn decided(determination: Determination) -> Claim {
    submitted().decide(now(), decision(determination)).unwrap()
}

pub(super) fn advice() -> PaymentAdviceId {
    PaymentAdviceId::from_uuid(Uuid::from_u128(9))
}

pub(super) fn payment() -> Payment {
    Payment { reference: "TRF-1".to_owned(), paid_on: day("2026-04-20") }
}

pub(super) fn paid() -> Claim {
    decided(Determination::Approved).put_in_payment(advice()).unwrap().0.pay(payment()).unwrap()
}

/// One claim in every state.
fn in_every_state() -> [Claim; 14] {
    let appealed = || Command::Appeal.run(decided(Determination::PartiallyApproved)).unwrap();
    let mut corrected = Command::Correct.run(paid()).unwrap();
    corrected.chain.correction_decided = true;
    [
        draft(),
        submitted(),
        submitted().leave_to_review(vec![ReviewReason::AboveAutomaticLimit], amounts(8_000)).unwrap(),
        decided(Determination::Approved),
        decided(Determination::PartiallyApproved),
        decided(Determination::Rejected),
        decided(Determination::Approved).put_in_payment(advice()).unwrap().0,
        paid(),
        Command::Recall.run(draft()).unwrap(),
        appealed(),
        Command::Uphold.run(appealed()).unwrap(),
        Command::Overturn.run(appealed()).unwrap(),
        corrected,
        Command::Void.run(paid()).unwrap(),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Command {
    Edit,
    Submit,
    Decide,
    LeaveToReview,
    Review,
    Recall,
    Resubmit,
    Appeal,
    Uphold,
    Overturn,
    PutInPayment,
    Pay,
    Correct,
    Void,
}

impl Command {
    const ALL: [Self; 14] = [
        Self::Edit,
        Self::Submit,
        Self::Decide,
        Self::LeaveToReview,
        Self::Review,
        Self::Recall,
        Self::Resubmit,
        Self::Appeal,
        Self::Uphold,
        Self::Overturn,
        Self::PutInPayment,
        Self::Pay,
        Self::Correct,
        Self::Void,
    ];

    fn run(self, claim: Claim) -> Result<Claim, ClaimRefusal> {
        let today = day("2026-03-02");
        match self {
            Self::Edit => claim.edit(None, Vec::new(), today),
            Self::Submit => claim.submit(now(), today),
            Self::Decide => claim.decide(now(), decision(Determination::Approved)),
            Self::LeaveToReview => claim.leave_to_review(Vec::new(), amounts(1)),
            Self::Review => claim.review(now(), decision(Determination::Approved)),
            Self::Recall => claim.recall(now(), "wrong visit".to_owned()),
            Self::Resubmit => claim.resubmit(now(), input(), 3).map(|(former, _)| former),
            Self::Appeal => claim.appeal(now(), today, vec![1], Vec::new()),
            Self::Uphold => claim.uphold(now(), vec![2]),
            Self::Overturn => claim.overturn(now(), vec![2], amounts(10_000)),
            Self::PutInPayment => claim.put_in_payment(advice()).map(|(claim, _)| claim),
            Self::Pay => claim.pay(payment()),
            Self::Correct => {
                claim.correct((now(), today), 365, input(), "one scan".to_owned()).map(|(former, _)| former)
            }
            Self::Void => claim.void((now(), today), 365, "wrong patient".to_owned()),
        }
    }

    /// The states it is allowed in, and the state it leads to.
    fn table(self) -> (&'static [State], State) {
        use State::*;
        match self {
            Self::Edit => (&[Draft], Draft),
            Self::Submit => (&[Draft], Submitted),
            Self::Decide => (&[Submitted], Approved),
            Self::LeaveToReview => (&[Submitted], InReview),
            Self::Review => (&[Submitted, InReview], Approved),
            Self::Recall => (&[Draft, Submitted, InReview, Approved, PartiallyApproved], Recalled),
            Self::Resubmit => (&[Rejected], Rejected),
            Self::Appeal => (&[Approved, PartiallyApproved, Rejected, Paid], Appealed),
            Self::Uphold => (&[Appealed], Upheld),
            Self::Overturn => (&[Appealed], Overturned),
            Self::PutInPayment => {
                (&[Approved, PartiallyApproved, Upheld, Overturned, Corrected, Voided], InPayment)
            }
            Self::Pay => (&[InPayment], Paid),
            Self::Correct => (&[Paid], Corrected),
            Self::Void => (&[Paid], Voided),
        }
    }
}

#[test]
fn every_command_is_allowed_where_the_table_says_and_nowhere_else() {
    for command in Command::ALL {
        let (allowed, leads_to) = command.table();
        for claim in in_every_state() {
            let before = claim.state;
            match command.run(claim) {
                Ok(claim) => {
                    assert!(allowed.contains(&before), "{command:?} in {before:?}");
                    // What is taken back stays what it is.
                    let leads_to = if before.is_reversed() { before } else { leads_to };
                    assert_eq!(claim.state, leads_to, "{command:?}");
                }
                Err(refusal) => {
                    assert!(!allowed.contains(&before), "{command:?} in {before:?}: {refusal}");
                    assert!(
                        matches!(refusal, ClaimRefusal::WrongState { is, .. } if is == before)
                            || matches!(refusal, ClaimRefusal::AlreadyCorrected { .. } if before.is_reversed()),
                        "{refusal}"
                    );
                }
            }
        }
    }
}

#[test]
fn nothing_happens_to_a_claim_while_its_visit_is_disputed() {
    for command in Command::ALL {
        for mut claim in in_every_state() {
            claim.visit.disputed = true;
            let allowed = command.table().0.contains(&claim.state);
            let refusal = command.run(claim).unwrap_err();
            assert_eq!(refusal == ClaimRefusal::Disputed, allowed, "{command:?}");
        }
    }
    let mut input = input();
    input.visit.disputed = true;
    assert_eq!(Claim::draft(now(), input).unwrap_err(), ClaimRefusal::Disputed);
}

#[test]
fn the_last_day_to_submit_and_to_appeal_is_a_day_like_any_other() {
    let (last, after) = (day("2026-04-15"), day("2026-04-16"));
    assert!(draft().submit(now(), last).is_ok());
    assert_eq!(draft().submit(now(), after).unwrap_err(), ClaimRefusal::SubmittedLate { by: last });
    let (last, after) = (day("2026-04-01"), day("2026-04-02"));
    let rejected = || decided(Determination::Rejected);
    assert!(rejected().appeal(now(), last, vec![1], Vec::new()).is_ok());
    let late = rejected().appeal(now(), after, vec![1], Vec::new()).unwrap_err();
    assert_eq!(late, ClaimRefusal::AppealedLate { by: last });
}

#[test]
fn a_rejected_claim_is_resubmitted_in_a_chain_of_bounded_length() {
    let (mut claim, mut first) = (decided(Determination::Rejected), None);
    for nth in 1..=2 {
        let (former, next) = claim.resubmit(now(), input(), 2).unwrap();
        assert_eq!((former.state, former.chain.resubmitted_as), (State::Rejected, Some(next.id)));
        assert_eq!((next.chain.resubmission, next.chain.resubmits), (nth, Some(former.id)));
        assert_eq!(next.external_reference.as_deref(), Some("INV-1"), "the first claim's");
        first.get_or_insert(former);
        claim = next.submit(now(), day("2026-03-02")).unwrap();
        claim = claim.decide(now(), decision(Determination::Rejected)).unwrap();
    }
    assert_eq!(
        claim.resubmit(now(), input(), 2).unwrap_err(),
        ClaimRefusal::ResubmissionsExhausted { most: 2 }
    );
    let first = first.unwrap();
    let by = first.chain.resubmitted_as.unwrap();
    assert_eq!(
        first.clone().resubmit(now(), input(), 9).unwrap_err(),
        ClaimRefusal::AlreadyResubmitted { by }
    );
    assert_eq!(Command::Appeal.run(first).unwrap_err(), ClaimRefusal::AlreadyResubmitted { by });
}

#[test]
fn an_appeal_comes_once_and_never_costs() {
    let appealed = || Command::Appeal.run(decided(Determination::Approved)).unwrap();
    let less = appealed().overturn(now(), vec![2], amounts(7_999)).unwrap_err();
    assert_eq!(less, ClaimRefusal::AppealPaysLess);
    for answered in [Command::Uphold, Command::Overturn] {
        let claim = answered.run(appealed()).unwrap();
        let appeal = claim.appeal.as_ref().unwrap();
        assert_eq!(appeal.answer.as_ref().unwrap().sealed_text, [2]);
        // Paid, it could be appealed again, had it not been already.
        let paid = claim.put_in_payment(advice()).unwrap().0.pay(payment()).unwrap();
        let refusal = Command::Appeal.run(paid).unwrap_err();
        assert!(matches!(refusal, ClaimRefusal::WrongState { .. }), "{refusal}");
    }
}

#[test]
fn an_advice_names_what_no_other_did() {
    let (claim, first) = decided(Determination::Approved).put_in_payment(advice()).unwrap();
    assert_eq!((first, claim.due()), (8_000, 0));
    let appealed = Command::Appeal.run(claim.pay(payment()).unwrap()).unwrap();
    let nothing = Command::Uphold.run(appealed.clone()).unwrap().put_in_payment(advice()).unwrap_err();
    assert!(matches!(nothing, ClaimRefusal::NothingDue { .. }), "{nothing}");
    let (claim, second) = Command::Overturn.run(appealed).unwrap().put_in_payment(advice()).unwrap();
    assert_eq!((second, claim.advised), (2_000, 10_000));
}

proptest! {
    #[test]
    fn whatever_is_tried_money_is_named_once_and_versions_grow(
        commands in proptest::collection::vec(proptest::sample::select(&Command::ALL[..]), 0..40),
    ) {
        let mut claim = draft();
        for command in commands {
            let before = claim.clone();
            let Ok(after) = command.run(claim.clone()) else { continue };
            prop_assert!(after.version >= before.version);
            prop_assert!(after.advised >= before.advised || after.state.is_reversed());
            prop_assert!((0..=after.payer_part()).contains(&after.advised));
            prop_assert!(after.payer_part() >= before.payer_part() || before.decided_at.is_none());
            prop_assert_eq!(after.decided_at.is_some() || after.state == State::Recalled,
                after.state.is_decided() || after.state == State::Recalled);
            // What was taken back or paid is not taken back.
            prop_assert!(before.state != State::Recalled);
            claim = after;
        }
    }
}
