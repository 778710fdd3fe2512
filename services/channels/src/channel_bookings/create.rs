//! Book a time for a channel's patient.

use careway_contract::channels::v1::{CreateChannelBookingRequest, CreateChannelBookingResponse};
use careway_kernel::{BookingId, Money, OrganizationId};
use careway_service::{Call, Error, Keyed, Result, Transaction};
use chrono::{DateTime, Utc};

use super::parse::Requested;
use crate::{
    App,
    bookings::{
        audit,
        domain::{Appointment, Booking, BookingState, confirm_by},
        events,
        moving::{Time, appointment, of_hold},
        store::{self, Party},
        view,
    },
    connections::domain::joint_test::TestStep,
    holds::{self, domain::Hold},
    joint_tests::Observer,
    occupations::{self, domain::Asking},
    slots::{
        domain::{offer::Offer, refusal::SlotRefusal, slot_id::SlotId},
        store::{Buyer, lock_offer},
    },
    tries::{TRIES, outrun},
};

pub(crate) async fn create_channel_booking(
    app: &App,
    call: &Call,
    request: CreateChannelBookingRequest,
) -> Keyed<CreateChannelBookingResponse> {
    let channel = call.caller.channel()?;
    let (time, requested) = Requested::parse(&request)?;
    let mut observer = Observer::default();
    let booked = book(app, call, channel, time, &requested, &mut observer).await;
    // Who books names the price that the patient was told, and it is the right one.
    observer.tell(app, booked.is_ok(), &[TestStep::Booking, TestStep::Price]).await;
    booked
}

async fn book(
    app: &App,
    call: &Call,
    channel: OrganizationId,
    time: Time,
    requested: &Requested,
    observer: &mut Observer,
) -> Keyed<CreateChannelBookingResponse> {
    for _ in 0..TRIES {
        let mut tx = app.db.begin(call).await?;
        let booked = match time {
            Time::Slot(slot) => {
                of_slot(app, &mut tx, Buyer::Channel(channel), requested, &slot, observer).await?
            }
            Time::Hold(hold) => {
                let hold = holds::store::find_hold(&mut tx, channel, hold).await?;
                let hold = hold.ok_or(Error::not_found("hold"))?;
                of_held(app, &mut tx, requested, &hold, observer).await?
            }
        };
        if let Some(booking) = booked {
            events::made(app, &mut tx, &booking);
            tx.audit(audit::entry("booking.create", &booking));
            let booking = Some(view::booking(&booking, Party::Channel(channel)));
            return tx.commit(CreateChannelBookingResponse { booking }).await;
        }
    }
    Err(outrun().into())
}

/// Books a free time; none when somebody else was quicker.
pub(crate) async fn of_slot(
    app: &App,
    tx: &mut Transaction,
    buyer: Buyer,
    requested: &Requested,
    slot: &SlotId,
    observer: &mut Observer,
) -> Result<Option<Booking>> {
    let (id, now) = (BookingId::new(&app.clock), tx.now());
    let offer = lock_offer(tx, buyer, slot.service, slot.start).await?;
    let offer = offer.ok_or(Error::not_found("slot"))?;
    observer.watch(&offer);
    let price = as_told(&offer, requested, offer.timetable.shape.duration)?;
    let asking = Asking { now, moving: None, salt: id.uuid().as_u64_pair().1 };
    let places = offer.timetable.choose(slot, &asking).inspect_err(|refusal| observer.refuse(refusal))?;
    let Some(seats) = occupations::seat(tx, &places, &offer.timetable.occupations, &asking).await? else {
        return Ok(None);
    };
    let resources = places.iter().map(|place| place.resource).collect();
    let appointment = appointment(&offer, resources, slot.start, offer.timetable.shape.duration)?;
    let booking = booking(id, &offer, appointment, price, requested, now);
    let done = store::insert_booking(tx, &app.patients, &booking, &seats).await?;
    Ok(done.then_some(booking))
}

/// Books a time that is held; none when the hold is not what it was any more.
async fn of_held(
    app: &App,
    tx: &mut Transaction,
    requested: &Requested,
    hold: &Hold,
    observer: &mut Observer,
) -> Result<Option<Booking>> {
    let now = tx.now();
    let offer = lock_offer(tx, Buyer::Connection(hold.connection), hold.service, hold.start).await?;
    let offer = offer.ok_or(Error::not_found("hold"))?;
    observer.watch(&offer);
    offer.price()?;
    hold.is_good(now)?;
    let price = as_told(&offer, requested, hold.duration_minutes)?;
    let booking = booking(BookingId::new(&app.clock), &offer, of_hold(&offer, hold)?, price, requested, now);
    let done = store::insert_held(tx, &app.patients, &booking, hold.id).await?;
    Ok(done.then_some(booking))
}

/// At what it is sold, which is what the patient was told.
fn as_told(offer: &Offer, requested: &Requested, minutes: i64) -> Result<Money, SlotRefusal> {
    let price = match requested.price {
        Some(told) => offer.price_as(told)?,
        None => offer.price()?,
    };
    let as_long = requested.minutes.is_none_or(|told| told == minutes);
    if as_long { Ok(price) } else { Err(SlotRefusal::DurationChanged { minutes }) }
}

fn booking(
    id: BookingId,
    offer: &Offer,
    appointment: Appointment,
    price: Money,
    requested: &Requested,
    now: DateTime<Utc>,
) -> Booking {
    let pending = offer.confirmed_by_provider;
    Booking {
        id,
        connection: offer.connection,
        provider: offer.provider,
        channel: offer.channel,
        test: offer.test,
        service: offer.service,
        confirm_by: pending.then(|| confirm_by(now, appointment.start)),
        appointment,
        zone_now: None,
        state: if pending { BookingState::Pending } else { BookingState::Booked },
        price,
        cancellation_minutes: offer.cancellation_minutes,
        ended_by: None,
        reason: None,
        external_id: requested.external_id.clone(),
        patient: Some(requested.patient.clone()),
        version: 1,
        created_at: now,
    }
}
