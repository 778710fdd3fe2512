//! The rules: pure, without waiting and without a database.

pub(crate) mod account;
pub(crate) mod api_client;
pub(crate) mod challenge;
pub(crate) mod invitation;
pub(crate) mod member;
pub(crate) mod member_import;
pub(crate) mod member_refusal;
pub(crate) mod member_row;
pub(crate) mod organization;
pub(crate) mod password;
pub(crate) mod roles;
pub(crate) mod session;
pub(crate) mod signing_key;
pub(crate) mod token;
pub(crate) mod totp;
