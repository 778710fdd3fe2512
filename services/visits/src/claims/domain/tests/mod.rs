//! Tests of the rules of claims.

mod review_rules;
mod transitions;
