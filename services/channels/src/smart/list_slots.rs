//! List when the examinations can be booked, for two weeks. Those of a suspended connection are busy.

use careway_contract::channels::v1::ListSmartSlotsRequest;
use careway_service::{Call, Error, RawAnswer, Result};
use chrono::TimeDelta;

use super::{
    domain::{self, NDJSON, SmartSlot},
    published::{file, published},
};
use crate::{App, occupations::domain::Asking, resources::domain::calendar::zone, slots::store::list_offers};

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
    let window = now..now + AHEAD;
    let services: Vec<_> = sold.iter().map(|sold| sold.service).collect();
    let offers = list_offers(&mut reader, channel, &services, (window.start, window.end)).await?;
    // Nobody waits for the connection while slots are computed.
    drop(reader);
    let asking = Asking { now, moving: None, salt: 0 };
    let mut lines = Vec::new();
    for sold in &sold {
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
    Ok(file(call, NDJSON, domain::file(lines)))
}
