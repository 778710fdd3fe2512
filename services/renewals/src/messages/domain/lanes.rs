//! Lanes: how much of something each kind of message may fill. Bulk leaves a quarter to what somebody waits for, and
//! everything else leaves a few places to one-time codes.

use super::message::Priority;

/// How many of `places` this kind of message may fill, together with those of less weight.
pub(crate) fn most(priority: Priority, places: usize) -> usize {
    match priority {
        Priority::Bulk => (places * 3 / 4).max(1),
        Priority::Transactional => (places - places / 16).max(1),
        Priority::Otp => places,
    }
}

/// How many more of each kind there is room for; of all together, as many as of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rooms {
    pub(crate) otp: i64,
    pub(crate) transactional: i64,
    pub(crate) bulk: i64,
}

/// How much of something is filled, by kind.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Filled {
    bulk: usize,
    transactional: usize,
    otp: usize,
}

impl Filled {
    fn of(&mut self, priority: Priority) -> &mut usize {
        match priority {
            Priority::Bulk => &mut self.bulk,
            Priority::Transactional => &mut self.transactional,
            Priority::Otp => &mut self.otp,
        }
    }

    /// One more of this kind.
    pub(crate) fn add(&mut self, priority: Priority) {
        *self.of(priority) += 1;
    }

    /// One less of this kind.
    pub(crate) fn remove(&mut self, priority: Priority) {
        let filled = self.of(priority);
        *filled = filled.saturating_sub(1);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bulk + self.transactional + self.otp == 0
    }

    /// How many more of each kind have a place.
    pub(crate) fn rooms(&self, places: usize) -> Rooms {
        let room = |priority| i64::try_from(self.room(priority, places)).unwrap_or(i64::MAX);
        Rooms {
            otp: room(Priority::Otp),
            transactional: room(Priority::Transactional),
            bulk: room(Priority::Bulk),
        }
    }

    /// How many more of this kind have a place.
    pub(crate) fn room(&self, priority: Priority, places: usize) -> usize {
        let free = places.saturating_sub(self.bulk + self.transactional + self.otp);
        let own = match priority {
            Priority::Bulk => self.bulk,
            Priority::Transactional => self.bulk + self.transactional,
            Priority::Otp => return free,
        };
        most(priority, places).saturating_sub(own).min(free)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulk_fills_three_quarters_and_a_code_always_finds_a_place() {
        let mut filled = Filled::default();
        for _ in 0..filled.room(Priority::Bulk, 64) {
            filled.add(Priority::Bulk);
        }
        assert_eq!(filled.bulk, 48);
        assert_eq!(filled.room(Priority::Bulk, 64), 0);
        for _ in 0..filled.room(Priority::Transactional, 64) {
            filled.add(Priority::Transactional);
        }
        assert_eq!((filled.transactional, filled.room(Priority::Otp, 64)), (12, 4));
        filled.remove(Priority::Bulk);
        assert_eq!(filled.room(Priority::Bulk, 64), 1);
    }

    #[test]
    fn one_place_is_for_everybody() {
        for priority in [Priority::Bulk, Priority::Transactional, Priority::Otp] {
            assert_eq!(Filled::default().room(priority, 1), 1);
        }
    }
}
