//! A second factor: time-based codes of a person's app, and recovery codes beside them.
//!
//! States: none → enrolled (not asked for yet) → confirmed. Only the person changes it; giving it up takes one of its codes.

pub(crate) mod check;
mod confirm;
mod disable;
mod domain;
mod enroll;
pub(crate) mod store;

pub(super) use confirm::confirm_totp;
pub(super) use disable::disable_totp;
pub(super) use enroll::enroll_totp;
