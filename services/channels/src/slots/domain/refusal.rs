//! Why a time cannot be held or booked.

use std::time::Duration;

use careway_kernel::Money;

use crate::resources::domain::calendar::UnknownZone;

/// Why a time cannot be held or booked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SlotRefusal {
    #[error("The connection with the provider is not live.")]
    ConnectionNotLive,
    #[error("The examination is not published to the channel.")]
    NotPublished,
    #[error("The provider does not offer this time.")]
    NotOffered,
    #[error("The time is booked already.")]
    Taken,
    #[error("The time is held by somebody else; that is over soon.")]
    Held { over_in: Duration },
    #[error("The examination is not sold at this price.")]
    PriceChanged { price: Money },
    #[error("The examination does not take so long.")]
    DurationChanged { minutes: i64 },
    #[error(transparent)]
    Zone(#[from] UnknownZone),
}
