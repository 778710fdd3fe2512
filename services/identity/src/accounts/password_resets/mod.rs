//! A password reset: a link to choose a new password, good once and for an hour.
//!
//! An account has one such link at a time. Anybody may ask for one and learns nothing by asking; whoever holds the link
//! chooses the password, and every session of the account ends.

mod complete;
mod request;
mod store;

pub(super) use complete::complete_password_reset;
pub(super) use request::request_password_reset;
