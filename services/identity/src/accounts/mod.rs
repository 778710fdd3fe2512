//! An account: a person, and the organizations they work for with a name, roles and a status in each.
//!
//! States in an organization: `INVITED` → `ACTIVE` ⇄ `DISABLED`. An administrator (`accounts.manage`) invites, changes,
//! disables and enables people, within what the administrator may do. The last active administrator stays. Passwords and
//! second factors belong to the person alone.

mod api;
mod create;
mod disable;
pub(crate) mod domain;
mod enable;
mod error;
mod get;
mod get_me;
pub(crate) mod grantor;
pub(crate) mod invitations;
mod list;
mod list_memberships;
mod list_staff_contacts;
pub(crate) mod mail;
mod password_resets;
pub(crate) mod passwords;
mod register_partner;
mod resolve_mail_sender;
pub(crate) mod second_factors;
pub(crate) mod store;
mod update;
pub(crate) mod view;

use create::create_account;
use disable::disable_account;
use enable::enable_account;
use get::get_account;
use get_me::get_me;
use invitations::{accept_invitation, create_invitation, show_invitation};
use list::list_accounts;
use list_memberships::list_memberships;
use list_staff_contacts::list_staff_contacts;
use password_resets::{complete_password_reset, request_password_reset};
use register_partner::register_partner;
use resolve_mail_sender::resolve_mail_sender;
use second_factors::{confirm_totp, disable_totp, enroll_totp};
use update::update_account;
