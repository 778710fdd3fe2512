//! What renewals says of messages.

use careway_contract::renewals::v1::{MessageAccepted, MessageFailed};
use careway_events::{Fact, record};
use careway_kernel::OrganizationId;
use careway_service::Transaction;

use super::store::Submitted;

/// A route took the message.
pub(super) fn record_accepted(tx: &mut Transaction, message: &Submitted) {
    let Submitted { message_id, channel, template, .. } = message;
    let (message_id, channel, template) = (message_id.to_string(), channel.clone(), template.clone());
    record_for(tx, message, Fact::new(MessageAccepted { message_id, channel, template }));
}

/// The message will not be sent any more.
pub(super) fn record_failed(tx: &mut Transaction, message: &Submitted, outcome: &str) {
    let Submitted { message_id, channel, template, .. } = message;
    let (message_id, channel, template) = (message_id.to_string(), channel.clone(), template.clone());
    let outcome = outcome.to_owned();
    record_for(tx, message, Fact::new(MessageFailed { message_id, channel, template, outcome }));
}

fn record_for(tx: &mut Transaction, message: &Submitted, fact: Fact) {
    let fact = fact.about(message.message_id, message.version + 1);
    let fact = match message.organization_id {
        Some(organization) => fact.of(OrganizationId::from_uuid(organization)),
        None => fact,
    };
    record(tx, fact);
}
