//! The tonic traits: one line per RPC, into its operation.

pub(crate) mod visit_view;
pub(crate) mod visits;
