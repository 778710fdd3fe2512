//! What comes from a carrier, as it is cut out of the stream: a PDU, and its head, which can be read whatever follows.

use bytes::{Buf, BytesMut};
use rusmpp::{Command, CommandId, tokio_codec::CommandCodec};
use tokio_util::codec::Decoder;

/// The length of a header, and of a PDU that has nothing else.
const HEADER: usize = 16;
/// No PDU of a carrier is longer.
pub(super) const LONGEST_PDU: usize = 70_000;

/// The head of a PDU, which can be read whatever follows.
pub(super) struct Header {
    pub(super) id: CommandId,
    pub(super) status: u32,
    pub(super) sequence: u32,
}

impl Header {
    pub(super) fn of(frame: &BytesMut) -> Self {
        let mut head = &frame[..frame.len().min(HEADER)];
        let mut number = || head.try_get_u32().unwrap_or_default();
        number();
        Self { id: CommandId::from(number()), status: number(), sequence: number() }
    }
}

/// The PDU, when it is one.
pub(super) fn decoded(mut frame: BytesMut) -> Option<Command> {
    CommandCodec::new().with_max_length(LONGEST_PDU).decode(&mut frame).ok().flatten()
}
