//! What may happen to a case, over every state and side; and that nothing leads out of CLOSED.

use careway_kernel::{AccountId, CaseId, CaseMessageId, OrganizationId, Redacted};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use uuid::Uuid;

use crate::cases::domain::{
    Actor, Answers, Case, Channel, Identifier, Kind, Organization, Role, Severity, Side, State,
    actions::{Action, Powers},
    change::CaseChanges,
    opening::{Drawn, Opening},
    people::MOST,
    refusal::CaseRefusal,
    step::{CaseEvent, Change, NewMessage, Step},
    timing::Timing,
};
use crate::work_calendars::domain::tests::usual_calendar;

const TIMING: Timing = Timing { remind_after: [3, 7], solve_after: 14, close_after: TimeDelta::hours(96) };

/// A Monday.
fn now() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn account(number: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(number))
}

fn actor(side: Side) -> Actor {
    let number = if side == Side::Support { 2 } else { 1 };
    Actor { side, account: Some(account(number)), subject: "account:a".to_owned(), channel: Channel::Portal }
}

fn message(number: u128) -> NewMessage {
    NewMessage::public(CaseMessageId::from_uuid(Uuid::from_u128(number)), Redacted::new("words"))
}

fn note(number: u128) -> NewMessage {
    NewMessage { internal: true, ..message(number) }
}

fn powers(side: Side, manage: bool) -> Powers {
    Powers { side, write: true, handle: side == Side::Support, manage }
}

fn opened() -> Step {
    let opening = Opening {
        kind: Kind::Question,
        topic: "appointments".to_owned(),
        form_version: 1,
        subject: Redacted::new("Slots are not visible"),
        answers: Answers::default(),
        identifiers: vec![Identifier { name: "merchant".to_owned(), value: "BD-SHONDHAN-77".to_owned() }],
        external_id: None,
        severity: Severity::Normal,
        requester: Some(account(1)),
        participants: Vec::new(),
    };
    let organization = Organization {
        id: OrganizationId::from_uuid(Uuid::from_u128(9)),
        name: "Shondhan Appointments".to_owned(),
        time_zone: Tz::Asia__Dhaka,
    };
    let drawn = Drawn { id: CaseId::from_uuid(Uuid::from_u128(100)), sequence: 17 };
    Case::open(opening, organization, drawn, message(1), (&actor(Side::Partner), now()))
}

fn case_in(state: State) -> Case {
    let case = opened().case;
    let support = actor(Side::Support);
    match state {
        State::Open => case,
        State::InProgress => case.say(message(2), &support, now()).unwrap().case,
        State::WaitingOnPartner => {
            case.wait(message(2), &support, now(), (TIMING, &usual_calendar(Tz::UTC))).unwrap().case
        }
        State::Solved => case.solve(message(2), &support, now(), TIMING).unwrap().case,
        State::Closed => {
            case.close(powers(Side::Partner, false), None, &actor(Side::Partner), now()).unwrap().case
        }
    }
}

#[test]
fn a_case_begins_with_a_number_its_requester_and_its_first_message() {
    let step = opened();
    let case = &step.case;
    assert_eq!((&*case.number, case.state, case.version), ("S26-0000017-90", State::Open, 1));
    assert!(case.has(account(1), Role::Participant));
    assert_eq!(step.joined.len(), 1);
    assert!(step.message.is_some());
    let added = CaseEvent::MessageAdded(message(1).id);
    assert_eq!(step.events, [CaseEvent::Opened, added]);
}

#[test]
fn a_message_moves_a_case_as_the_table_says() {
    let table = [
        (State::Open, Side::Partner, State::Open),
        (State::Open, Side::Support, State::InProgress),
        (State::InProgress, Side::Partner, State::InProgress),
        (State::InProgress, Side::Support, State::InProgress),
        (State::WaitingOnPartner, Side::Partner, State::InProgress),
        (State::WaitingOnPartner, Side::Support, State::WaitingOnPartner),
        (State::Solved, Side::Partner, State::InProgress),
        (State::Solved, Side::Support, State::Solved),
    ];
    for (state, side, next) in table {
        let step = case_in(state).say(message(3), &actor(side), now()).unwrap();
        assert_eq!(step.case.state, next, "{state:?} {side:?}");
        let reopened = step.events.contains(&CaseEvent::Reopened);
        assert_eq!(reopened, state == State::Solved && side == Side::Partner, "{state:?} {side:?}");
        if side == Side::Partner {
            assert_eq!(step.case.wakes_at, None, "nothing is waited for after an answer: {state:?}");
            assert_eq!(step.case.solved_at, None);
        }
    }
}

#[test]
fn a_note_changes_nothing_that_a_partner_sees_and_is_supports_alone() {
    for state in State::ALL.iter().copied().filter(|state| *state != State::Closed) {
        let before = case_in(state);
        let (version, updated_at) = (before.version, before.updated_at);
        let later = now() + TimeDelta::hours(1);
        let step = before.clone().say(note(4), &actor(Side::Support), later).unwrap();
        assert_eq!((step.case.state, step.case.version, step.case.updated_at), (state, version, updated_at));
        assert!(step.history.iter().all(|entry| entry.internal));
        let refused = before.say(note(4), &actor(Side::Partner), later);
        assert_eq!(refused.unwrap_err(), CaseRefusal::SupportOnly);
    }
}

