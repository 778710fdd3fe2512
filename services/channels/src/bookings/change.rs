//! How a booking is changed where it is: it is locked, judged, kept and told of.

use careway_service::{Call, Error, Keyed, Result, Transaction, path_id};
use chrono::{DateTime, Utc};

use super::{
    audit,
    domain::{Booking, refusal::BookingRefusal},
    events,
    store::{self, Party},
};
use crate::{App, occupations};

/// Takes a step with a booking of the party's.
pub(crate) async fn change(
    app: &App,
    call: &Call,
    party: Party,
    id: &str,
    action: &'static str,
    step: impl FnOnce(&mut Booking, DateTime<Utc>) -> Result<(), BookingRefusal>,
) -> Keyed<(Transaction, Booking)> {
    let id = path_id("booking", id)?;
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let booking = store::lock_booking(&mut tx, &app.patients, party, id).await?;
    let mut booking = booking.ok_or(Error::not_found("booking"))?;
    step(&mut booking, now)?;
    keep(app, &mut tx, &booking).await?;
    tx.audit(audit::entry(action, &booking));
    Ok((tx, booking))
}

/// Keeps a booking as it stands now, and tells of it. What it took is free once it is cancelled or declined.
pub(super) async fn keep(app: &App, tx: &mut Transaction, booking: &Booking) -> Result<()> {
    store::update_booking(tx, &app.patients, booking).await?;
    if booking.ended_by.is_some() {
        occupations::free(tx, booking.id, booking.appointment.resources.len()).await?;
    }
    events::changed(app, tx, booking);
    Ok(())
}
