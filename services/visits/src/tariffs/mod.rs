//! What a payer pays a facility for a code, by day: the agreed price lists.

mod api;
mod domain;
mod import;
mod import_rows;
mod list;
mod store;
mod view;

use import::import_tariffs;
use list::list_tariffs;
