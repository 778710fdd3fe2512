//! What renewals says of messages.

use careway_contract::renewals::v1::{
    MessageAccepted, MessageBounced, MessageDelivered, MessageFailed, MessageSubject,
};
use careway_events::{Fact, record};
use careway_kernel::OrganizationId;
use careway_service::Transaction;
use uuid::Uuid;

use super::{
    domain::bounce::BounceKind,
    store::{bounces::SentMail, queue::Taken, receipts::Reported, upkeep::Lost},
};

/// The message of which something is said.
pub(super) struct Said {
    message_id: Uuid,
    organization_id: Option<Uuid>,
    channel: String,
    template: String,
    /// What it is about, as it is kept; a newer version may keep more.
    subject: Option<serde_json::Value>,
    /// Before the change.
    version: i64,
}

impl Said {
    pub(super) fn of(message: &Taken) -> Self {
        let Taken { message_id, organization_id, channel, template, subject, version, .. } = message.clone();
        Self { message_id, organization_id, channel, template, subject, version }
    }

    pub(super) fn of_reported(message: &Reported) -> Self {
        Self {
            message_id: message.message_id,
            organization_id: message.organization_id,
            channel: message.channel.clone(),
            template: message.template.clone(),
            subject: message.subject.clone(),
            version: message.version,
        }
    }

    pub(super) fn of_mail(message: &SentMail) -> Self {
        Self {
            message_id: message.message_id,
            organization_id: message.organization_id,
            channel: message.channel.clone(),
            template: message.template.clone(),
            subject: message.subject.clone(),
            version: message.version,
        }
    }

    pub(super) fn of_lost(message: Lost) -> Self {
        let Lost { message_id, organization_id, channel, template, subject, version } = message;
        Self { message_id, organization_id, channel, template, subject, version: version - 1 }
    }

    fn names(&self) -> (String, String, String) {
        (self.message_id.to_string(), self.channel.clone(), self.template.clone())
    }

    fn about(&self) -> Option<MessageSubject> {
        let subject = self.subject.as_ref()?;
        let field = |name: &str| subject[name].as_str().unwrap_or_default().to_owned();
        Some(MessageSubject { context: field("context"), kind: field("kind"), id: field("id") })
    }
}

/// A route took the message.
pub(super) fn record_accepted(tx: &mut Transaction, message: &Said) {
    let (message_id, channel, template) = message.names();
    record_for(
        tx,
        message,
        Fact::new(MessageAccepted { message_id, channel, template, about: message.about() }),
    );
}

/// The message is on the phone.
pub(super) fn record_delivered(tx: &mut Transaction, message: &Said) {
    let (message_id, channel, template) = message.names();
    record_for(
        tx,
        message,
        Fact::new(MessageDelivered { message_id, channel, template, about: message.about() }),
    );
}

/// The message will not be sent any more, or did not arrive.
pub(super) fn record_failed(tx: &mut Transaction, message: &Said, outcome: &str) {
    let (message_id, channel, template) = message.names();
    let (outcome, about) = (outcome.to_owned(), message.about());
    record_for(tx, message, Fact::new(MessageFailed { message_id, channel, template, outcome, about }));
}

/// A mail server reported that the message did not arrive; perhaps that the address is not to be written to any more.
pub(super) fn record_bounced(tx: &mut Transaction, message: &Said, kind: BounceKind, suspect: bool) {
    let (message_id, channel, template) = message.names();
    let (kind, about) = (kind.as_str().to_owned(), message.about());
    record_for(
        tx,
        message,
        Fact::new(MessageBounced { message_id, channel, template, kind, suspect, about }),
    );
}

fn record_for(tx: &mut Transaction, message: &Said, fact: Fact) {
    let fact = fact.about(message.message_id, message.version + 1);
    let fact = match message.organization_id {
        Some(organization) => fact.of(OrganizationId::from_uuid(organization)),
        None => fact,
    };
    record(tx, fact);
}
