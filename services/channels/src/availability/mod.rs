//! That channels can book at other times than before: whatever takes time, gives it back or opens and shuts calendars notes it, and
//! each channel is told of all of it at once, and then not again for a minute.

pub(crate) mod domain;
mod events;
pub(crate) mod store;
pub(crate) mod timers;
