//! Who is told of what.

use careway_kernel::{AccountId, CaseId, CaseMessageId, OrganizationId, Redacted};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::cases::domain::{
    Actor, Answers, Case, Channel, Kind, Organization, Role, Severity, Side,
    actions::Powers,
    notices::{self, NoticeKind, Recipient},
    opening::{Drawn, Opening},
    step::{CaseEvent, NewMessage, Step},
};
use crate::service_levels::domain::clocks::{Alarm, Measure};

const TANVIR: AccountId = AccountId::from_uuid(Uuid::from_u128(1));
const FARHANA: AccountId = AccountId::from_uuid(Uuid::from_u128(2));
const GRACE: AccountId = AccountId::from_uuid(Uuid::from_u128(3));
const PAUL: AccountId = AccountId::from_uuid(Uuid::from_u128(4));
const SHONDHAN: OrganizationId = OrganizationId::from_uuid(Uuid::from_u128(10));
const CAREWAY: OrganizationId = OrganizationId::from_uuid(Uuid::from_u128(11));
const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn actor(account: AccountId, side: Side, channel: Channel) -> Actor {
    Actor { side, account: Some(account), subject: format!("account:{account}"), channel }
}

fn partner(account: AccountId) -> Actor {
    actor(account, Side::Partner, Channel::Portal)
}

fn support(account: AccountId) -> Actor {
    actor(account, Side::Support, Channel::Portal)
}

fn message(internal: bool) -> NewMessage {
    let id = CaseMessageId::from_uuid(Uuid::from_u128(20));
    NewMessage { internal, ..NewMessage::public(id, Redacted::new("words")) }
}

fn open(by: &Actor) -> Step {
    let opening = Opening {
        kind: Kind::Question,
        topic: "appointments".to_owned(),
        form_version: 1,
        subject: Redacted::new("Wrong price"),
        answers: Answers::default(),
        identifiers: Vec::new(),
        external_id: None,
        severity: Severity::Normal,
        requester: Some(TANVIR),
        participants: vec![FARHANA],
    };
    let drawn = Drawn { id: CaseId::from_uuid(Uuid::from_u128(30)), sequence: 17 };
    Case::open(opening, Organization::unknown(SHONDHAN), drawn, message(false), (by, AT))
}

/// A case of Tanvir's and Farhana's that Grace has and Paul watches.
fn taken() -> Case {
    let case = open(&partner(TANVIR)).case;
    let case = case.assign(GRACE, &support(GRACE), AT).unwrap().case;
    case.join(PAUL, (Role::Watcher, CAREWAY), &support(PAUL), AT).unwrap().case
}

fn told(step: &Step) -> Vec<(NoticeKind, Option<AccountId>)> {
    let account = |to| match to {
        Recipient::Account(account, _) => Some(account),
        Recipient::Holders(permission) => {
            assert_eq!(permission, "cases.handle");
            None
        }
    };
    notices::of(step).into_iter().map(|notice| (notice.kind, account(notice.to))).collect()
}

#[test]
fn who_opens_a_case_reads_that_it_came_and_support_that_there_is_one() {
    let opened = open(&partner(TANVIR));
    let everybody =
        [(NoticeKind::New, None), (NoticeKind::Opened, Some(TANVIR)), (NoticeKind::Opened, Some(FARHANA))];
    assert_eq!(told(&opened), everybody);
    // Whether a mail is answered automatically, whoever judges the mail decides.
    let by_mail = open(&actor(TANVIR, Side::Partner, Channel::Mail));
    assert_eq!(told(&by_mail), [(NoticeKind::New, None), (NoticeKind::Opened, Some(FARHANA))]);
    let for_them = open(&support(GRACE));
    assert_eq!(told(&for_them), [(NoticeKind::Opened, Some(TANVIR)), (NoticeKind::Opened, Some(FARHANA))]);
}

#[test]
fn a_message_is_told_to_everybody_but_its_author_once() {
    let asked = taken().say(message(false), &partner(FARHANA), AT).unwrap();
    let expected = [
        (NoticeKind::Answered, Some(GRACE)),
        (NoticeKind::Message, Some(TANVIR)),
        (NoticeKind::Message, Some(PAUL)),
    ];
    assert_eq!(told(&asked), expected);
    let answered = taken().say(message(false), &support(GRACE), AT).unwrap();
    let expected = [TANVIR, FARHANA, PAUL].map(|account| (NoticeKind::Message, Some(account)));
    assert_eq!(told(&answered), expected);
}

#[test]
fn a_note_reaches_support_alone() {
    let noted = taken().say(message(true), &support(PAUL), AT).unwrap();
    assert_eq!(told(&noted), [(NoticeKind::Note, Some(GRACE))]);
    let noted = taken().say(message(true), &support(GRACE), AT).unwrap();
    assert_eq!(told(&noted), [(NoticeKind::Note, Some(PAUL))]);
    let of_nobody = open(&partner(TANVIR)).case.say(message(true), &support(GRACE), AT).unwrap();
    assert!(told(&of_nobody).is_empty());
}

#[test]
fn a_command_makes_one_mail_that_says_what_it_came_to() {
    let powers = Powers { side: Side::Partner, write: true, handle: false, manage: false };
    let closed = taken().close(powers, None, &partner(TANVIR), AT).unwrap();
    assert_eq!(told(&closed), [FARHANA, PAUL].map(|account| (NoticeKind::Closed, Some(account))));
    let given = taken().assign(PAUL, &support(GRACE), AT).unwrap();
    assert_eq!(told(&given), [(NoticeKind::Assigned, Some(PAUL))]);
    let taken_by_herself = open(&partner(TANVIR)).case.assign(GRACE, &support(GRACE), AT).unwrap();
    assert!(told(&taken_by_herself).is_empty());
}

#[test]
fn people_of_the_platform_are_told_as_such() {
    let answered = taken().say(message(false), &support(GRACE), AT).unwrap();
    let member_of = |account| {
        notices::of(&answered).into_iter().find_map(|notice| match notice.to {
            Recipient::Account(of, member_of) if of == account => Some(member_of),
            _ => None,
        })
    };
    assert_eq!((member_of(TANVIR), member_of(PAUL)), (Some(Some(SHONDHAN)), Some(None)));
}

#[test]
fn a_promise_that_is_nearly_broken_is_told_to_whoever_has_the_case_and_a_broken_one_to_leads_too() {
    let due = |alarms: &[Alarm]| {
        let mut step =
            taken().say(message(true), &Actor { side: Side::Support, ..Actor::clock() }, AT).unwrap();
        let alarm =
            |alarm: &Alarm| CaseEvent::Due { measure: Measure::Resolution, alarm: *alarm, due_at: None };
        step.message = None;
        step.events = alarms.iter().map(alarm).collect();
        notices::of(&step).into_iter().map(|notice| (notice.kind, notice.to)).collect::<Vec<_>>()
    };
    let grace = Recipient::Account(GRACE, None);
    assert_eq!(due(&[Alarm::Warning]), [(NoticeKind::DueSoon, grace)]);
    let leads = Recipient::Holders("cases.manage");
    let both = [(NoticeKind::Overdue, grace), (NoticeKind::Overdue, leads)];
    assert_eq!(due(&[Alarm::Warning, Alarm::Breach]), both);
}
