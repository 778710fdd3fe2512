//! One delivery of one event.

use std::time::Duration;

use async_nats::{
    HeaderMap,
    jetstream::{AckKind, Message},
};
use bytes::Bytes;

use crate::envelope::{Envelope, Unreadable};

/// An event neither acknowledged nor refused in this time comes again, even one that waits here to be taken: so it is
/// long beside the fetched ones. `backoff` on the server would replace it and
/// does not apply to refusals, which carry their own wait.
pub(crate) const ACK_WITHIN: Duration = Duration::from_secs(60);

/// A message of a stream, read.
pub(crate) struct Delivery {
    message: Message,
    /// What it says of itself, or why that cannot be read.
    pub(crate) envelope: Result<Envelope, Unreadable>,
    pub(crate) stream: String,
    pub(crate) sequence: i64,
    /// How often the event was delivered, this time included.
    pub(crate) delivered: i64,
    /// How many more wait behind it.
    pub(crate) pending: u64,
}

impl Delivery {
    /// `None` for what does not come from a stream.
    pub(crate) fn read(message: Message) -> Option<Self> {
        let info = message.info().ok()?;
        let (stream, delivered, pending) = (info.stream.to_owned(), info.delivered, info.pending);
        let sequence = i64::try_from(info.stream_sequence).ok()?;
        let headers = message.headers.as_ref();
        let envelope =
            Envelope::read(|name| headers.and_then(|all| all.get(name)).map(|value| value.as_str()));
        Some(Self { envelope, stream, sequence, delivered, pending, message })
    }

    pub(crate) fn payload(&self) -> Bytes {
        self.message.payload.clone()
    }

    pub(crate) fn headers(&self) -> Option<&HeaderMap> {
        self.message.headers.as_ref()
    }

    /// It is done with. A lost acknowledgement only brings it again, and the inbox knows it.
    pub(crate) async fn acknowledge(&self) {
        self.answer(AckKind::Ack).await;
    }

    /// It comes again after `wait`, or at once.
    pub(crate) async fn postpone(&self, wait: Option<Duration>) {
        self.answer(AckKind::Nak(wait)).await;
    }

    /// It is still being worked on.
    pub(crate) async fn hold(&self) {
        self.answer(AckKind::Progress).await;
    }

    async fn answer(&self, kind: AckKind) {
        if let Err(error) = self.message.ack_with(kind).await {
            tracing::debug!(%error, "an acknowledgement was not sent; the event comes again");
        }
    }
}