#[test]
fn who_waits_or_solves_takes_what_nobody_has() {
    let support = actor(Side::Support);
    for step in [
        case_in(State::Open).wait(message(3), &support, now(), (TIMING, &usual_calendar(Tz::UTC))).unwrap(),
        case_in(State::Open).solve(message(3), &support, now(), TIMING).unwrap(),
    ] {
        assert_eq!(step.case.assignee, support.account);
        assert!(step.events.contains(&CaseEvent::Assigned(account(2))));
    }
    let assigned = case_in(State::Open).assign(account(7), &support, now()).unwrap();
    assert_eq!((assigned.case.state, assigned.case.assignee), (State::InProgress, Some(account(7))));
    let solved = assigned.case.solve(message(3), &support, now(), TIMING).unwrap();
    assert_eq!(solved.case.assignee, Some(account(7)), "somebody has it already");
}

#[test]
fn waiting_and_solving_have_their_refusals() {
    let support = actor(Side::Support);
    let wait = |state| {
        case_in(state).wait(message(3), &support, now(), (TIMING, &usual_calendar(Tz::UTC))).map(|_| ())
    };
    assert_eq!(wait(State::WaitingOnPartner), Err(CaseRefusal::Waits));
    assert_eq!(wait(State::Solved), Err(CaseRefusal::Solved));
    assert_eq!(wait(State::InProgress), Ok(()));
    let solve = |state| case_in(state).solve(message(3), &support, now(), TIMING).map(|_| ());
    assert_eq!(solve(State::Solved), Err(CaseRefusal::Solved));
    assert_eq!(solve(State::WaitingOnPartner), Ok(()));
}

#[test]
fn a_partner_closes_its_own_support_what_is_solved_and_a_lead_anything() {
    for state in State::ALL.iter().copied().filter(|state| *state != State::Closed) {
        let close = |side, manage| {
            let case = case_in(state);
            let offered = case.actions(powers(side, manage)).contains(&Action::Close);
            let closed = case.close(powers(side, manage), None, &actor(side), now());
            assert_eq!(closed.is_ok(), offered, "what is offered is done: {state:?} {side:?}");
            closed.map(|step| step.case.state)
        };
        assert_eq!(close(Side::Partner, false), Ok(State::Closed), "{state:?}");
        assert_eq!(close(Side::Support, true), Ok(State::Closed), "{state:?}");
        let by_agent = if state == State::Solved { Ok(State::Closed) } else { Err(CaseRefusal::NotSolved) };
        assert_eq!(close(Side::Support, false), by_agent, "{state:?}");
    }
}

#[test]
fn a_case_that_waits_reminds_twice_is_solved_and_closes() {
    let calendar = usual_calendar(Tz::Asia__Dhaka);
    let mut case = case_in(State::Open)
        .wait(message(2), &actor(Side::Support), now(), (TIMING, &calendar))
        .unwrap()
        .case;
    let mut told = Vec::new();
    while let Some(at) = case.wakes_at {
        assert!(case.clone().wake(at - TimeDelta::seconds(1), TIMING, &calendar).is_none(), "not before");
        let step = case.wake(at, TIMING, &calendar).unwrap();
        told.push((at.date_naive().to_string(), step.history[0].change, step.case.state));
        case = step.case;
    }
    let expected = [
        ("2026-11-26", Change::Reminded, State::WaitingOnPartner),
        ("2026-12-02", Change::Reminded, State::WaitingOnPartner),
        ("2026-12-11", Change::State, State::Solved),
        ("2026-12-15", Change::State, State::Closed),
    ];
    assert_eq!(told, expected.map(|(date, change, state)| (date.to_owned(), change, state)));
}

#[test]
fn a_closed_case_names_its_open_follow_up_and_has_one_at_most() {
    let closed = case_in(State::Closed);
    let by = actor(Side::Partner);
    let drawn = Drawn { id: CaseId::from_uuid(Uuid::from_u128(101)), sequence: 18 };
    let next = Case::open_follow_up_of(&closed, None, drawn, message(5), (&by, now()));
    assert_eq!(next.case.follow_up_of.as_ref().map(|link| link.id), Some(closed.id));
    assert_eq!((next.case.thread_root, next.case.state), (closed.id, State::Open));
    assert_eq!(next.case.identifiers, closed.identifiers);
    assert!(next.case.has(account(1), Role::Participant));
    assert_eq!(next.events[0], CaseEvent::FollowUpOpened);

    let mut closed = closed.followed_up(&next.case.number, &by, now()).unwrap().case;
    closed.follow_ups = vec![crate::cases::domain::CaseLink {
        id: next.case.id,
        number: next.case.number.clone(),
        state: State::Open,
    }];
    let refused = closed.clone().followed_up("S", &by, now()).unwrap_err();
    assert!(matches!(refused, CaseRefusal::FollowUpOpen(link) if link.id == next.case.id));
    match closed.clone().say(message(6), &by, now()).unwrap_err() {
        CaseRefusal::Closed { follow_up: Some(link), .. } => assert_eq!(link.id, next.case.id),
        other => panic!("{other:?}"),
    }
    closed.follow_ups[0].state = State::Closed;
    assert!(closed.followed_up("S", &by, now()).is_ok(), "a closed follow-up makes room for another");
    let open = case_in(State::Open).followed_up("S", &by, now());
    assert_eq!(open.unwrap_err(), CaseRefusal::NotClosed);
}

