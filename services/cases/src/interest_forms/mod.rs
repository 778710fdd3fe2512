//! An interest form: an organization that is not in the network yet wants to join it.
//!
//! States: `UNCONFIRMED` → `SUBMITTED` → `ACCEPTED` or `DECLINED`. Anybody fills one in and confirms the address by a link;
//! who does not is forgotten after seven days. Leads of support decide (`cases.manage`). An accepted form becomes an
//! organization of identity's, with its writer invited as the first administrator.

mod accept;
mod api;
mod confirm;
mod decline;
mod domain;
mod error;
mod events;
mod get;
pub(crate) mod keys;
mod list;
mod mail;
mod mail_kind;
mod store;
mod submit;
pub(crate) mod timers;
mod view;

use accept::accept_interest_form;
use confirm::confirm_interest_form;
use decline::decline_interest_form;
use get::get_interest_form;
use list::list_interest_forms;
use submit::submit_interest_form;
