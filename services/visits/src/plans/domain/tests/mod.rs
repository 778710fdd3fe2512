//! Tests of the rules of plans.

pub(crate) mod plan;
