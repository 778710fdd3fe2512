//! What channels are told of once they sell a provider's services, and what they acknowledge. A new service is told by the
//! connection's `notify`, a new price by a notice of its own, a new duration by itself.

mod acknowledge;
mod api;
mod list;
mod list_changes;
mod send;
mod store;
pub(crate) mod timers;
mod view;

use acknowledge::acknowledge_channel_notice;
use list::list_channel_notices;
use list_changes::list_price_changes;
use send::send_price_notices;
