//! A mail as a message of a case, and as a case of its own.

use careway_kernel::{AccountId, CaseMessageId, Redacted};
use uuid::Uuid;

use super::domain::mail::Mail;
use crate::{
    App,
    cases::domain::{
        Actor, Answers, Channel, Identifier, Kind, Severity, Side, opening::Opening, step::NewMessage,
    },
};

/// The topic of a case that a mail opened; its notice leads to the questions of the others.
pub(super) const TOPIC: &str = "mail";

/// Characters of a case's subject.
const LONGEST_SUBJECT: usize = 200;

/// Characters of a message; the original has them all.
const LONGEST_BODY: usize = 65_535;

/// A person who wrote by mail.
pub(super) fn actor(side: Side, by: AccountId) -> Actor {
    Actor { side, account: Some(by), subject: format!("account:{by}"), channel: Channel::Mail }
}

/// What a case that a mail opens says of itself.
pub(super) fn opening(
    mail: &Mail,
    by: AccountId,
    mentioned: &[String],
    participants: Vec<AccountId>,
) -> Opening {
    let case = |number: &String| Identifier { name: "case".to_owned(), value: number.clone() };
    opening_of(&mail.subject, by, mentioned.iter().map(case).collect(), participants)
}

/// A case of a mail's subject.
pub(super) fn opening_of(
    subject: &str,
    by: AccountId,
    identifiers: Vec<Identifier>,
    participants: Vec<AccountId>,
) -> Opening {
    let subject: String = subject.chars().take(LONGEST_SUBJECT).collect();
    let subject = if subject.trim().is_empty() { "(no subject)".to_owned() } else { subject };
    Opening {
        kind: Kind::Question,
        topic: TOPIC.to_owned(),
        form_version: 0,
        subject: Redacted::new(subject),
        answers: Answers::default(),
        identifiers,
        external_id: None,
        severity: Severity::Normal,
        requester: Some(by),
        participants,
    }
}

/// A mail's words as a message.
pub(super) fn message(app: &App, mail: &Mail, inbound_mail: Uuid, is_internal: bool) -> NewMessage {
    let unreadable = mail.unreadable.is_some();
    message_of(app, &mail.words.visible, unreadable, inbound_mail, is_internal)
}

/// The words of a mail as a message. It is never empty.
pub(super) fn message_of(
    app: &App,
    words: &str,
    is_unreadable: bool,
    inbound_mail: Uuid,
    is_internal: bool,
) -> NewMessage {
    let words: String = words.chars().take(LONGEST_BODY).collect();
    let body = match (words.is_empty(), is_unreadable) {
        (false, _) => words,
        (true, true) => "(encrypted: nobody can read it here)".to_owned(),
        (true, false) => "(no words)".to_owned(),
    };
    NewMessage {
        id: CaseMessageId::new(&app.clock),
        internal: is_internal,
        body: Redacted::new(body),
        inbound_mail: Some(inbound_mail),
    }
}
