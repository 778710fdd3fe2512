//! LMTP (RFC 2033) as a conversation of lines and bytes, without a socket.

pub(crate) mod data;
pub(crate) mod dialogue;
