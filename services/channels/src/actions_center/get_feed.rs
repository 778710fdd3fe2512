//! Read a feed of all that the channel sells.

use std::collections::BTreeMap;

use careway_contract::channels::v1::GetActionsCenterFeedRequest;
use careway_service::{Call, Error, RawAnswer, Result};
use chrono::TimeDelta;

use super::domain::feed::{self, Feed, OpenSlot};
use crate::{
    App,
    feeds::{self, domain::SoldService},
    occupations::domain::Asking,
    slots::{domain::offer::Offer, store::list_offers},
};

/// Examinations of a feed.
const MOST_SERVICES: i64 = 2000;
/// Slots of a feed. When there are more, it ends earlier, for all examinations alike.
const MOST_SLOTS: usize = 20_000;
/// How far it looks.
const DAYS: i64 = 30;

pub(crate) async fn get_actions_center_feed(
    app: &App,
    call: &Call,
    request: GetActionsCenterFeedRequest,
) -> Result<RawAnswer> {
    let channel = call.caller.channel()?;
    let feed = Feed::ALL.into_iter().find(|feed| feed.as_str() == request.feed);
    let feed = feed.ok_or(Error::not_found("feed"))?;
    let now = app.clock.now();
    let (sold, offers) = {
        let mut reader = app.db.read(call).await?;
        let mut sold = feeds::store::list_sold(&mut reader, channel, None, MOST_SERVICES).await?;
        sold.retain(|service| !service.test);
        let services: Vec<_> = sold.iter().map(|service| service.service).collect();
        // What is taken decides of availability alone.
        let until = if feed == Feed::Availability { now + TimeDelta::days(DAYS) } else { now };
        let offers = match feed {
            Feed::Merchants => Vec::new(),
            Feed::Services | Feed::Availability => {
                list_offers(&mut reader, channel, &services, (now, until)).await?
            }
        };
        (sold, offers)
    };
    let body = match feed {
        Feed::Merchants => feed::merchants(&sold, now),
        Feed::Services => {
            let cancellable = offers.iter().map(|offer| (offer.service, offer.cancellation_minutes));
            feed::services(&sold, &cancellable.collect(), now)
        }
        Feed::Availability => feed::availability(&open_slots(app, &sold, &offers)?, now),
    };
    let body = serde_json::to_vec(&body).map_err(Error::internal)?;
    Ok(RawAnswer::whole(call, "application/json", body).header("cache-control", "private, no-store"))
}

/// What can be booked of the examinations that are sold, day by day.
fn open_slots(app: &App, sold: &[SoldService], offers: &[Offer]) -> Result<Vec<OpenSlot>> {
    let now = app.clock.now();
    let asking = Asking { now, moving: None, salt: 0 };
    let bookable: BTreeMap<_, _> =
        sold.iter().filter(|sold| sold.bookable).map(|sold| (sold.service, sold.connection)).collect();
    let mut open = Vec::new();
    for day in 0..DAYS {
        let window = now + TimeDelta::days(day)..now + TimeDelta::days(day + 1);
        for offer in offers.iter().filter(|offer| bookable.get(&offer.service) == Some(&offer.connection)) {
            let slots = offer.timetable.slots(&window, &asking).map_err(Error::internal)?;
            open.extend(slots.into_iter().map(|slot| OpenSlot {
                merchant: offer.connection,
                service: offer.service,
                start: slot.start,
                minutes: offer.timetable.shape.duration,
                free: slot.free,
                confirmed_by_provider: offer.confirmed_by_provider,
            }));
        }
        if open.len() >= MOST_SLOTS {
            break;
        }
    }
    open.truncate(MOST_SLOTS);
    Ok(open)
}
