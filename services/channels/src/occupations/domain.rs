//! Lanes: a resource that several may have at once has as many, and what is taken of it lies in one. Pure rules.

use careway_kernel::{BookingId, HoldId, ResourceId};
use chrono::{DateTime, Utc};

/// An interval of a resource, with what is kept free before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) resource: ResourceId,
    /// How many may have it at once.
    pub(crate) capacity: u16,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
}

impl Place {
    /// Whether it is taken in part.
    pub(crate) fn meets(&self, taken: &Occupation) -> bool {
        taken.resource == self.resource && taken.from < self.to && self.from < taken.to
    }

    /// Whether one more may be there all the time.
    pub(crate) fn has_room(&self, known: &[Occupation], asking: &Asking) -> bool {
        let met: Vec<&Occupation> =
            known.iter().filter(|taken| self.meets(taken) && asking.counts(taken)).collect();
        // The most are there when one of them begins, or when the place does.
        let beginnings = met.iter().map(|taken| taken.from.max(self.from));
        let at_once =
            beginnings.map(|at| met.iter().filter(|taken| taken.from <= at && at < taken.to).count());
        at_once.max().unwrap_or_default() < self.capacity.into()
    }
}

/// A place in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) place: Place,
    pub(crate) lane: u16,
}

/// Whose an occupation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Hold { id: HoldId, until: DateTime<Utc> },
    Booking(BookingId),
}

/// What is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Occupation {
    pub(crate) id: i64,
    pub(crate) resource: ResourceId,
    pub(crate) lane: u16,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    pub(crate) owner: Owner,
}

/// Who asks, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking {
    pub(crate) now: DateTime<Utc>,
    /// The booking that is being moved: what it takes now does not count.
    pub(crate) moving: Option<BookingId>,
    /// Any number: those who ask at once should not all want the same.
    pub(crate) salt: u64,
}

impl Asking {
    /// Whether an occupation is in the way: a hold that is over is not, nor is what moves away.
    pub(crate) fn counts(&self, occupation: &Occupation) -> bool {
        match occupation.owner {
            Owner::Hold { until, .. } => until > self.now,
            Owner::Booking(booking) => Some(booking) != self.moving,
        }
    }

    /// Begins a list elsewhere for another salt.
    pub(crate) fn rotate<T>(&self, list: &mut [T]) {
        let at = u64::try_from(list.len()).ok().and_then(|length| self.salt.checked_rem(length));
        list.rotate_left(at.and_then(|at| usize::try_from(at).ok()).unwrap_or_default());
    }
}

/// A free lane for a place; none when each is taken for a part of it.
pub(crate) fn free_lane(place: &Place, known: &[Occupation], asking: &Asking) -> Option<u16> {
    let in_way = |lane: u16| {
        known.iter().any(|taken| taken.lane == lane && place.meets(taken) && asking.counts(taken))
    };
    let mut free: Vec<u16> = (0..place.capacity).filter(|lane| !in_way(*lane)).collect();
    asking.rotate(&mut free);
    free.first().copied()
}

/// Lanes dealt anew.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Deal {
    /// The new lanes of what is there, by its id.
    pub(crate) lanes: Vec<(i64, u16)>,
    /// The lane that is free for the place now.
    pub(crate) lane: u16,
}

/// Deals the lanes of everything around a place anew, by when it begins: then as few lanes are enough as are there at once.
/// None when the place has no room even so.
pub(crate) fn deal(place: &Place, cluster: &[Occupation], asking: &Asking) -> Option<Deal> {
    let there = cluster.iter().filter(|taken| asking.counts(taken));
    let mut all: Vec<_> = there.map(|taken| (taken.from, taken.to, Some(taken.id))).collect();
    all.push((place.from, place.to, None));
    all.sort();
    // By lane, when what was put into it last is over.
    let mut over: Vec<DateTime<Utc>> = Vec::new();
    let mut deal = Deal { lanes: Vec::new(), lane: 0 };
    for (from, to, id) in all {
        let lane = match over.iter().position(|over| *over <= from) {
            Some(lane) => lane,
            None => {
                over.push(to);
                over.len() - 1
            }
        };
        over[lane] = to;
        let lane = u16::try_from(lane).ok().filter(|lane| *lane < place.capacity)?;
        match id {
            Some(id) => deal.lanes.push((id, lane)),
            None => deal.lane = lane,
        }
    }
    Some(deal)
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn lanes_are_dealt_anew_where_none_is_free_though_there_is_room() {
        let clock = Clock::manual("2027-02-02T07:00:00Z".parse().unwrap());
        let (resource, now) = (ResourceId::new(&clock), clock.now());
        let at = |minutes: i64| now + TimeDelta::minutes(minutes);
        let taken = |id, lane, from, to| Occupation {
            id,
            resource,
            lane,
            from: at(from),
            to: at(to),
            owner: Owner::Booking(BookingId::new(&clock)),
        };
        let place = Place { resource, capacity: 2, from: at(24), to: at(42) };
        let asking = Asking { now, moving: None, salt: 7 };
        let known = [taken(1, 0, 12, 30), taken(2, 1, 36, 54)];
        assert_eq!(free_lane(&place, &known, &asking), None);
        assert!(place.has_room(&known, &asking));
        let dealt = deal(&place, &known, &asking).unwrap();
        assert_eq!(dealt, Deal { lanes: vec![(1, 0), (2, 0)], lane: 1 });
        let full = [taken(1, 0, 12, 30), taken(2, 1, 20, 30)];
        assert_eq!(deal(&place, &full, &asking), None);
        assert!(!place.has_room(&full, &asking));
    }
}
