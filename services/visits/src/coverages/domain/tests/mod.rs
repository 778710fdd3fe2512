//! Tests of the rules of coverages.

pub(crate) mod coverage;
mod entitlement;
