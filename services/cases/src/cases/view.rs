//! Cases as the contract shows them.

use careway_contract::cases::v1::{
    self as proto,
    case::{
        Action as ActionMessage, Channel as ChannelMessage, Kind as KindMessage, Severity as SeverityMessage,
        State as StateMessage,
    },
    case_change::Change as ChangeMessage,
    case_message::Side as SideMessage,
};
use careway_kernel::{AccountId, Redacted};
use careway_service::{timestamp, version};

use super::{
    domain::{
        Case, CaseLink, Channel, Identifier, Kind, Role, Severity, Side, State,
        actions::{Action, Powers},
        step::Step,
    },
    store::{history::KeptEntry, message::Message},
};
use crate::{
    attachments::{self, domain::Attachment},
    json,
};

/// A case as who has these powers sees it: a partner only its own people among those who are with it.
pub(super) fn case(case: &Case, powers: Powers) -> proto::Case {
    let people = |role| {
        let shown = case
            .people(role)
            .filter(|person| powers.side == Side::Support || person.member_of == case.organization.id);
        shown.map(|person| person.account.to_string()).collect()
    };
    let given = case.answers.given.as_ref().and_then(|given| serde_json::from_str(given.expose()).ok());
    proto::Case {
        case_id: case.id.to_string(),
        number: case.number.clone(),
        organization_id: case.organization.id.to_string(),
        organization_name: case.organization.name.clone(),
        kind: kind(case.kind).into(),
        topic: case.topic.clone(),
        form_version: case.form_version,
        severity: severity(case.severity).into(),
        state: state(case.state).into(),
        channel: channel(case.channel).into(),
        subject: case.subject.expose().to_owned(),
        answers: given.as_ref().map(json::to_struct),
        unknown: case.answers.unknown.clone(),
        identifiers: case.identifiers.iter().map(identifier).collect(),
        external_id: case.external_id.clone().unwrap_or_default(),
        requester_id: account(case.requester),
        assignee_id: account(case.assignee),
        participant_ids: people(Role::Participant),
        watcher_ids: people(Role::Watcher),
        follow_up_of: case.follow_up_of.as_ref().map(link),
        follow_ups: case.follow_ups.iter().map(link).collect(),
        opened_at: Some(timestamp(case.opened_at)),
        updated_at: Some(timestamp(case.updated_at)),
        solved_at: case.solved_at.map(timestamp),
        closed_at: case.closed_at.map(timestamp),
        due_at: case.due.due_at.map(timestamp),
        actions: case.actions(powers).into_iter().map(|one| action(one).into()).collect(),
        version: version(case.version),
    }
}

/// A message; only support is told that there is a mail to be read.
pub(super) fn message(message: &Message, for_support: bool) -> proto::CaseMessage {
    proto::CaseMessage {
        message_id: message.id.to_string(),
        side: side(message.side).into(),
        author_id: account(message.author),
        channel: channel(message.channel).into(),
        internal: message.internal,
        body: text(message.body.as_ref()),
        written_at: Some(timestamp(message.written_at)),
        redacted_at: message.redacted_at.map(timestamp),
        has_original: for_support && message.inbound_mail.is_some() && message.redacted_at.is_none(),
        attachments: Vec::new(),
    }
}

/// What a step said.
pub(super) fn said(step: &Step) -> Option<proto::CaseMessage> {
    let said = step.message.as_ref()?;
    Some(proto::CaseMessage {
        message_id: said.id.to_string(),
        side: side(step.by.side).into(),
        author_id: account(step.by.account),
        channel: channel(step.by.channel).into(),
        internal: said.internal,
        body: said.body.expose().to_owned(),
        written_at: Some(timestamp(step.at)),
        redacted_at: None,
        has_original: false,
        attachments: Vec::new(),
    })
}

/// A line of the history.
pub(super) fn change(entry: &KeptEntry) -> proto::CaseChange {
    proto::CaseChange {
        change: change_name(entry.change.as_str()).into(),
        actor: entry.actor.clone(),
        channel: channel(entry.channel).into(),
        before: text(entry.before.as_ref()),
        after: text(entry.after.as_ref()),
        internal: entry.internal,
        at: Some(timestamp(entry.at)),
    }
}

