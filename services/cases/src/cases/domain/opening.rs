//! How a case begins: opened by somebody, or as the follow-up of a closed one.

use careway_kernel::{AccountId, CaseId, HumanNumber, Redacted};
use chrono::{DateTime, Datelike, Utc};

use super::{
    Actor, Answers, Case, CaseLink, Identifier, Kind, Organization, Participant, Role, Severity, State,
    people::MOST,
    step::{CaseEvent, Change, NewMessage, Step},
};
use crate::service_levels::domain::clocks::{Clocks, Due};

/// The prefix of cases' numbers.
pub(crate) const NUMBER_PREFIX: &str = "S";

/// What a case is opened with.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) kind: Kind,
    pub(crate) topic: String,
    pub(crate) form_version: i32,
    pub(crate) subject: Redacted,
    pub(crate) answers: Answers,
    pub(crate) identifiers: Vec<Identifier>,
    pub(crate) external_id: Option<String>,
    pub(crate) severity: Severity,
    /// The person it is for.
    pub(crate) requester: Option<AccountId>,
    /// Others of the organization who take part from the beginning.
    pub(crate) participants: Vec<AccountId>,
}

/// What is drawn for a new case.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drawn {
    pub(crate) id: CaseId,
    /// Of the sequence of numbers.
    pub(crate) sequence: i64,
}

impl Case {
    /// A case of this organization begins, with its first message.
    pub(crate) fn open(
        opening: Opening,
        organization: Organization,
        drawn: Drawn,
        message: NewMessage,
        (by, at): (&Actor, DateTime<Utc>),
    ) -> Step {
        let others = opening.participants.clone();
        let case = Self::begun(opening, organization, drawn, by, at);
        let mut step = Step::from(case, by, at).changed(Change::Opened, None, None);
        let member_of = step.case.organization.id;
        for account in step.case.requester.into_iter().chain(others).take(MOST) {
            step.joins(account, Role::Participant, member_of);
        }
        let added = CaseEvent::MessageAdded(message.id);
        step.message = Some(message);
        step.says(CaseEvent::Opened).says(added)
    }

    /// The follow-up of a closed case begins: with its topic, identifiers and people, and in the thread of its mails.
    pub(crate) fn open_follow_up_of(
        closed: &Self,
        subject: Option<Redacted>,
        drawn: Drawn,
        message: NewMessage,
        (by, at): (&Actor, DateTime<Utc>),
    ) -> Step {
        let organization = closed.organization.clone();
        let is_own = |person: &&Participant| person.member_of == organization.id;
        let author = by.account.filter(|_| by.side == super::Side::Partner);
        let opening = Opening {
            kind: closed.kind,
            topic: closed.topic.clone(),
            form_version: closed.form_version,
            subject: subject.unwrap_or_else(|| closed.subject.clone()),
            answers: Answers::default(),
            identifiers: closed.identifiers.clone(),
            external_id: closed.external_id.clone(),
            severity: closed.severity,
            requester: author.or(closed.requester),
            participants: closed.people(Role::Participant).filter(is_own).map(|it| it.account).collect(),
        };
        let mut step = Self::open(opening, organization, drawn, message, (by, at));
        step.case.thread_root = closed.thread_root;
        step.case.follow_up_of =
            Some(CaseLink { id: closed.id, number: closed.number.clone(), state: State::Closed });
        step.events[0] = CaseEvent::FollowUpOpened;
        step
    }

    fn begun(
        opening: Opening,
        organization: Organization,
        drawn: Drawn,
        by: &Actor,
        at: DateTime<Utc>,
    ) -> Self {
        let year = at.with_timezone(&organization.time_zone).year();
        let sequence = drawn.sequence.unsigned_abs();
        Self {
            id: drawn.id,
            number: HumanNumber::new(NUMBER_PREFIX, year, sequence).to_string(),
            organization,
            kind: opening.kind,
            topic: opening.topic,
            form_version: opening.form_version,
            severity: opening.severity,
            state: State::Open,
            channel: by.channel,
            subject: opening.subject,
            answers: opening.answers,
            identifiers: opening.identifiers,
            external_id: opening.external_id,
            requester: opening.requester,
            assignee: None,
            follow_up_of: None,
            follow_ups: Vec::new(),
            thread_root: drawn.id,
            participants: Vec::new(),
            opened_at: at,
            updated_at: at,
            state_since: at,
            solved_at: None,
            closed_at: None,
            reminders: 0,
            wakes_at: None,
            clocks: Clocks::opened(at),
            due: Due::default(),
            clock_basis: 0,
            version: 1,
        }
    }
}
