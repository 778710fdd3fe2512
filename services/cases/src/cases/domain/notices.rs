//! Who is told of a step by mail: one mail for each command and person, and none to its author.

use careway_kernel::{AccountId, CaseMessageId, OrganizationId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Actor, Case, Channel, Participant, Role, Side, named,
    step::{CaseEvent, Change, Step},
};
use crate::service_levels::domain::clocks::Alarm;

/// Notices with their ids.
pub(crate) type Raised = Vec<(Uuid, Notice)>;

named! {
    /// What a notice tells.
    NoticeKind {
        Opened = "OPENED",
        FollowUpOpened = "FOLLOW_UP_OPENED",
        Message = "MESSAGE",
        Waiting = "WAITING",
        Solved = "SOLVED",
        Reopened = "REOPENED",
        Closed = "CLOSED",
        Reminder = "REMINDER",
        /// A mail came to a case that is closed.
        CaseIsClosed = "CASE_IS_CLOSED",
        /// A mail came from somebody who may only read.
        MayOnlyRead = "MAY_ONLY_READ",
        New = "NEW",
        Answered = "ANSWERED",
        Note = "NOTE",
        Assigned = "ASSIGNED",
        DueSoon = "DUE_SOON",
        Overdue = "OVERDUE",
        MailHeld = "MAIL_HELD",
    }
}

/// Whom a notice goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recipient {
    /// A person, as one of an organization; of the platform where there is none.
    Account(AccountId, Option<OrganizationId>),
    /// Those of the platform who hold this permission.
    Holders(&'static str),
}

/// Somebody is to be told of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) kind: NoticeKind,
    pub(crate) to: Recipient,
    /// The message that it tells of.
    pub(crate) message: Option<CaseMessageId>,
    /// The mail that it answers automatically.
    pub(crate) answers: Option<Uuid>,
}

/// Who has a case that nobody was given.
pub(crate) const HANDLERS: Recipient = Recipient::Holders("cases.handle");
/// Who hears of a promise that was not kept, too.
const LEADS: Recipient = Recipient::Holders("cases.manage");

/// Whom a step is told.
pub(crate) fn of(step: &Step) -> Vec<Notice> {
    let author = step.by.account;
    let message = step.message.as_ref().map(|message| message.id);
    let notice = |kind, to| Notice { kind, to, message, answers: None };
    let mut notices = Vec::new();
    if let Some(kind) = kind_for_support(step) {
        let to = step.case.assignee.map_or(HANDLERS, |assignee| Recipient::Account(assignee, None));
        notices.push(notice(kind, to));
        if kind == NoticeKind::Overdue {
            notices.push(notice(kind, LEADS));
        }
    }
    if let Some(kind) = kind_for_partner(step) {
        let people = people(&step.case, kind);
        notices
            .extend(people.map(|(account, member_of)| notice(kind, Recipient::Account(account, member_of))));
    }
    if kind_for_support(step) == Some(NoticeKind::Note) {
        let watchers = step.case.people(Role::Watcher).filter(|person| is_of_platform(&step.case, person));
        notices.extend(watchers.map(|one| notice(NoticeKind::Note, Recipient::Account(one.account, None))));
        // A note is nobody's to act on but the assignee's.
        notices.retain(|notice| notice.to != HANDLERS);
    }
    one_each(notices, author, step)
}

impl Case {
    /// A mail about it did not arrive. Support alone sees whose, and whether they are written to no more.
    pub(crate) fn notice_failed(
        self,
        to: Option<AccountId>,
        (reason, is_stopped): (&str, bool),
        at: DateTime<Utc>,
    ) -> Step {
        let reason = format!("{reason}{}", if is_stopped { ", written to no more" } else { "" });
        let told = to.map_or(reason.clone(), |account| format!("{account}: {reason}"));
        Step::from(self, &Actor::clock(), at).noted(Change::Notices, None, Some(told)).done()
    }
}

/// Each person once, and the author only of a case that was opened: then it is said that it came. What came by mail is
/// answered by whoever judges the mail.
fn one_each(notices: Vec<Notice>, author: Option<AccountId>, step: &Step) -> Vec<Notice> {
    let mut told = Vec::new();
    let is_own =
        |notice: &Notice| matches!(notice.to, Recipient::Account(account, _) if Some(account) == author);
    let is_receipt = |notice: &Notice| {
        let opened = matches!(notice.kind, NoticeKind::Opened | NoticeKind::FollowUpOpened);
        opened && step.by.channel != Channel::Mail && step.case.requester == author
    };
    for notice in notices {
        let is_told = told.iter().any(|before: &Notice| same(before.to, notice.to));
        if !is_told && (!is_own(&notice) || is_receipt(&notice)) {
            told.push(notice);
        }
    }
    told
}

fn same(one: Recipient, other: Recipient) -> bool {
    match (one, other) {
        (Recipient::Account(one, _), Recipient::Account(other, _)) => one == other,
        (one, other) => one == other,
    }
}

/// What the partner's people are told, if anything: the last thing that a command did says it all.
fn kind_for_partner(step: &Step) -> Option<NoticeKind> {
    let has = |event: &CaseEvent| step.events.contains(event);
    let is_message = step.events.iter().any(|event| matches!(event, CaseEvent::MessageAdded(_)));
    let is_reminder = step.history.iter().any(|entry| entry.change == Change::Reminded);
    [
        (has(&CaseEvent::Opened), NoticeKind::Opened),
        (has(&CaseEvent::FollowUpOpened), NoticeKind::FollowUpOpened),
        (has(&CaseEvent::Closed), NoticeKind::Closed),
        (has(&CaseEvent::Solved), NoticeKind::Solved),
        (has(&CaseEvent::Waiting), NoticeKind::Waiting),
        (has(&CaseEvent::Reopened), NoticeKind::Reopened),
        (is_message, NoticeKind::Message),
        (is_reminder, NoticeKind::Reminder),
    ]
    .into_iter()
    .find_map(|(is_so, kind)| is_so.then_some(kind))
}

/// What whoever has it is told, if anything.
fn kind_for_support(step: &Step) -> Option<NoticeKind> {
    let is_partners = step.by.side == Side::Partner;
    let is_over = |event: &CaseEvent| matches!(event, CaseEvent::Due { alarm: Alarm::Breach, .. });
    if step.events.iter().any(is_over) {
        return Some(NoticeKind::Overdue);
    }
    step.events.iter().find_map(|event| match event {
        CaseEvent::Opened | CaseEvent::FollowUpOpened if is_partners => Some(NoticeKind::New),
        CaseEvent::MessageAdded(_) if is_partners => Some(NoticeKind::Answered),
        CaseEvent::NoteAdded(_) => Some(NoticeKind::Note),
        CaseEvent::Assigned(_) => Some(NoticeKind::Assigned),
        CaseEvent::Due { .. } => Some(NoticeKind::DueSoon),
        _ => None,
    })
}

/// The people of a case with the organizations they belong to; watchers are not reminded, nobody's answer is theirs.
fn people(case: &Case, kind: NoticeKind) -> impl Iterator<Item = (AccountId, Option<OrganizationId>)> {
    let requester = case.requester.map(|requester| (requester, Some(case.organization.id)));
    let watchers = case.people(Role::Watcher).filter(move |_| kind != NoticeKind::Reminder);
    let others = case.people(Role::Participant).chain(watchers);
    let others = others.map(|one| (one.account, (!is_of_platform(case, one)).then_some(one.member_of)));
    requester.into_iter().chain(others)
}

fn is_of_platform(case: &Case, person: &Participant) -> bool {
    person.member_of != case.organization.id
}
