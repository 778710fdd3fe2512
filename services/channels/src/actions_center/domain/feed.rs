//! The feeds as the Actions Center takes them: whole, in one shard, snake case, 64 bits as text. Pure rules.

use std::collections::BTreeMap;

use careway_kernel::{ConnectionId, Money, ServiceId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::feeds::domain::SoldService;

/// What providers are, in the channel's inventory.
const CATEGORY: &str = "healthcare";
/// Digits after the point of millionths.
const MICROS: u32 = 6;

/// A feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feed {
    Merchants,
    Services,
    Availability,
}

impl Feed {
    pub(crate) const ALL: [Self; 3] = [Self::Merchants, Self::Services, Self::Availability];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Merchants => "merchants",
            Self::Services => "services",
            Self::Availability => "availability",
        }
    }
}

/// A time that can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenSlot {
    pub(crate) merchant: ConnectionId,
    pub(crate) service: ServiceId,
    pub(crate) start: DateTime<Utc>,
    pub(crate) minutes: i64,
    pub(crate) free: u16,
    /// The provider confirms what is booked.
    pub(crate) confirmed_by_provider: bool,
}

/// The providers, each once.
pub(crate) fn merchants(sold: &[SoldService], now: DateTime<Utc>) -> Value {
    let providers: BTreeMap<_, _> = sold.iter().map(|sold| (sold.connection, sold)).collect();
    let merchants: Vec<_> = providers.into_values().map(merchant).collect();
    json!({"metadata": metadata(now), "merchant": merchants})
}

fn merchant(sold: &SoldService) -> Value {
    json!({
        "merchant_id": sold.connection,
        "name": sold.provider_name,
        "category": CATEGORY,
    })
}

/// The examinations, at what they are sold; `cancellable` until so many minutes before.
pub(crate) fn services(
    sold: &[SoldService],
    cancellable: &BTreeMap<ServiceId, i32>,
    now: DateTime<Utc>,
) -> Value {
    let service = |sold: &SoldService| {
        let minutes = cancellable.get(&sold.service).copied().unwrap_or_default();
        json!({
            "merchant_id": sold.connection,
            "service_id": sold.service,
            "localized_service_name": {"value": sold.name},
            "price": {"price_micros": micros(sold.price), "currency_code": sold.price.currency.code()},
            "rules": {"min_advance_online_canceling": (i64::from(minutes) * 60).to_string()},
            "prepayment_type": "NOT_SUPPORTED",
        })
    };
    json!({"metadata": metadata(now), "service": sold.iter().map(service).collect::<Vec<_>>()})
}

/// What can be booked.
pub(crate) fn availability(slots: &[OpenSlot], now: DateTime<Utc>) -> Value {
    let slots: Vec<_> = slots.iter().map(slot).collect();
    json!({"metadata": metadata(now), "service_availability": [{"availability": slots}]})
}

fn slot(slot: &OpenSlot) -> Value {
    let mode = if slot.confirmed_by_provider {
        "CONFIRMATION_MODE_ASYNCHRONOUS"
    } else {
        "CONFIRMATION_MODE_SYNCHRONOUS"
    };
    json!({
        "merchant_id": slot.merchant,
        "service_id": slot.service,
        "start_sec": slot.start.timestamp().to_string(),
        "duration_sec": (slot.minutes * 60).to_string(),
        "spots_total": slot.free.to_string(),
        "spots_open": slot.free.to_string(),
        "confirmation_mode": mode,
    })
}

/// It is the whole feed, in one piece.
fn metadata(now: DateTime<Utc>) -> Value {
    json!({
        "processing_instruction": "PROCESS_AS_COMPLETE",
        "shard_number": 0,
        "total_shards": 1,
        "nonce": now.timestamp_millis().to_string(),
        "generation_timestamp": now.timestamp().to_string(),
    })
}

fn micros(price: Money) -> String {
    let scale = 10_i128.pow(MICROS.saturating_sub(price.currency.exponent()));
    (i128::from(price.minor) * scale).to_string()
}

#[cfg(test)]
mod tests {
    use careway_kernel::{Currency, OrganizationId};
    use uuid::Uuid;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_801_551_600, 5_000_000).unwrap()
    }

    fn sold(service: u128) -> SoldService {
        SoldService {
            service: ServiceId::from_uuid(Uuid::from_u128(service)),
            connection: ConnectionId::from_uuid(Uuid::from_u128(7)),
            provider: OrganizationId::from_uuid(Uuid::from_u128(8)),
            provider_name: "Clinica Sănătatea".to_owned(),
            time_zone: "Europe/Bucharest".to_owned(),
            name: "Abdominal ultrasound".to_owned(),
            code: "RX1".to_owned(),
            price: Money::new(Currency::Ron, 14_900),
            minutes: 30,
            bookable: true,
            test: false,
        }
    }

    #[test]
    fn a_feed_is_whole_and_says_so() {
        let feed = merchants(&[sold(1), sold(2)], now());
        let metadata = json!({
            "processing_instruction": "PROCESS_AS_COMPLETE", "shard_number": 0, "total_shards": 1,
            "nonce": "1801551600005", "generation_timestamp": "1801551600",
        });
        assert_eq!(feed["metadata"], metadata);
        let merchant = json!({
            "merchant_id": Uuid::from_u128(7), "name": "Clinica Sănătatea", "category": "healthcare",
        });
        assert_eq!(feed["merchant"], json!([merchant]), "each provider once");
    }

    #[test]
    fn a_price_is_in_millionths_whatever_its_currency() {
        let cancellable = BTreeMap::from([(sold(1).service, 90)]);
        let feed = services(&[sold(1)], &cancellable, now());
        let service = json!({
            "merchant_id": Uuid::from_u128(7), "service_id": Uuid::from_u128(1),
            "localized_service_name": {"value": "Abdominal ultrasound"},
            "price": {"price_micros": "149000000", "currency_code": "RON"},
            "rules": {"min_advance_online_canceling": "5400"},
            "prepayment_type": "NOT_SUPPORTED",
        });
        assert_eq!(feed["service"], json!([service]));
        assert_eq!(micros(Money::new(Currency::Vnd, 150_000)), "150000000000");
    }

    #[test]
    fn a_slot_says_how_many_may_come_and_who_confirms() {
        let open = OpenSlot {
            merchant: sold(1).connection,
            service: sold(1).service,
            start: now(),
            minutes: 30,
            free: 2,
            confirmed_by_provider: true,
        };
        let feed = availability(&[open], now());
        let expected = json!({
            "merchant_id": Uuid::from_u128(7), "service_id": Uuid::from_u128(1), "start_sec": "1801551600",
            "duration_sec": "1800", "spots_total": "2", "spots_open": "2",
            "confirmation_mode": "CONFIRMATION_MODE_ASYNCHRONOUS",
        });
        assert_eq!(feed["service_availability"][0]["availability"], json!([expected]));
    }
}
