//! Hold a time for a channel.

use careway_contract::channels::v1::{CreateHoldRequest, CreateHoldResponse};
use careway_kernel::{HoldId, Money, OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, Result, Transaction};

use super::{
    domain::{Hold, HoldRefusal, HoldState, LASTS},
    store, view,
};
use crate::{
    App,
    connections::domain::joint_test::TestStep,
    joint_tests::Observer,
    occupations::{self, domain::Asking},
    slots::{
        domain::slot_id::SlotId,
        store::{Buyer, lock_offer},
    },
    tries::{TRIES, outrun},
};

pub(crate) async fn create_hold(
    app: &App,
    call: &Call,
    request: CreateHoldRequest,
) -> Keyed<CreateHoldResponse> {
    let channel = call.caller.channel()?;
    let mut v = Violations::default();
    let slot = v.required("slotId", request.slot_id.as_str(), SlotId::parse);
    let (slot,) = v.all((slot,))?;

    let mut observer = Observer::default();
    let held = hold(app, call, channel, &slot, &mut observer).await;
    observer.tell(app, held.is_ok(), &[TestStep::Hold]).await;
    held
}

async fn hold(
    app: &App,
    call: &Call,
    channel: OrganizationId,
    slot: &SlotId,
    observer: &mut Observer,
) -> Keyed<CreateHoldResponse> {
    for _ in 0..TRIES {
        let mut tx = app.db.begin(call).await?;
        if let Some((hold, price)) = held(app, &mut tx, channel, slot, observer).await? {
            tx.audit(AuditEntry { action: "hold.create", ..Default::default() });
            return tx.commit(CreateHoldResponse { hold: Some(view::hold(&hold, price)) }).await;
        }
    }
    Err(outrun().into())
}

/// The hold, and at what the examination is sold; none when somebody else was quicker.
async fn held(
    app: &App,
    tx: &mut Transaction,
    channel: OrganizationId,
    slot: &SlotId,
    observer: &mut Observer,
) -> Result<Option<(Hold, Money)>> {
    let (id, now) = (HoldId::new(&app.clock), tx.now());
    let offer = lock_offer(tx, Buyer::Channel(channel), slot.service, slot.start).await?;
    let offer = offer.ok_or(Error::not_found("slot"))?;
    observer.watch(&offer);
    let price = offer.price()?;
    let asking = Asking { now, moving: None, salt: id.uuid().as_u64_pair().1 };
    let places = offer.timetable.choose(slot, &asking).inspect_err(|refusal| observer.refuse(refusal))?;
    let Some(seats) = occupations::seat(tx, &places, &offer.timetable.occupations, &asking).await? else {
        return Ok(None);
    };
    let hold = Hold {
        id,
        connection: offer.connection,
        provider: offer.provider,
        channel,
        service: slot.service,
        resources: places.iter().map(|place| place.resource).collect(),
        start: slot.start,
        duration_minutes: offer.timetable.shape.duration,
        state: HoldState::Open,
        until: now + LASTS,
        created_at: now,
    };
    match store::insert_hold(tx, &hold, &seats).await? {
        store::Inserted::Whole => Ok(Some((hold, price))),
        store::Inserted::Outrun => Ok(None),
        store::Inserted::TooMany => Err(HoldRefusal::TooMany.into()),
    }
}
