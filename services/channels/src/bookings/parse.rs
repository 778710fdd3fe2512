//! What requests about bookings give alike.

use careway_contract::channels::v1::booking::State;
use careway_kernel::{HoldId, Violations, text::Text};
use careway_service::{Result, instant};
use chrono::{DateTime, Utc};
use prost_types::Timestamp;

use super::{domain::BookingState, moving::Time, view};
use crate::slots::domain::slot_id::SlotId;

/// Why something ends, in their words.
pub(crate) fn reason(given: &str) -> Result<Option<String>> {
    let mut v = Violations::default();
    let reason = v.optional("reason", given, Text::<500>::parse);
    let (reason,) = v.all((reason,))?;
    Ok(reason.map(|reason| reason.as_str().to_owned()))
}

/// A hold or a slot, and not both.
pub(crate) fn time(v: &mut Violations, hold: &str, slot: &str) -> Option<Time> {
    let hold = v.optional("holdId", hold, HoldId::parse);
    let slot = v.optional("slotId", slot, SlotId::parse);
    match (hold?, slot?) {
        (Some(hold), None) => Some(Time::Hold(hold)),
        (None, Some(slot)) => Some(Time::Slot(slot)),
        _ => {
            v.add("slotId", "must be given, or holdId, and not both");
            None
        }
    }
}

/// From when to when, where that is asked.
pub(crate) fn window(
    v: &mut Violations,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Option<[Option<DateTime<Utc>>; 2]> {
    let mut read = |field: &str, at: Option<Timestamp>| match at {
        None => Some(None),
        Some(at) => v.field(field, instant(at).map(Some).ok_or("must be an instant")),
    };
    let (from, to) = (read("from", from), read("to", to));
    v.period(("from", from.flatten()), ("to", to.flatten()));
    Some([from?, to?])
}

/// In which state, where that is asked.
pub(crate) fn state(given: State) -> Option<BookingState> {
    BookingState::ALL.into_iter().find(|known| view::state(*known) == given)
}
