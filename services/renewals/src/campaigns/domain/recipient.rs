//! Who is reminded by a campaign, and what became of it.
//!
//! PLANNED → QUEUED, which has a message → its end | SUPPRESSED, with the reason.

/// The states in which a message was not accepted and will not be sent by itself: what a campaign failed at.
pub(crate) const NOT_ACCEPTED: [&str; 3] = ["REJECTED", "EXPIRED", "UNKNOWN"];

/// Those of them that may be tried once more. What is unknown may have been delivered.
pub(crate) const MAY_RETRY: [&str; 2] = ["REJECTED", "EXPIRED"];

/// What became of a part that nobody can have got, although a carrier took it. A message of which another part was taken is
/// never tried again: somebody may have read that.
pub(crate) const NOBODY_GOT: [&str; 3] = ["UNDELIVERED", "REJECTED", "EXPIRED"];

/// How many reminders stand in the queue at most, of all campaigns together.
const AHEAD: i64 = 10_000;

/// How many more a campaign may queue, of so many campaigns that have something to queue and with so many of its own in the
/// queue. Each has its share: what is held back of one, for the night or a pause, takes no place of another's.
pub(crate) fn room(campaigns: usize, queued: i64) -> i64 {
    let campaigns = i64::try_from(campaigns).unwrap_or(i64::MAX).max(1);
    ((AHEAD / campaigns).max(1) - queued).max(0)
}

/// Every state that a recipient is listed by: its own, and that of its message once it has one.
pub(crate) const STATES: [&str; 12] = [
    "PLANNED",
    "QUEUED",
    "HELD",
    "SUBMITTED",
    "ACCEPTED",
    "DELIVERED",
    "UNDELIVERED",
    "EXPIRED",
    "REJECTED",
    "UNKNOWN",
    "NO_CONTACT",
    "SUPPRESSED",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_campaign_has_its_share_of_the_queue_whatever_others_have_there() {
        assert_eq!([room(1, 0), room(1, 9_999), room(1, 10_000)], [10_000, 1, 0]);
        assert_eq!([room(2, 0), room(2, 5_000), room(2, 10_000)], [5_000, 0, 0]);
        assert_eq!(room(20_000, 0), 1, "nobody waits for ever");
    }
}
