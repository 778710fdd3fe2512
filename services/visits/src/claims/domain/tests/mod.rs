//! Tests of the rules of claims.

mod corrections;
mod review_rules;
mod transitions;
