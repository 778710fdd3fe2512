//! Tell which of many slots a channel can book now.

use std::collections::{BTreeMap, BTreeSet};

use careway_contract::channels::v1::{LookUpSlotsRequest, LookUpSlotsResponse, SlotAvailability};
use careway_kernel::{ConnectionId, OrganizationId, ServiceId, Violations};
use careway_service::{Call, Error, Result};
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    domain::{offer::Offer, slot_id::SlotId},
    store,
};
use crate::{App, connections::domain::joint_test::TestStep, joint_tests, occupations::domain::Asking};

/// Slots of one request.
const MOST: usize = 1000;
/// Slots further from each other than this are computed apart.
const NEAR: TimeDelta = TimeDelta::days(1);

/// What a channel can book now of an examination's slots.
pub(crate) struct Bookable {
    pub(crate) connection: ConnectionId,
    pub(crate) service: ServiceId,
    pub(crate) minutes: i64,
    pub(crate) free: BTreeSet<SlotId>,
}

pub(crate) async fn look_up_slots(
    app: &App,
    call: &Call,
    request: LookUpSlotsRequest,
) -> Result<LookUpSlotsResponse> {
    let channel = call.caller.channel()?;
    let mut v = Violations::default();
    v.check("slotIds", (1..=MOST).contains(&request.slot_ids.len()), "must be 1 to 1000");
    let slots = v.each("slotIds", &request.slot_ids, |v, id| v.field("", SlotId::parse(id)));
    let (slots,) = v.all((slots,))?;

    let bookable = bookable(app, call, channel, &slots).await?;
    let free: BTreeMap<_, _> = bookable.into_iter().map(|of| (of.service, of.free)).collect();
    let is_free = |slot: &SlotId| free.get(&slot.service).is_some_and(|free| free.contains(slot));
    let told =
        slots.iter().map(|slot| SlotAvailability { slot_id: slot.to_string(), available: is_free(slot) });
    Ok(LookUpSlotsResponse { slots: told.collect() })
}

/// Those of the slots that the channel can book now, by examination. What it cannot book at all is not there.
pub(crate) async fn bookable(
    app: &App,
    call: &Call,
    channel: OrganizationId,
    slots: &[SlotId],
) -> Result<Vec<Bookable>> {
    let services: Vec<ServiceId> =
        slots.iter().map(|slot| slot.service).collect::<BTreeSet<_>>().into_iter().collect();
    let now = app.clock.now();
    // What has begun cannot be booked: what was taken then is not read.
    let starts = || slots.iter().map(|slot| slot.start).filter(move |start| *start >= now);
    let (first, last) = (starts().min().unwrap_or(now), starts().max().unwrap_or(now));
    let offers = {
        let mut reader = app.db.read(call).await?;
        store::list_offers(&mut reader, channel, &services, (first, last)).await?
    };
    let tested: BTreeSet<_> =
        offers.iter().filter(|offer| offer.test.is_some()).map(|offer| offer.connection).collect();
    for connection in tested {
        joint_tests::saw(app, connection, &[TestStep::Availability]).await;
    }
    let asking = Asking { now, moving: None, salt: 0 };
    let sold = offers.iter().filter(|offer| offer.price().is_ok());
    let bookable = sold.map(|offer| {
        let wanted = slots.iter().filter(|slot| slot.service == offer.service).copied().collect();
        Ok(Bookable {
            connection: offer.connection,
            service: offer.service,
            minutes: offer.timetable.shape.duration,
            free: free_of(offer, &wanted, &asking)?,
        })
    });
    bookable.collect()
}

/// Those of an examination's slots that are free.
fn free_of(offer: &Offer, wanted: &BTreeSet<SlotId>, asking: &Asking) -> Result<BTreeSet<SlotId>> {
    let mut free = BTreeSet::new();
    let by_anybody: Vec<DateTime<Utc>> =
        wanted.iter().filter(|slot| slot.resource.is_none()).map(|slot| slot.start).collect();
    for near in by_anybody.chunk_by(|one, next| *next - *one <= NEAR) {
        let (Some(first), Some(last)) = (near.first(), near.last()) else { continue };
        let window = *first..*last + TimeDelta::seconds(1);
        let starts = offer.timetable.slots(&window, asking).map_err(Error::internal)?;
        free.extend(starts.iter().map(|slot| SlotId {
            service: offer.service,
            start: slot.start,
            resource: None,
        }));
    }
    let by_one = wanted.iter().filter(|slot| slot.resource.is_some());
    free.extend(by_one.filter(|slot| offer.timetable.choose(slot, asking).is_ok()).copied());
    Ok(free)
}
