//! The refusals of slots, each with its reason in the contract.

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use super::domain::refusal::SlotRefusal;

impl From<SlotRefusal> for Error {
    fn from(refusal: SlotRefusal) -> Self {
        let words = refusal.to_string();
        match refusal {
            SlotRefusal::ConnectionNotLive => Self::new(Reason::ConnectionNotLive, words),
            SlotRefusal::NotPublished => Self::new(Reason::ServiceNotPublished, words),
            SlotRefusal::NotOffered => Self::new(Reason::SlotNotOffered, words),
            SlotRefusal::Taken => Self::new(Reason::SlotTaken, words),
            SlotRefusal::Held { over_in } => Self::new(Reason::SlotHeld, words).retry_after(over_in),
            SlotRefusal::PriceChanged { price } => Self::new(Reason::PriceChanged, words)
                .with("price", format!("{} {}", price.currency.code(), price.amount())),
            SlotRefusal::DurationChanged { minutes } => {
                Self::new(Reason::DurationChanged, words).with("durationMinutes", minutes)
            }
            SlotRefusal::Zone(unknown) => Self::internal(unknown),
        }
    }
}
