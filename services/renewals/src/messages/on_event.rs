//! What renewals does when others' events arrive: it keeps the messages that the rules make of them.
//!
//! No call to another service runs inside the transaction: whom a message goes to, in which language, and its words are
//! found out when it is sent.

use std::collections::{BTreeSet, HashMap};

use anyhow::Context;
use bytes::Bytes;
use careway_events::{Consumers, Received};
use careway_kernel::MessageId;
use careway_service::{Result, Transaction};
use prost_reflect::{DescriptorPool, DynamicMessage, Value};

use super::{
    domain::{
        about::{About, Event, Reader},
        message::{Channel, NewMessage, Priority},
        rules::{RULES, rules_for},
    },
    store::queue,
};
use crate::App;

/// Has every event of the rules heard.
pub(crate) fn hear(consumers: Consumers, app: &App) -> Consumers {
    let event_types: BTreeSet<_> = RULES.iter().map(|rule| rule.event_type()).collect();
    event_types.iter().fold(consumers, |consumers, event_type| {
        let (contract, name) = (app.contract.clone(), event_type.clone());
        let decode = move |payload| read(&contract, &name, payload).ok();
        consumers.on_any(purpose(&app.contract, event_type), event_type, decode, app.clone(), keep_messages)
    })
}

/// One durable consumer for each kind of thing: a burst of claims holds up no admission.
fn purpose(contract: &DescriptorPool, event_type: &str) -> &'static str {
    let descriptor = contract.get_message_by_name(event_type);
    let subject = descriptor.and_then(|event| event.get_field(1));
    match subject.as_ref().map_or("", |field| field.name()) {
        "visit_id" => "visit_notices",
        "claim_id" | "payment_advice_id" => "claim_notices",
        "preauthorization_id" => "preauthorization_notices",
        "prescription_id" => "prescription_notices",
        "case_notice_id" => "case_notices",
        _ => "notices",
    }
}

/// Keeps a message for each rule that applies, once for event, template and reader.
pub(crate) async fn keep_messages(app: &App, tx: &mut Transaction, received: Received<Event>) -> Result<()> {
    let now = tx.now();
    for rule in rules_for(&received.message.event_type) {
        let Some(about) = rule.about(&received.message) else { continue };
        let channel = channel(&about);
        let message = NewMessage {
            id: MessageId::new(&app.foundation.clock),
            organization: received.organization,
            dedupe_key: format!("{}:{}:{}", rule.template, received.event_id, about.reader.id()),
            channel,
            priority: Priority::Transactional,
            template: rule.template.to_owned(),
            due_at: now,
            expires_at: now + channel.good_for(),
        };
        queue::insert_message(tx, &message, None, Some(&about), now).await?;
        tx.wake_after_commit(app.wakes.of(channel).clone());
    }
    Ok(())
}

fn channel(about: &About) -> Channel {
    match about.reader {
        Reader::Member { .. } => Channel::Sms,
        Reader::Staff { .. } | Reader::Author { .. } | Reader::Named => Channel::Email,
    }
}

/// An event, by the contract.
pub(crate) fn read(contract: &DescriptorPool, event_type: &str, payload: Bytes) -> anyhow::Result<Event> {
    let descriptor = contract.get_message_by_name(event_type).context("an event of the contract")?;
    let context = event_type.split('.').nth(1).unwrap_or_default().to_owned();
    let subject = descriptor.get_field(1).context("an event names what it is about in its first field")?;
    let kind = subject.name().trim_end_matches("_id").to_uppercase();
    let message = DynamicMessage::decode(descriptor.clone(), payload)?;
    let field = |field: prost_reflect::FieldDescriptor| {
        let text = match message.get_field(&field).as_ref() {
            Value::String(text) => text.clone(),
            Value::Bool(flag) => flag.to_string(),
            _ => return None,
        };
        Some((field.name().to_owned(), text))
    };
    let fields: HashMap<_, _> = descriptor.fields().filter_map(field).collect();
    let id = fields.get(subject.name()).cloned().unwrap_or_default();
    Ok(Event { event_type: event_type.to_owned(), context, kind, id, fields })
}
