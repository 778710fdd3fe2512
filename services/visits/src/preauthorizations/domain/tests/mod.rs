//! Tests of the rules of pre-authorizations.

pub(crate) mod transitions;
