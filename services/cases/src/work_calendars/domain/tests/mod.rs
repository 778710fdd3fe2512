//! Working time against the vectors, and what must hold for any calendar.

mod properties;
pub(crate) mod vectors;

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::{Hours, WorkCalendar};

/// Monday to Friday, from nine to five.
pub(crate) fn usual_calendar(zone: Tz) -> WorkCalendar {
    let day = || vec![Hours { from: 9 * 60, until: 17 * 60 }];
    let week = [day(), day(), day(), day(), day(), Vec::new(), Vec::new()];
    WorkCalendar { zone, week, exceptions: BTreeMap::new() }
}
