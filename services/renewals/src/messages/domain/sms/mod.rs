//! A text message as the network carries it: its alphabet, its parts, and what carriers say of them.

pub(crate) mod alphabet;
pub(crate) mod answer;
pub(crate) mod payload;
pub(crate) mod receipt;
pub(crate) mod receipt_id;
pub(crate) mod rollup;
pub(crate) mod segments;

pub(crate) use segments::{Concatenation, Encoding, segments};
