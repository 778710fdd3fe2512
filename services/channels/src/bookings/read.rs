//! How bookings are read: who looked at whom is noted before they are told.

use careway_service::{AuditEntry, Call, Error, Paging, Result, path_id};
use futures::future::try_join_all;

use super::{
    audit,
    domain::{self, Booking},
    store::{self, BookingFilter, Party},
};
use crate::App;

/// What it is called in the audit that somebody looked at a list.
const LIST: &str = "booking.list";

/// A booking of the party's.
pub(crate) async fn read(app: &App, call: &Call, party: Party, id: &str) -> Result<Booking> {
    let id = path_id("booking", id)?;
    let booking = {
        let mut reader = app.db.read(call).await?;
        store::find_booking(&mut reader, &app.patients, party, id).await?
    };
    let booking = booking.ok_or(Error::not_found("booking"))?;
    app.audit.read(call, audit::entry("booking.read", &booking)).await?;
    Ok(booking)
}

/// A page of bookings, of those alone whose clock has changed where that is asked; and what the next one is asked by.
pub(crate) async fn page(
    app: &App,
    call: &Call,
    mut filter: BookingFilter,
    clock_changed: bool,
    paging: &Paging<'_>,
) -> Result<(Vec<Booking>, String)> {
    let bookings = {
        let mut reader = app.db.read(call).await?;
        if clock_changed {
            let clocks = store::list_clocks(&mut reader, filter.party, app.clock.now()).await?;
            let changed =
                clocks.iter().filter(|it| domain::clock_changed(&it.zone, it.starts_at, it.local_start));
            filter.among = Some(changed.map(store::BookingClock::id).collect());
        }
        store::list_bookings(&mut reader, &app.patients, &filter).await?
    };
    let (bookings, next) = paging.cut(bookings, |booking| *booking.id.uuid().as_bytes());
    if bookings.is_empty() {
        // Who looked and found nobody is noted, too.
        app.audit.read(call, AuditEntry { action: LIST, ..Default::default() }).await?;
    }
    try_join_all(bookings.iter().map(|booking| app.audit.read(call, audit::entry(LIST, booking)))).await?;
    Ok((bookings, next))
}
