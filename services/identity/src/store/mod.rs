//! What is kept: SQL and nothing else.

pub(crate) mod account;
pub(crate) mod api_client;
pub(crate) mod challenge;
pub(crate) mod invitation;
pub(crate) mod member;
pub(crate) mod member_access;
pub(crate) mod member_contact;
pub(crate) mod member_list;
pub(crate) mod member_national_id;
pub(crate) mod member_write;
pub(crate) mod membership;
pub(crate) mod organization;
pub(crate) mod password_reset;
pub(crate) mod second_factor;
pub(crate) mod session;
pub(crate) mod signing_key;
