//! Payment advices (X12 835 remittance advice): which claims a payer paid with one transfer.

mod api;
mod create;
pub(crate) mod domain;
mod error;
mod get;
mod list;
pub(crate) mod mark_claim_paid;
mod mark_paid;
pub(crate) mod notice;
pub(crate) mod payment_request;
mod store;
mod view;

use create::create_payment_advice;
use get::get_payment_advice;
use list::list_payment_advices;
use mark_paid::mark_payment_advice_paid;
