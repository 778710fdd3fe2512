//! One file per use case, named as its RPC.

mod send;

pub(crate) use send::send;
