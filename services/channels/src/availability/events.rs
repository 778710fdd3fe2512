//! What availability says.

use careway_contract::channels::v1::AvailabilityChanged;
use careway_events::{Fact, record};
use careway_service::{Transaction, timestamp};

use super::domain::Untold;

/// Says what has changed for the channel of a connection since it was told last.
pub(super) fn changed(tx: &mut Transaction, untold: &Untold) {
    let fact = Fact::new(AvailabilityChanged {
        connection_id: untold.connection.to_string(),
        service_ids: untold.named().iter().map(ToString::to_string).collect(),
        from: Some(timestamp(untold.from)),
        to: untold.to.map(timestamp),
    });
    let about = fact.about(untold.availability, untold.version);
    record(tx, about.of(untold.provider).also(untold.channel));
}
