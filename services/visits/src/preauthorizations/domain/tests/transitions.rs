//! Every transition of a pre-authorization, allowed and refused, and random sequences of them.

use careway_kernel::{Clock, CoverageId, Currency, MemberId, OrganizationId, PreauthorizationId, VisitId};
use proptest::prelude::*;

use super::super::{line::*, transitions::*, *};

fn now() -> DateTime<Utc> {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

fn hours(hours: i64) -> Duration {
    Duration::hours(hours)
}

fn rules() -> Rules {
    Rules {
        standard: hours(168),
        urgent: hours(72),
        answer: hours(48),
        validity_days: 30,
        automatic_up_to: Some(1000),
    }
}

fn month() -> Validity {
    Validity::days_from("2026-03-02".parse().unwrap(), 30)
}

fn draft(lines: u16) -> Preauthorization {
    let clock = Clock::manual(now());
    let line = |sequence| PreauthorizationLine::new(Uuid::now_v7(), sequence, Change::Unchanged);
    Preauthorization {
        id: PreauthorizationId::new(&clock),
        version: 0,
        number: "A26-0000042-08".to_owned(),
        visit: VisitId::new(&clock),
        visit_number: "V26-0001234-13".to_owned(),
        service_type: ServiceType::parse("INPATIENT").unwrap(),
        facility: OrganizationId::new(&clock),
        payer: OrganizationId::new(&clock),
        member: MemberId::new(&clock),
        member_number_hash: vec![1],
        coverage: CoverageId::new(&clock),
        currency: Currency::Rwf,
        state: State::Draft,
        urgency: Urgency::Standard,
        sealed_justification: vec![2],
        documents: Vec::new(),
        created_at: now(),
        created_by: Uuid::nil(),
        submitted_at: None,
        deadline: None,
        stopped: None,
        escalated_at: None,
        questions: 0,
        unanswered: false,
        decision: None,
        validity: None,
        released: false,
        cancellation: None,
        totals: None,
        lines: (1..=lines).map(line).collect(),
    }
}

/// One finding for every line, all alike.
fn found(preauthorization: &Preauthorization, needed: bool, clean: bool, payer: i64) -> Vec<Finding> {
    let need = if needed { Need::Always } else { Need::Never };
    preauthorization
        .lines
        .iter()
        .map(|line| Finding { sequence: line.sequence, need, clean, payer })
        .collect()
}

fn settled(preauthorization: Preauthorization, needed: bool, clean: bool, payer: i64) -> Preauthorization {
    let findings = found(&preauthorization, needed, clean, payer);
    preauthorization.settle(now(), &findings, &rules(), month()).unwrap()
}

fn submitted(lines: u16) -> Preauthorization {
    draft(lines).submit(now()).unwrap()
}

fn pended(lines: u16) -> Preauthorization {
    settled(submitted(lines), true, true, 1001)
}

fn decided(preauthorization: Preauthorization, outcomes: &[Outcome]) -> Preauthorization {
    let lines: Vec<u16> = preauthorization.pending().map(|line| line.sequence).collect();
    let ruling = |(sequence, outcome): (u16, &Outcome)| Ruling { sequence, outcome: *outcome, days: Some(3) };
    let rulings: Vec<Ruling> = lines.into_iter().zip(outcomes).map(ruling).collect();
    preauthorization.decide(now(), &rulings, month(), Uuid::max()).unwrap()
}

/// Two lines, approved as they were asked for.
pub(crate) fn approved() -> Preauthorization {
    decided(pended(2), &[Outcome::Approved, Outcome::Approved])
}

fn next_year() -> NaiveDate {
    "2027-01-01".parse().unwrap()
}

/// One in every state, in their order.
fn in_every_state() -> [Preauthorization; 11] {
    [
        draft(2),
        submitted(2),
        settled(submitted(2), false, true, 0),
        approved(),
        decided(pended(2), &[Outcome::Approved, Outcome::Rejected]),
        decided(pended(2), &[Outcome::Rejected, Outcome::Rejected]),
        pended(2),
        pended(2).ask(now(), hours(48)).unwrap(),
        approved().count_use(&[1, 2]).unwrap(),
        approved().expire(next_year()).unwrap(),
        approved().cancel(now(), "left".to_owned()).unwrap(),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Verb {
    Keep,
    Submit,
    Settle,
    Decide,
    Ask,
    Answer,
    Amend,
    Cancel,
    Lapse,
    Expire,
    Warn,
    Escalate,
    Use,
    GiveBack,
}

const VERBS: [Verb; 14] = [
    Verb::Keep,
    Verb::Submit,
    Verb::Settle,
    Verb::Decide,
    Verb::Ask,
    Verb::Answer,
    Verb::Amend,
    Verb::Cancel,
    Verb::Lapse,
    Verb::Expire,
    Verb::Warn,
    Verb::Escalate,
    Verb::Use,
    Verb::GiveBack,
];

/// What becomes of it; the timers' and the claims' verbs leave alone what is none of theirs.
fn run(
    preauthorization: Preauthorization,
    verb: Verb,
    at: DateTime<Utc>,
) -> Result<Preauthorization, PreauthorizationRefusal> {
    let untouched = preauthorization.clone();
    let ruling = |line: &PreauthorizationLine| Ruling {
        sequence: line.sequence,
        outcome: Outcome::Adjusted,
        days: None,
    };
    match verb {
        Verb::Keep => preauthorization.keep_draft(),
        Verb::Submit => preauthorization.submit(at),
        Verb::Settle => {
            let findings = found(&preauthorization, true, true, 700);
            preauthorization.settle(at, &findings, &rules(), month())
        }
        Verb::Decide => {
            let rulings: Vec<Ruling> = preauthorization.lines.iter().map(ruling).collect();
            preauthorization.decide(at, &rulings, month(), Uuid::max())
        }
        Verb::Ask => preauthorization.ask(at, hours(48)),
        Verb::Answer => preauthorization.answer(at),
        Verb::Amend => {
            preauthorization.amend(at, &Amendment { add: vec![Uuid::now_v7()], ..Amendment::default() }, &[])
        }
        Verb::Cancel => preauthorization.cancel(at, "left".to_owned()),
        Verb::Lapse => Ok(preauthorization.lapse(at).unwrap_or(untouched)),
        Verb::Expire => Ok(preauthorization.expire(at.date_naive()).unwrap_or(untouched)),
        Verb::Warn => Ok(preauthorization.warn(at).unwrap_or(untouched)),
        Verb::Escalate => Ok(preauthorization.escalate(at).unwrap_or(untouched)),
        Verb::Use => {
            let all: Vec<u16> = preauthorization.lines.iter().map(|line| line.sequence).collect();
            Ok(preauthorization.count_use(&all).unwrap_or(untouched))
        }
        Verb::GiveBack => Ok(preauthorization.count_use(&[]).unwrap_or(untouched)),
    }
}

#[test]
fn every_verb_in_every_state() {
    use State::*;
    let all = State::ALL;
    assert_eq!(in_every_state().map(|it| it.state), all);
    let open = [Draft, Approved, PartiallyApproved, Pended, InformationRequested];
    let table: [(Verb, &[State]); 8] = [
        (Verb::Keep, &[Draft]),
        (Verb::Submit, &[Draft]),
        (Verb::Settle, &[Submitted]),
        (Verb::Decide, &[Pended]),
        (Verb::Ask, &[Pended]),
        (Verb::Answer, &[InformationRequested]),
        (Verb::Amend, &open),
        (Verb::Cancel, &open),
    ];
    for (verb, allowed) in table {
        for it in in_every_state() {
            let state = it.state;
            match run(it, verb, now()) {
                Ok(_) => assert!(allowed.contains(&state), "{verb:?} of {state:?} was allowed"),
                Err(PreauthorizationRefusal::WrongState { is, .. }) => {
                    assert!(!allowed.contains(&state) && is == state, "{verb:?} of {state:?}");
                }
                Err(other) => panic!("{verb:?} of {state:?}: {other:?}"),
            }
        }
    }
    // The timers and the claims pass over what is none of theirs, whenever they come.
    let late = now() + hours(24 * 400);
    let touching: [(Verb, DateTime<Utc>, &[State]); 6] = [
        (Verb::Lapse, late, &[InformationRequested]),
        (Verb::Expire, late, &[Approved, PartiallyApproved, Used]),
        (Verb::Warn, now() + hours(127), &[Pended]),
        (Verb::Warn, now() + hours(37), &[InformationRequested]),
        (Verb::Escalate, late, &[Pended]),
        (Verb::Use, now(), &[Approved, PartiallyApproved]),
    ];
    for (verb, at, touched) in touching {
        for it in in_every_state() {
            let changed = run(it.clone(), verb, at).unwrap() != it;
            assert_eq!(changed, touched.contains(&it.state), "{verb:?} of {:?}", it.state);
        }
    }
    for it in in_every_state() {
        let given_back = run(it.clone(), Verb::GiveBack, now()).unwrap();
        let expected = if it.state == Used { Approved } else { it.state };
        assert_eq!(given_back.state, expected);
    }
}

#[test]
fn what_nobody_needs_to_see_is_decided_at_once() {
    assert_eq!(settled(submitted(2), false, true, 5000).state, State::NotRequired);
    let approved = settled(submitted(2), true, true, 500);
    assert_eq!((approved.state, approved.validity), (State::Approved, Some(month())));
    assert_eq!(approved.decision, Some(Decision { at: now(), by: None }));
    // The sum counts, not the line.
    assert_eq!(settled(submitted(2), true, true, 501).state, State::Pended);
    assert_eq!(settled(submitted(2), true, false, 1).state, State::Pended);
    assert_eq!(settled(submitted(2), false, false, 1).state, State::Pended);
    let nothing_is_small = Rules { automatic_up_to: None, ..rules() };
    let it = submitted(1);
    let findings = found(&it, true, true, 0);
    assert_eq!(it.settle(now(), &findings, &nothing_is_small, month()).unwrap().state, State::Pended);
}

#[test]
fn only_what_is_needed_waits_for_the_payer() {
    let it = submitted(3);
    let finding = |sequence, need, clean| Finding { sequence, need, clean, payer: 400 };
    let below = Need::NotAbove { amount: 5000 };
    let findings = [finding(1, Need::Always, true), finding(2, below, true), finding(3, Need::Always, false)];
    let pended = it.settle(now(), &findings, &rules(), month()).unwrap();
    let outcomes: Vec<Outcome> = pended.lines.iter().map(|line| line.outcome).collect();
    assert_eq!(outcomes, [Outcome::Pending, Outcome::NotRequired, Outcome::Pending]);
    let rejected = decided(pended.clone(), &[Outcome::Rejected, Outcome::Rejected]);
    assert_eq!((rejected.state, rejected.validity), (State::Rejected, None));
    assert_eq!(decided(pended, &[Outcome::Approved, Outcome::Approved]).state, State::Approved);
}

#[test]
fn the_payer_decides_every_line() {
    let pended = pended(2);
    let ruling = Ruling { sequence: 1, outcome: Outcome::Approved, days: Some(2) };
    assert_eq!(
        pended.clone().decide(now(), &[ruling], month(), Uuid::max()),
        Err(PreauthorizationRefusal::LineUndecided { sequence: 2 })
    );
    let decided = decided(pended, &[Outcome::Adjusted, Outcome::Approved]);
    assert_eq!((decided.state, decided.deadline), (State::PartiallyApproved, None));
    assert_eq!((decided.lines[0].days, decided.decision.unwrap().by), (Some(3), Some(Uuid::max())));
}

#[test]
fn the_payers_clock_stands_still_while_the_facility_answers() {
    let asked_at = now() + hours(100);
    let asked = pended(1).ask(asked_at, hours(48)).unwrap();
    assert_eq!(asked.deadline.unwrap().due_at, asked_at + hours(48));
    let answered = asked.clone().answer(asked_at + hours(40)).unwrap();
    assert_eq!((answered.state, answered.unanswered), (State::Pended, false));
    assert_eq!(answered.deadline.unwrap().due_at, asked_at + hours(40) + hours(68));

    // Without an answer the payer goes on; a late one is still taken, once.
    assert!(asked.clone().lapse(asked_at + hours(47)).is_none());
    let lapsed = asked.lapse(asked_at + hours(48)).unwrap();
    assert_eq!((lapsed.state, lapsed.unanswered), (State::Pended, true));
    let answered = lapsed.answer(asked_at + hours(50)).unwrap();
    assert_eq!(answered.deadline.unwrap().due_at, asked_at + hours(48) + hours(68));
    assert!(answered.answer(asked_at + hours(51)).is_err());
}

#[test]
fn a_payer_that_asks_when_it_is_late_stays_late_and_is_told_once() {
    let late = now() + hours(169);
    let escalated = pended(1).escalate(late).unwrap();
    let answered = escalated.ask(late, hours(48)).unwrap().answer(late + hours(1)).unwrap();
    assert!(answered.is_overdue(late + hours(1)));
    assert!(answered.escalate(late + hours(1)).is_none());
}

#[test]
fn whoever_must_act_is_warned_once_and_before_it_is_too_late() {
    let it = pended(1);
    let urgent = Preauthorization { urgency: Urgency::Urgent, ..submitted(1) };
    assert_eq!(settled(urgent, true, false, 0).deadline.unwrap().due_at, now() + hours(72));
    assert!(it.clone().warn(now() + hours(125)).is_none());
    let warned = it.clone().warn(now() + hours(126)).unwrap();
    assert!(warned.warn(now() + hours(127)).is_none());
    // A warning that nobody gave in time is not given any more: the escalation says it all.
    assert!(it.clone().warn(now() + hours(168)).is_none());
    assert!(it.clone().escalate(now() + hours(167)).is_none());
    let escalated = it.escalate(now() + hours(168)).unwrap();
    assert!(escalated.escalate(now() + hours(169)).is_none());
}

#[test]
fn an_amendment_keeps_the_numbers_and_says_what_it_did() {
    let (changed, added) = (Uuid::now_v7(), Uuid::now_v7());
    let before = decided(pended(3), &[Outcome::Approved; 3]);
    let held = before.held();
    let amendment = Amendment { add: vec![added], change: vec![(1, changed)], cancel: vec![2] };
    let amended = before.amend(now(), &amendment, &[]).unwrap();
    let flags: Vec<_> = amended.lines.iter().map(|line| (line.sequence, line.change)).collect();
    let expected = [(1, Change::Changed), (2, Change::Cancelled), (3, Change::Unchanged), (4, Change::Added)];
    assert_eq!(flags, expected);
    // What is cancelled is free at once; what is changed keeps what it had until it is decided.
    assert_eq!(amended.held(), [held[0], held[2]]);
    let pended = settled(amended, true, true, 2000);
    assert_eq!(pended.pending().map(|line| line.sequence).collect::<Vec<_>>(), [1, 4]);
    let again = Amendment { add: vec![], change: vec![(4, Uuid::now_v7())], cancel: vec![1] };
    assert_eq!(pended.clone().amend(now(), &again, &[]).unwrap().held(), [held[2]]);
    let decided = decided(pended, &[Outcome::Adjusted, Outcome::Rejected]);
    assert_eq!((decided.state, decided.held()), (State::PartiallyApproved, vec![changed, held[2]]));

    let refused = |amendment: Amendment, in_use: &[u16]| decided.clone().amend(now(), &amendment, in_use);
    let cancel = |sequence| Amendment { cancel: vec![sequence], ..Amendment::default() };
    for closed in [2, 4] {
        let refusal = PreauthorizationRefusal::LineClosed { sequence: closed };
        assert_eq!(refused(cancel(closed), &[]), Err(refusal));
    }
    let in_use = PreauthorizationRefusal::LineInUse { sequence: 3 };
    assert_eq!(refused(cancel(3), &[3]), Err(in_use));
}

#[test]
fn nothing_is_left_when_every_line_is_cancelled() {
    for before in [draft(2), pended(2), approved()] {
        let amendment = Amendment { cancel: vec![1, 2], ..Amendment::default() };
        let after = before.amend(now(), &amendment, &[]).unwrap();
        assert_eq!((after.state, after.held()), (State::Cancelled, vec![]));
        assert!(after.cancellation.is_some());
    }
    // A line once written keeps its number, in a draft as well; sent, its flags begin anew.
    let amendment = Amendment { cancel: vec![2], add: vec![Uuid::nil()], ..Amendment::default() };
    let draft = draft(2).amend(now(), &amendment, &[]).unwrap();
    let flags = |it: &Preauthorization| it.lines.iter().map(|line| line.change).collect::<Vec<_>>();
    assert_eq!(flags(&draft), [Change::Unchanged, Change::Cancelled, Change::Added]);
    assert_eq!((draft.state, draft.lines[2].sequence), (State::Draft, 3));
    let sent = settled(draft.submit(now()).unwrap(), false, true, 0);
    assert_eq!(flags(&sent), [Change::Unchanged, Change::Cancelled, Change::Unchanged]);
    assert_eq!(sent.state, State::NotRequired);
}

#[test]
fn used_up_means_all_that_was_approved() {
    let partly = decided(pended(3), &[Outcome::Approved, Outcome::Rejected, Outcome::Adjusted]);
    assert!(partly.clone().count_use(&[1]).is_none());
    let used = partly.count_use(&[1, 3]).unwrap();
    assert_eq!(used.state, State::Used);
    assert_eq!(used.clone().count_use(&[3]).unwrap().state, State::PartiallyApproved);
    // Less was paid than was held: the rest is free when the validity ends, and it was used all the same.
    assert_eq!(used.held().len(), 2);
    assert!(used.clone().expire(month().to).is_none());
    let over = used.expire(next_year()).unwrap();
    assert_eq!((over.state, over.held()), (State::Used, vec![]));
    assert!(over.expire(next_year()).is_none());
}

#[test]
fn why_a_line_needs_it_is_told_in_words() {
    let words = |need: Need| need.words(Currency::Rwf);
    assert_eq!(words(Need::Above { amount: 20_000 }), "The plan asks for it above RWF 20,000.");
    assert!(!Need::NotAbove { amount: 1 }.is_needed() && !Need::NotInPlan.is_needed());
    assert!(Need::of(None, true) == Need::NotInPlan && words(Need::NotInPlan).contains("no benefit"));
}

#[test]
fn words_come_back() {
    for state in State::ALL {
        assert_eq!(State::find(state.as_str()), Some(state));
    }
    for urgency in Urgency::ALL {
        assert_eq!(Urgency::find(urgency.as_str()), Some(urgency));
    }
}

proptest! {
    #[test]
    fn whatever_is_tried_it_stays_sound(
        tries in prop::collection::vec((0..VERBS.len(), 0..9000_i64), 1..40)
    ) {
        let (mut it, mut at) = (draft(2), now());
        for (verb, minutes) in tries {
            at += Duration::minutes(minutes);
            let before = it.clone();
            if let Ok(after) = run(it.clone(), VERBS[verb], at) {
                it = after;
            }
            // A change counts once; what only passes counts when it rests.
            let passing = it.state == State::Submitted;
            prop_assert!(it == before || it.version == before.version + 1 || passing);
            // An end is an end, but for what claims give back.
            let ends = [State::NotRequired, State::Rejected, State::Expired, State::Cancelled];
            prop_assert!(!ends.contains(&before.state) || it == before);
            // Somebody must act, or nobody.
            let waits = matches!(it.state, State::Pended | State::InformationRequested);
            prop_assert!(passing || it.deadline.is_some() == waits);
            prop_assert_eq!(it.stopped.is_some(), it.state == State::InformationRequested);
            // Lines wait where it waits, and nowhere else.
            let pending = it.pending().next().is_some();
            prop_assert!(passing || pending == (waits || it.state == State::Draft) || it.state == State::Cancelled);
            // Nothing is held by what was never approved, and nothing is approved without its days.
            let approved = it.lines.iter().any(PreauthorizationLine::is_approved);
            prop_assert!(it.held().is_empty() || it.validity.is_some() || waits || passing);
            prop_assert!(!approved || it.validity.is_some());
            // Numbers are never given again.
            let numbers: Vec<u16> = it.lines.iter().map(|line| line.sequence).collect();
            prop_assert!(numbers.is_sorted() && numbers.windows(2).all(|pair| pair[0] != pair[1]));
            prop_assert!(before.lines.iter().all(|line| numbers.contains(&line.sequence)));
        }
    }
}
