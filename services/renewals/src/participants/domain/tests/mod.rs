//! Tests of the rules of participants.

mod change;
mod search;
