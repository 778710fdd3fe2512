//! A context's stream: its name, its subjects and its bounds, each in one place.

use std::time::Duration;

use anyhow::{Context, ensure};
use async_nats::jetstream::stream::{self, Config, DiscardPolicy, Info, RetentionPolicy, StorageType};

use crate::bus::Bus;

/// How long a stream keeps an event; the outbox keeps its published rows as long, to refill it. A service that was away
/// for longer misses events; what is kept longer takes room that new events need.
pub(crate) const KEPT: Duration = Duration::from_secs(3 * 24 * 3600);
/// From here on somebody should give a stream more room: what is full takes no more events.
const NEARLY_FULL: f64 = 0.7;
/// Within this time JetStream itself drops a repeated event. Only an economy: the inbox is what makes effects single.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(600);
const LARGEST_MESSAGE: i32 = 256 << 10;

/// The stream of one context's events.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stream {
    prefix: String,
    context: String,
}

impl Stream {
    /// The stream of `context`, like `visits`, in the installation with this prefix.
    pub fn new(prefix: &str, context: &str) -> Self {
        Self { prefix: prefix.to_owned(), context: context.to_owned() }
    }

    /// Its name on the server, like `EVT_VISITS`.
    pub fn name(&self) -> String {
        let mut name = self.prefix.clone();
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str("EVT_");
        name.push_str(&self.context);
        name.to_uppercase()
    }

    /// Where an event of this type is published, like `evt.visits.VisitAdmitted`.
    pub fn subject(&self, event_type: &str) -> String {
        let event = event_type.rsplit('.').next().unwrap_or(event_type);
        self.under(event)
    }

    /// Every subject of the context.
    pub fn subjects(&self) -> String {
        self.under(">")
    }

    fn under(&self, last: &str) -> String {
        let separator = if self.prefix.is_empty() { "" } else { "." };
        format!("{}{separator}evt.{}.{last}", self.prefix, self.context)
    }

    fn config(&self, bus: &Bus) -> Config {
        Config {
            name: self.name(),
            subjects: vec![self.subjects()],
            description: Some(format!("What {} says", self.context)),
            storage: StorageType::File,
            retention: RetentionPolicy::Limits,
            // Full is an error that the outbox waits out; dropping the oldest would lose them unseen.
            discard: DiscardPolicy::New,
            max_age: KEPT,
            max_bytes: bus.stream_max_bytes(),
            max_message_size: LARGEST_MESSAGE,
            num_replicas: bus.stream_replicas(),
            duplicate_window: DUPLICATE_WINDOW,
            deny_delete: true,
            allow_direct: true,
            ..Config::default()
        }
    }

    /// The stream, created when absent.
    pub(crate) async fn open(&self, bus: &Bus) -> anyhow::Result<stream::Stream> {
        bus.jetstream
            .get_or_create_stream(self.config(bus))
            .await
            .with_context(|| format!("the stream {} cannot be opened", self.name()))
    }

    /// The stream as its owner wants it: created when absent, bounds adjusted, and refused when it is something else.
    pub(crate) async fn ensure(&self, bus: &Bus) -> anyhow::Result<stream::Stream> {
        let mut stream = self.open(bus).await?;
        let wanted = self.config(bus);
        let found = &stream.cached_info().config;
        ensure!(
            found.subjects == wanted.subjects
                && found.storage == wanted.storage
                && found.retention == wanted.retention
                && found.deny_delete == wanted.deny_delete,
            "a stream {} of another kind is there: it must keep {} in files under limits, with deletes denied",
            wanted.name,
            self.subjects()
        );
        if bounds(found) != bounds(&wanted) {
            let adjusted = Config {
                discard: wanted.discard,
                max_age: wanted.max_age,
                max_bytes: wanted.max_bytes,
                max_message_size: wanted.max_message_size,
                num_replicas: wanted.num_replicas,
                duplicate_window: wanted.duplicate_window,
                allow_direct: wanted.allow_direct,
                ..found.clone()
            };
            bus.jetstream.update_stream(adjusted).await.context("the stream's bounds cannot be adjusted")?;
            stream.info().await?;
        }
        Ok(stream)
    }
}

fn bounds(config: &Config) -> (DiscardPolicy, Duration, i64, i32, usize, Duration, bool) {
    (
        config.discard,
        config.max_age,
        config.max_bytes,
        config.max_message_size,
        config.num_replicas,
        config.duplicate_window,
        config.allow_direct,
    )
}

/// How full a stream is: 0 to 1.
pub(crate) fn filled(info: &Info) -> f64 {
    let most = info.config.max_bytes;
    if most > 0 { info.state.bytes as f64 / most as f64 } else { 0.0 }
}

/// Whether a stream that is so full needs more room soon.
pub(crate) fn is_nearly_full(filled: f64) -> bool {
    filled > NEARLY_FULL
}

/// What tells one incarnation of a stream from the next.
pub(crate) fn created(info: &Info) -> i128 {
    info.created.unix_timestamp_nanos()
}

/// `visits` of `careway.visits.v1` or of `careway.visits.v1.VisitAdmitted`.
pub(crate) fn context_of(name: &str) -> Option<&str> {
    name.strip_prefix("careway.")?.split('.').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_contexts() {
        let stream = Stream::new("", "visits");
        assert_eq!(stream.name(), "EVT_VISITS");
        assert_eq!(stream.subjects(), "evt.visits.>");
        assert_eq!(stream.subject("careway.visits.v1.VisitAdmitted"), "evt.visits.VisitAdmitted");
    }

    #[test]
    fn a_prefix_keeps_installations_apart() {
        let stream = Stream::new("t7", "visits");
        assert_eq!(stream.name(), "T7_EVT_VISITS");
        assert_eq!(stream.subject("careway.visits.v1.VisitAdmitted"), "t7.evt.visits.VisitAdmitted");
    }

    #[test]
    fn a_type_names_its_context() {
        assert_eq!(context_of("careway.visits.v1.VisitAdmitted"), Some("visits"));
        assert_eq!(context_of("google.protobuf.Empty"), None);
    }
}
