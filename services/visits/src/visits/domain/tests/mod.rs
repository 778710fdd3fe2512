//! Tests of the rules of visits.

pub(crate) mod transitions;
