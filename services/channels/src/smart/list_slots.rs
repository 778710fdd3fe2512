//! List when the examinations can be booked, for two weeks. Those of a suspended connection are busy.
//!
//! Anybody may ask, and slots are computed: that is done for one at a time, on a thread where nobody else waits.

use std::sync::Arc;

use careway_contract::channels::v1::ListSmartSlotsRequest;
use careway_service::{Call, Error, RawAnswer, Result};
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    domain::{self, NDJSON, SmartSlot},
    published::{file, published},
};
use crate::{
    App,
    feeds::domain::SoldService,
    occupations::domain::Asking,
    resources::domain::calendar::zone,
    slots::{domain::offer::Offer, store::list_offers},
};

/// How far the file looks.
const AHEAD: TimeDelta = TimeDelta::days(14);
/// Lines of the file.
const MOST: usize = 20_000;

pub(crate) async fn list_smart_slots(
    app: &App,
    call: &Call,
    request: ListSmartSlotsRequest,
) -> Result<RawAnswer> {
    let (mut reader, channel, sold) = published(app, &request.channel_id).await?;
    let now = app.clock.now();
    let services: Vec<_> = sold.iter().map(|sold| sold.service).collect();
    let offers = list_offers(&mut reader, channel, &services, (now, now + AHEAD)).await?;
    // Nobody waits for the connection while slots are computed.
    drop(reader);
    let turn = Arc::clone(&app.smart_turn).acquire_owned().await.map_err(Error::internal)?;
    let listing = tokio::task::spawn_blocking(move || {
        // Kept to the end, though whoever asked hangs up.
        let _turn = turn;
        list(&sold, &offers, now)
    });
    Ok(file(call, NDJSON, listing.await.map_err(Error::internal)??))
}

/// The file's lines.
fn list(sold: &[SoldService], offers: &[Offer], now: DateTime<Utc>) -> Result<Vec<u8>> {
    let window = now..now + AHEAD;
    let asking = Asking { now, moving: None, salt: 0 };
    let mut lines = Vec::new();
    for sold in sold {
        if lines.len() >= MOST {
            break;
        }
        let Some(offer) = offers.iter().find(|offer| offer.service == sold.service) else { continue };
        let zone = zone(&sold.time_zone).map_err(Error::internal)?;
        for slot in offer.timetable.slots(&window, &asking).map_err(Error::internal)? {
            let slot = SmartSlot {
                service: sold.service,
                start: slot.start,
                minutes: offer.timetable.shape.duration,
                free: slot.free,
                bookable: sold.bookable,
            };
            lines.push(domain::slot(&slot, &zone));
        }
    }
    lines.truncate(MOST);
    Ok(domain::file(lines))
}
