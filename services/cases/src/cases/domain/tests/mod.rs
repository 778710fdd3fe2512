//! The rules of cases.

mod notices;
mod search;
mod transitions;