/// A change by its name in the history, which the contract has as well.
pub(super) fn change_name(name: &str) -> ChangeMessage {
    ChangeMessage::from_str_name(name).unwrap_or_default()
}

fn text(words: Option<&Redacted>) -> String {
    words.map(|words| words.expose().to_owned()).unwrap_or_default()
}

fn account(account: Option<AccountId>) -> String {
    account.map(|account| account.to_string()).unwrap_or_default()
}

fn identifier(identifier: &Identifier) -> proto::CaseIdentifier {
    proto::CaseIdentifier { name: identifier.name.clone(), value: identifier.value.clone() }
}

fn link(link: &CaseLink) -> proto::CaseLink {
    proto::CaseLink {
        case_id: link.id.to_string(),
        number: link.number.clone(),
        state: state(link.state).into(),
    }
}

fn kind(kind: Kind) -> KindMessage {
    match kind {
        Kind::Question => KindMessage::Question,
        Kind::Complaint => KindMessage::Complaint,
    }
}

/// A kind that was given.
pub(super) fn parse_kind(given: KindMessage) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|known| kind(*known) == given)
}

fn severity(severity: Severity) -> SeverityMessage {
    match severity {
        Severity::Low => SeverityMessage::Low,
        Severity::Normal => SeverityMessage::Normal,
        Severity::High => SeverityMessage::High,
        Severity::Urgent => SeverityMessage::Urgent,
    }
}

/// A severity that was given.
pub(super) fn parse_severity(given: SeverityMessage) -> Option<Severity> {
    Severity::ALL.iter().copied().find(|known| severity(*known) == given)
}

fn state(state: State) -> StateMessage {
    match state {
        State::Open => StateMessage::Open,
        State::InProgress => StateMessage::InProgress,
        State::WaitingOnPartner => StateMessage::WaitingOnPartner,
        State::Solved => StateMessage::Solved,
        State::Closed => StateMessage::Closed,
    }
}

/// A state that was given.
pub(super) fn parse_state(given: StateMessage) -> Option<State> {
    State::ALL.iter().copied().find(|known| state(*known) == given)
}

fn channel(channel: Channel) -> ChannelMessage {
    match channel {
        Channel::Portal => ChannelMessage::Portal,
        Channel::Api => ChannelMessage::Api,
        Channel::Mail => ChannelMessage::Mail,
        Channel::Timer => ChannelMessage::Clock,
    }
}

fn side(side: Side) -> SideMessage {
    match side {
        Side::Partner => SideMessage::Partner,
        Side::Support => SideMessage::Support,
        Side::System => SideMessage::System,
    }
}

fn action(action: Action) -> ActionMessage {
    match action {
        Action::Answer => ActionMessage::Answer,
        Action::Note => ActionMessage::Note,
        Action::Update => ActionMessage::Update,
        Action::Attach => ActionMessage::Attach,
        Action::ChangeParticipants => ActionMessage::ChangeParticipants,
        Action::Assign => ActionMessage::Assign,
        Action::Wait => ActionMessage::Wait,
        Action::Solve => ActionMessage::Solve,
        Action::Close => ActionMessage::Close,
        Action::FollowUp => ActionMessage::FollowUp,
        Action::Redact => ActionMessage::Redact,
    }
}

/// A message with those of these files that are its own.
pub(super) fn with_files(mut message: proto::CaseMessage, files: &[Attachment]) -> proto::CaseMessage {
    let own = files.iter().filter(|file| file.message.is_some_and(|of| of.to_string() == message.message_id));
    message.attachments = own.map(attachments::view::attachment).collect();
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::domain::step::Change;

    #[test]
    fn the_contract_has_every_change_of_the_history() {
        for known in Change::ALL {
            assert_ne!(change_name(known.as_str()), ChangeMessage::Unspecified, "{known:?}");
        }
    }
}
