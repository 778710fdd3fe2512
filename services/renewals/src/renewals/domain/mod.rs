//! The rules of renewals: what is due, from when to when a renewed card is good, what it costs, and who may be renewed.

mod change;
mod due;
mod period;
mod quote;
mod ranks;
mod refusal;
mod renewable;
#[cfg(test)]
mod tests;

pub(crate) use change::{Cover, RenewalChange};
pub(crate) use due::{DueState, ListReach, days_left};
pub(crate) use period::{Period, renewed_period};
pub(crate) use quote::amount;
pub(crate) use ranks::ranks;
pub(crate) use refusal::RenewalRefusal;
pub(crate) use renewable::{Card, check_cards, check_undo};