#[test]
fn topic_and_severity_are_supports_to_change() {
    let topic = CaseChanges { topic: Some("billing".to_owned()), ..Default::default() };
    let severity = CaseChanges { severity: Some(Severity::High), ..Default::default() };
    for changes in [topic, severity] {
        let refused = case_in(State::Open).change(changes.clone(), &actor(Side::Partner), now());
        assert_eq!(refused.unwrap_err(), CaseRefusal::SupportOnly);
        let step = case_in(State::Open).change(changes, &actor(Side::Support), now()).unwrap();
        assert_eq!((step.history.len(), step.case.version), (1, 2));
    }
    let same = CaseChanges { subject: Some(Redacted::new("Slots are not visible")), ..Default::default() };
    let step = case_in(State::Open).change(same, &actor(Side::Partner), now()).unwrap();
    assert!(!step.is_change());
    assert_eq!(step.case.version, 1);
}

#[test]
fn a_case_has_so_many_people_at_most() {
    let mut case = case_in(State::Open);
    let organization = case.organization.id;
    for number in 0..MOST - 1 {
        let step = case.join(
            account(1000 + number as u128),
            (Role::Participant, organization),
            &actor(Side::Partner),
            now(),
        );
        case = step.unwrap().case;
    }
    let refused = case.clone().join(account(9), (Role::Watcher, organization), &actor(Side::Support), now());
    assert_eq!(refused.unwrap_err(), CaseRefusal::TooManyParticipants);
    let again = case.join(account(1000), (Role::Participant, organization), &actor(Side::Partner), now());
    assert!(!again.unwrap().is_change(), "who takes part already takes no room");
}

/// Something that somebody tries.
#[derive(Debug, Clone, Copy)]
enum Try {
    Say(bool),
    Note,
    Assign,
    Wait,
    Solve,
    Close(bool, bool),
    Wake,
}

fn tried() -> impl Strategy<Value = Try> {
    prop_oneof![
        any::<bool>().prop_map(Try::Say),
        Just(Try::Note),
        Just(Try::Assign),
        Just(Try::Wait),
        Just(Try::Solve),
        any::<(bool, bool)>().prop_map(|(partner, lead)| Try::Close(partner, lead)),
        Just(Try::Wake),
    ]
}

fn attempt(case: Case, tried: Try, at: DateTime<Utc>) -> Result<Step, CaseRefusal> {
    let side = |partner| if partner { Side::Partner } else { Side::Support };
    let calendar = usual_calendar(Tz::UTC);
    let support = actor(Side::Support);
    match tried {
        Try::Say(partner) => case.say(message(3), &actor(side(partner)), at),
        Try::Note => case.say(note(3), &support, at),
        Try::Assign => case.assign(account(7), &support, at),
        Try::Wait => case.wait(message(3), &support, at, (TIMING, &calendar)),
        Try::Solve => case.solve(message(3), &support, at, TIMING),
        Try::Close(partner, lead) => {
            let side = side(partner);
            case.close(powers(side, lead && !partner), None, &actor(side), at)
        }
        Try::Wake => case.wake(at, TIMING, &calendar).ok_or(CaseRefusal::NotClosed),
    }
}

proptest! {
    #[test]
    fn whatever_is_tried_a_case_stays_whole(tries in prop::collection::vec((tried(), 0..400_i64), 0..40)) {
        let (mut case, mut at) = (opened().case, now());
        for (tried, hours) in tries {
            at += TimeDelta::hours(hours);
            let before = case.clone();
            let Ok(step) = attempt(case, tried, at) else {
                case = before;
                continue;
            };
            prop_assert!(!before.is_closed(), "nothing leads out of CLOSED: {:?}", tried);
            case = step.case;
            prop_assert!(case.version >= before.version && case.version <= before.version + 1);
            let is_seen = step.history.iter().any(|entry| !entry.internal);
            prop_assert_eq!(case.version > before.version, is_seen);
            prop_assert_eq!(case.is_closed(), case.closed_at.is_some());
            let sleeps = matches!(case.state, State::Open | State::InProgress | State::Closed);
            prop_assert_eq!(case.wakes_at.is_none(), sleeps, "{:?} after {:?}", case.state, tried);
            let is_as_it_was = case.wakes_at == before.wakes_at;
            prop_assert!(is_as_it_was || case.wakes_at.is_none_or(|wakes| wakes >= at), "never into the past");
            prop_assert!((0..=2).contains(&case.reminders));
            if case.state != State::Open && case.state != before.state && !matches!(tried, Try::Wake) {
                prop_assert_eq!(case.state_since, at);
            }
        }
    }
}
