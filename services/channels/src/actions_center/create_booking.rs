//! Book a slot for the Actions Center, or say why not; once under a token.

use careway_contract::channels::v1::{CreateActionsCenterBookingRequest, CreateActionsCenterBookingResponse};
use careway_kernel::OrganizationId;
use careway_service::{Call, Error, Result, SharedReason, Transaction};

use super::{
    domain::{Answer, Failure},
    failure::failure,
    parse::Asked,
    store, view,
};
use crate::{
    App,
    bookings::{audit, events},
    channel_bookings::create::of_slot,
    connections::domain::joint_test::TestStep,
    joint_tests::Observer,
    slots::store::Buyer,
    tries::{TRIES, outrun},
};

pub(crate) async fn create_actions_center_booking(
    app: &App,
    call: &Call,
    request: CreateActionsCenterBookingRequest,
) -> Result<CreateActionsCenterBookingResponse> {
    let channel = call.caller.channel()?;
    let asked = Asked::parse(channel, &request)?;
    let mut observer = Observer::default();
    let answered = answer(app, call, channel, &asked, &mut observer).await;
    let booked = matches!(answered, Ok(Answer::Booked { .. }));
    observer.tell(app, booked, &[TestStep::Booking]).await;
    Ok(view::created(request, answered?))
}

/// What was answered under the token, or is from now on.
async fn answer(
    app: &App,
    call: &Call,
    channel: OrganizationId,
    asked: &Asked,
    observer: &mut Observer,
) -> Result<Answer> {
    for _ in 0..TRIES {
        let mut tx = app.db.begin_unkeyed(call).await?;
        let now = tx.now();
        if let Some(kept) = store::find_answer(&mut tx, channel, &asked.key).await? {
            return Ok(kept.answer_to(&asked.fingerprint)?);
        }
        let Some(answer) = decide(app, &mut tx, channel, asked, observer).await? else { continue };
        // Whoever asks under the same token at once has its answer first, and with it what was booked; or none of it.
        if store::insert_answer(&mut tx, channel, asked, &answer, now).await? {
            tx.finish().await?;
            return Ok(answer);
        }
    }
    Err(outrun())
}

/// A booking or a failure; none when somebody else was quicker.
async fn decide(
    app: &App,
    tx: &mut Transaction,
    channel: OrganizationId,
    asked: &Asked,
    observer: &mut Observer,
) -> Result<Option<Answer>> {
    if !store::is_merchant(tx, channel, asked.merchant).await? {
        return Err(Error::not_found("merchant"));
    }
    let Some(wanted) = asked.wanted else { return Ok(Some(Answer::Failed(Failure::no_such_slot()))) };
    let buyer = Buyer::Connection(asked.merchant);
    match of_slot(app, tx, buyer, &asked.requested, &wanted.slot, observer).await {
        Ok(None) => Ok(None),
        Ok(Some(booking)) => {
            events::made(app, tx, &booking);
            tx.audit(audit::entry("booking.create", &booking));
            Ok(Some(Answer::Booked { booking: booking.id, state: booking.state }))
        }
        // The merchant has no such service.
        Err(refusal) if refusal.is(SharedReason::NotFound) => {
            Ok(Some(Answer::Failed(Failure::no_such_slot())))
        }
        Err(refusal) => match failure(&refusal) {
            Some(failure) => Ok(Some(Answer::Failed(failure))),
            None => Err(refusal),
        },
    }
}
