//! The declaration of consent: versions that Careway's operators publish, each in several languages. The one that began
//! last is in force.

mod api;
mod domain;
mod error;
mod list;
mod publish;
pub(crate) mod store;
mod view;

use list::list_consents;
use publish::publish_consent;
