//! gRPC frames: messages out as a body, messages in from one.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::http::HeaderMap;
use bytes::{Buf, Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;

/// One byte of flags, four of length.
pub(crate) const HEAD: usize = 5;
/// An answer beyond this is a fault of the service, not something to hold in memory.
const MAX_MESSAGE: usize = 64 << 20;

/// One framed message: what was encoded, and a raw body that follows it uncopied. Cheap to clone, for retries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outgoing {
    pub(crate) head: Bytes,
    pub(crate) tail: Bytes,
}

impl Outgoing {
    /// Frames what was encoded after [`HEAD`] free bytes.
    pub(crate) fn new(mut encoded: Vec<u8>, tail: Bytes) -> Self {
        let length = u32::try_from(encoded.len() - HEAD + tail.len()).unwrap_or(u32::MAX);
        encoded[1..HEAD].copy_from_slice(&length.to_be_bytes());
        Self { head: encoded.into(), tail }
    }

    pub(crate) fn into_body(self) -> tonic::body::Body {
        tonic::body::Body::new(self)
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut part = std::mem::take(&mut self.head);
        if part.is_empty() {
            part = std::mem::take(&mut self.tail);
        }
        Poll::Ready((!part.is_empty()).then(|| Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.head.is_empty() && self.tail.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact((self.head.len() + self.tail.len()) as u64)
    }
}

/// The messages of an answer, one after the other.
pub(crate) struct Messages {
    body: tonic::body::Body,
    buffer: Bytes,
    ended: bool,
}

impl Messages {
    pub(crate) fn new(body: tonic::body::Body) -> Self {
        Self { body, buffer: Bytes::new(), ended: false }
    }

    /// Of an answer that said all in its headers.
    pub(crate) fn ended() -> Self {
        Self { body: tonic::body::Body::empty(), buffer: Bytes::new(), ended: true }
    }

    /// The next message; none at the end of a stream that ended well. Cancel safe.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, tonic::Status> {
        loop {
            if let Some(message) = self.take()? {
                return Ok(Some(message));
            }
            if self.ended {
                return Ok(None);
            }
            match self.body.frame().await {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.extend(data),
                    Err(frame) => self.end(frame.trailers_ref())?,
                },
                Some(Err(status)) => return Err(status),
                None => self.end(None)?,
            }
        }
    }

    fn take(&mut self) -> Result<Option<Bytes>, tonic::Status> {
        let Some((head, rest)) = self.buffer.split_first_chunk::<HEAD>() else { return Ok(None) };
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        if head[0] != 0 || length > MAX_MESSAGE {
            return Err(tonic::Status::internal("a message that was not asked for"));
        }
        if rest.len() < length {
            return Ok(None);
        }
        self.buffer.advance(HEAD);
        Ok(Some(self.buffer.split_to(length)))
    }

    fn extend(&mut self, data: Bytes) {
        if self.buffer.is_empty() {
            self.buffer = data;
            return;
        }
        let mut joined =
            std::mem::take(&mut self.buffer).try_into_mut().unwrap_or_else(|it| BytesMut::from(&*it));
        joined.extend_from_slice(&data);
        self.buffer = joined.freeze();
    }

    fn end(&mut self, trailers: Option<&HeaderMap>) -> Result<(), tonic::Status> {
        self.ended = true;
        match trailers.and_then(tonic::Status::from_header_map) {
            Some(status) if status.code() == tonic::Code::Ok && self.buffer.is_empty() => Ok(()),
            Some(status) if status.code() == tonic::Code::Ok => {
                Err(tonic::Status::internal("a message is cut short"))
            }
            Some(status) => Err(status),
            None => Err(tonic::Status::unavailable("the stream broke off")),
        }
    }
}
