//! How a booking is moved: out of its time and into another in one statement, or not at all.

use careway_kernel::{HoldId, ResourceId};
use careway_service::{Call, Error, Keyed, Result, Transaction, path_id};
use chrono::{DateTime, Utc};

use super::{
    audit,
    domain::{Appointment, Booking, By},
    events,
    store::{self, Party},
};
use crate::{
    App,
    holds::{self, domain::Hold},
    occupations::{self, domain::Asking},
    resources::domain::calendar::local_time,
    slots::{
        domain::{offer::Offer, refusal::SlotRefusal, slot_id::SlotId},
        store::{Buyer, lock_offer},
    },
    tries::{TRIES, outrun},
};

/// A time that is free, or one that the channel holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    Slot(SlotId),
    Hold(HoldId),
}

/// Moves a booking of the party's.
pub(crate) async fn reschedule(
    app: &App,
    call: &Call,
    party: Party,
    id: &str,
    time: Time,
) -> Keyed<(Transaction, Booking)> {
    let (id, by) = (path_id("booking", id)?, party.side());
    for _ in 0..TRIES {
        let mut tx = app.db.begin(call).await?;
        let booking = store::lock_booking(&mut tx, &app.patients, party, id).await?;
        let mut booking = booking.ok_or(Error::not_found("booking"))?;
        booking.may_change(by, tx.now())?;
        let moved = match time {
            Time::Slot(slot) => to_slot(app, &mut tx, &mut booking, by, &slot).await?,
            Time::Hold(hold) => to_hold(app, &mut tx, &mut booking, by, hold).await?,
        };
        // Whoever deals lanes anew meanwhile puts new rows in place of those that were to go.
        let rows = occupations::store::count_of_booking(&mut tx, id).await?;
        if moved && rows == booking.appointment.resources.len() {
            events::changed(app, &mut tx, &booking);
            tx.audit(audit::entry("booking.reschedule", &booking));
            return Ok((tx, booking));
        }
    }
    Err(outrun().into())
}

async fn to_slot(
    app: &App,
    tx: &mut Transaction,
    booking: &mut Booking,
    by: By,
    slot: &SlotId,
) -> Result<bool> {
    if slot.service != booking.service {
        return Err(Error::violation("slotId", "must be of the examination that is booked"));
    }
    let now = tx.now();
    let offer = offer_for(tx, booking, slot.start).await?;
    let asking = Asking { now, moving: Some(booking.id), salt: booking.id.uuid().as_u64_pair().1 };
    let places = offer.timetable.choose(slot, &asking)?;
    let Some(seats) = occupations::seat(tx, &places, &offer.timetable.occupations, &asking).await? else {
        return Ok(false);
    };
    let resources = places.iter().map(|place| place.resource).collect();
    let appointment = appointment(&offer, resources, slot.start, offer.timetable.shape.duration)?;
    booking.move_to(appointment, by, offer.confirmed_by_provider, now);
    store::update_moved(tx, &app.patients, booking, &seats, now).await
}

async fn to_hold(
    app: &App,
    tx: &mut Transaction,
    booking: &mut Booking,
    by: By,
    hold: HoldId,
) -> Result<bool> {
    let now = tx.now();
    let hold = holds::store::find_hold(tx, booking.channel, hold).await?.ok_or(Error::not_found("hold"))?;
    if (hold.service, hold.connection) != (booking.service, booking.connection) {
        return Err(Error::violation("holdId", "must be of the examination that is booked"));
    }
    let offer = offer_for(tx, booking, hold.start).await?;
    hold.is_good(now)?;
    booking.move_to(of_hold(&offer, &hold)?, by, offer.confirmed_by_provider, now);
    store::update_moved_to_hold(tx, &app.patients, booking, hold.id, now).await
}

/// What the booking's own connection may book at that time.
async fn offer_for(tx: &mut Transaction, booking: &Booking, start: DateTime<Utc>) -> Result<Offer> {
    let buyer = Buyer::Connection(booking.connection);
    let offer = lock_offer(tx, buyer, booking.service, start).await?.ok_or(Error::not_found("service"))?;
    offer.price()?;
    if offer.test != booking.test {
        return Err(SlotRefusal::ConnectionNotLive.into());
    }
    Ok(offer)
}

/// The appointment that a hold keeps.
pub(crate) fn of_hold(offer: &Offer, hold: &Hold) -> Result<Appointment> {
    appointment(offer, hold.resources.clone(), hold.start, hold.duration_minutes)
}

/// An appointment, on the clock of the first of its resources.
pub(crate) fn appointment(
    offer: &Offer,
    resources: Vec<ResourceId>,
    start: DateTime<Utc>,
    minutes: i64,
) -> Result<Appointment> {
    let calendar = resources.first().and_then(|resource| offer.timetable.calendars.get(resource));
    let zone = calendar.map_or("UTC", |calendar| calendar.zone.as_str());
    let local_start = local_time(zone, start).map_err(Error::internal)?;
    Ok(Appointment { resources, start, minutes, local_start, zone: zone.to_owned() })
}
