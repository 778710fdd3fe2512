//! Events of every context, as they come: each is kept for the endpoints that hear it. Its key keeps one that comes again from
//! being sent twice.

use std::collections::BTreeSet;

use careway_events::{RawMessage, Received};
use careway_service::{Error, Result, Transaction};

use super::store::{self, NewMessage};
use crate::{
    App,
    event_types::webhook_body,
    webhook_endpoints::{self, domain::audience::Happened},
};

/// Bytes of a body.
const LONGEST: usize = 20 * 1024;

pub(crate) async fn events(app: &App, tx: &mut Transaction, events: Vec<Received<RawMessage>>) -> Result<()> {
    if let Some(newer) = events.iter().find(|event| !app.catalogue.knows(&event.message.event_type)) {
        let unknown = anyhow::anyhow!("{} is not of this contract", newer.message.event_type);
        return Err(Error::internal(unknown));
    }
    let told = |event: &&Received<RawMessage>| app.catalogue.told(&event.message.event_type).is_some();
    let parties = events.iter().filter(told).flat_map(|event| [event.organization, event.also]);
    let parties: Vec<_> = parties.flatten().collect::<BTreeSet<_>>().into_iter().collect();
    if parties.is_empty() {
        return Ok(());
    }
    let endpoints = webhook_endpoints::store::list_endpoints_of(tx, &parties).await?;
    let mut messages = Vec::new();
    let mut hearers = Vec::new();
    for event in events.iter().filter(told) {
        let happened = Happened {
            event_type: &event.message.event_type,
            told: app.catalogue.told(&event.message.event_type),
            subject: event.aggregate,
            parties: [event.organization, event.also],
            at: event.occurred_at,
        };
        let before = hearers.len();
        let heard = endpoints.iter().filter(|endpoint| endpoint.hears(&happened));
        hearers.extend(heard.map(|endpoint| (endpoint.id, event.event_id)));
        if hearers.len() > before {
            messages.push(message(app, event)?);
        }
    }
    if messages.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    store::insert_messages(tx, messages).await?;
    store::insert_deliveries(tx, &hearers, now).await?;
    tx.wake_after_commit(app.webhook_due.clone());
    Ok(())
}

fn message(app: &App, event: &Received<RawMessage>) -> Result<NewMessage> {
    let RawMessage { event_type, payload } = &event.message;
    let data = app.catalogue.data(event_type, payload)?;
    let subject = (event.aggregate, event.version);
    let body = webhook_body(event_type, event.occurred_at, data, event.organization, subject);
    if body.len() > LONGEST {
        return Err(Error::internal(anyhow::anyhow!("the webhook of a {event_type} is too long")));
    }
    Ok(NewMessage {
        event: event.event_id,
        organization: event.organization,
        also: event.also,
        event_type: event_type.clone(),
        subject: event.aggregate,
        version: event.version,
        occurred_at: event.occurred_at,
        body,
    })
}
