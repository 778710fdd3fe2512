//! What examinations cost: the provider's own list and one for each channel, edited many at once with a preview. Prices are
//! append-only: the newest version is the price.

mod api;
pub(crate) mod domain;
mod edit;
mod edited;
mod error;
mod list;
mod store;
mod view;

use edit::edit_prices;
use list::list_service_prices;
