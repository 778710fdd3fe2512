//! Publishes a batch of outbox rows: in order within an aggregate, side by side across aggregates.

use std::collections::HashMap;

use anyhow::Context;
use async_nats::jetstream::message::PublishMessage;
use careway_service::telemetry;
use futures::{StreamExt, stream};
use tracing::{Instrument, Span, info_span};

use crate::{
    bus::Bus,
    envelope::Envelope,
    outbox::{Published, Row},
    stream::Stream,
};

/// How many aggregates are published at once; more in flight is not faster.
const IN_FLIGHT: usize = 256;

/// What became of a batch.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Acknowledged rows.
    pub(crate) published: Vec<Published>,
    /// Rows that failed, and why. What followed them in their aggregate was not tried.
    pub(crate) failed: Vec<(i64, String)>,
    /// The lowest place given to a message the stream had not held.
    pub(crate) lowest_new: Option<i64>,
}

/// Publishes these rows, and returns when each is acknowledged or has failed.
pub(crate) async fn publish(bus: &Bus, stream: &Stream, context: &str, rows: Vec<Row>) -> Outcome {
    let name = stream.name();
    let mut chains = stream::iter(by_aggregate(rows))
        .map(|chain| publish_in_order(bus, stream, &name, context, chain))
        .buffer_unordered(IN_FLIGHT);
    let mut outcome = Outcome::default();
    while let Some(chain) = chains.next().await {
        outcome.published.extend(chain.published);
        outcome.failed.extend(chain.failed);
        outcome.lowest_new = [outcome.lowest_new, chain.lowest_new].into_iter().flatten().min();
    }
    outcome
}

/// The rows of each aggregate, in order, the aggregate with the oldest row first.
fn by_aggregate(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut places = HashMap::new();
    let mut chains: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        let place = *places.entry(row.aggregate_id).or_insert_with(|| {
            chains.push(Vec::new());
            chains.len() - 1
        });
        chains[place].push(row);
    }
    chains
}

async fn publish_in_order(bus: &Bus, stream: &Stream, name: &str, context: &str, chain: Vec<Row>) -> Outcome {
    let mut outcome = Outcome::default();
    for row in chain {
        let (id, refill) = (row.id, row.refill);
        match publish_row(bus, stream, name, context, row).await {
            Ok((sequence, new)) => {
                outcome.published.push(Published { id, refill, sequence });
                if new {
                    outcome.lowest_new =
                        Some(outcome.lowest_new.map_or(sequence, |lowest| lowest.min(sequence)));
                }
            }
            Err(error) => {
                outcome.failed.push((id, format!("{error:#}")));
                break;
            }
        }
    }
    outcome
}

/// The row's place in the stream, and whether it is new there.
async fn publish_row(
    bus: &Bus,
    stream: &Stream,
    name: &str,
    context: &str,
    row: Row,
) -> anyhow::Result<(i64, bool)> {
    let (subject, message_id) = (stream.subject(&row.event_type), message_id(&row));
    let (mut envelope, payload) = row.split();
    let span = span(&envelope, context, &subject);
    // Whoever hears of it goes on from here; where nothing is recorded, from what the operation noted.
    envelope.traceparent = span.in_scope(telemetry::current_traceparent).or(envelope.traceparent);
    let message = PublishMessage::build()
        .headers(envelope.write(context))
        .message_id(message_id)
        .expected_stream(name)
        .payload(payload.into());
    let publish = async { anyhow::Ok(bus.jetstream.send_publish(subject, message).await?.await?) };
    let ack = publish.instrument(span).await?;
    Ok((i64::try_from(ack.sequence).context("the stream's sequence overflows")?, !ack.duplicate))
}

/// A span in the trace that the event was recorded in; none costs nothing.
fn span(envelope: &Envelope, context: &str, subject: &str) -> Span {
    let Some(recorded) = envelope.traceparent.as_deref().filter(|trace| telemetry::is_recorded(trace)) else {
        return Span::none();
    };
    let span = info_span!(
        "publish",
        otel.name = format!("{context}.publish"),
        otel.kind = "producer",
        messaging.system = "nats",
        messaging.operation.name = "publish",
        messaging.operation.type = "send",
        messaging.destination.name = subject,
        messaging.message.id = %envelope.event_id,
        event_type = envelope.event_type,
    );
    telemetry::continue_trace(&span, Some(recorded));
    span
}

/// A refilled event needs a new one: within the duplicate window the server would swallow the old.
fn message_id(row: &Row) -> String {
    match row.refill {
        0 => row.event_id.to_string(),
        refill => format!("{}#r{refill}", row.event_id),
    }
}
