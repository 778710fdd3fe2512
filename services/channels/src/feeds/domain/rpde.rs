//! A page of a feed as RPDE 1.0 (Realtime Paged Data Exchange) writes it, ordered by change numbers.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{FeedKind, SoldService, ToldBooking};

/// How long a page may be kept by who asked: one that others follow, and the last, which grows.
const KEPT: u32 = 3600;
const KEPT_LAST: u32 = 8;

/// A thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeedItem {
    pub(crate) id: Uuid,
    pub(crate) change: i64,
    /// What it is like; none once it is gone.
    pub(crate) data: Option<ItemData>,
}

/// What a thing is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ItemData {
    Service(SoldService),
    Booking(ToldBooking),
}

/// A page, and how long it may be kept.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) body: Vec<u8>,
    pub(crate) max_age: u32,
}

#[derive(Serialize)]
struct PageJson<'a> {
    next: String,
    items: Vec<ItemJson<'a>>,
}

#[derive(Serialize)]
struct ItemJson<'a> {
    state: &'a str,
    kind: &'a str,
    id: Uuid,
    modified: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

/// The page after that number. `next` is this page's own address once there is nothing after it.
pub(crate) fn page(
    feed: &str,
    kind: FeedKind,
    after: Option<i64>,
    items: &[FeedItem],
) -> serde_json::Result<Page> {
    let last = items.last().map(|item| item.change);
    let number = last.or(after).unwrap_or_default();
    let page = PageJson {
        next: format!("{feed}?kind={}&afterChangeNumber={number}", kind.as_str()),
        items: items.iter().map(|item| written(kind, item)).collect(),
    };
    let max_age = if last.is_some() { KEPT } else { KEPT_LAST };
    Ok(Page { body: serde_json::to_vec(&page)?, max_age })
}

fn written(kind: FeedKind, item: &FeedItem) -> ItemJson<'static> {
    ItemJson {
        state: if item.data.is_some() { "updated" } else { "deleted" },
        kind: kind.as_str(),
        id: item.id,
        modified: item.change,
        data: item.data.as_ref().map(data),
    }
}

fn data(item: &ItemData) -> Value {
    match item {
        ItemData::Service(service) => of_service(service),
        ItemData::Booking(booking) => of_booking(booking),
    }
}

fn of_service(service: &SoldService) -> Value {
    json!({
        "serviceId": service.service,
        "connectionId": service.connection,
        "providerId": service.provider,
        "providerName": service.provider_name,
        "timeZone": service.time_zone,
        "name": service.name,
        "code": service.code,
        "price": {"currency": service.price.currency.code(), "amount": service.price.amount()},
        "durationMinutes": service.minutes,
        "bookable": service.bookable,
    })
}

fn of_booking(booking: &ToldBooking) -> Value {
    let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({
        "bookingId": booking.booking,
        "connectionId": booking.connection,
        "providerId": booking.provider,
        "serviceId": booking.service,
        "state": booking.state,
        "start": instant(booking.start),
        "end": instant(booking.end),
        "localStart": booking.local_start.format("%Y-%m-%dT%H:%M").to_string(),
        "zone": booking.zone,
        "price": {"currency": booking.price.currency.code(), "amount": booking.price.amount()},
        "externalId": booking.external_id,
        "version": booking.version,
        "test": booking.test,
    })
}

#[cfg(test)]
mod tests {
    use careway_kernel::{ConnectionId, Currency, Money, OrganizationId, ServiceId};

    use super::*;
    use crate::vectors;

    fn sold(id: Uuid) -> SoldService {
        SoldService {
            service: ServiceId::from_uuid(id),
            connection: ConnectionId::from_uuid(id),
            provider: OrganizationId::from_uuid(id),
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
    fn every_story_of_shapes() {
        let rows = vectors::read("feed.jsonl");
        let stories: Vec<_> = rows.iter().filter(|row| row["kind"] == "shape").collect();
        assert_eq!(stories.len(), 2);
        for story in stories {
            let id: Uuid = story["row"]["id"].as_str().unwrap().parse().unwrap();
            let data = (story["row"]["state"] == "updated").then(|| ItemData::Service(sold(id)));
            let item = FeedItem { id, change: story["row"]["change"].as_i64().unwrap(), data };
            let asked = story["asked"].as_str().and_then(|asked| asked.split_once('?'));
            let feed = asked.map_or("https://api.careway.example/v1/channel/changes", |(feed, _)| feed);
            let page = page(feed, FeedKind::Service, None, &[item]).unwrap();
            let text = String::from_utf8(page.body).unwrap();
            let texts = |field: &str| story[field].as_array().cloned().unwrap_or_default();
            for there in texts("jsonContains") {
                assert!(text.contains(there.as_str().unwrap()), "{}: {text}", story["id"]);
            }
            for not_there in texts("jsonLacks") {
                assert!(!text.contains(not_there.as_str().unwrap()), "{}: {text}", story["id"]);
            }
            let page: Value = serde_json::from_str(&text).unwrap();
            assert!(story["next"].is_null() || story["next"] == page["next"], "{}: {text}", story["id"]);
        }
    }

    #[test]
    fn the_last_page_is_kept_for_a_moment_and_others_for_an_hour() {
        let item = FeedItem { id: Uuid::nil(), change: 4, data: None };
        let of = |items: &[FeedItem]| page("", FeedKind::Service, Some(3), items).unwrap().max_age;
        assert_eq!((of(&[item]), of(&[])), (3600, 8));
    }
}
