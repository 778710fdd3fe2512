//! Which of Careway's slots the Actions Center names. Pure rules.

use careway_kernel::ServiceId;
use chrono::DateTime;

use crate::slots::domain::slot_id::SlotId;

/// A slot as the format names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    pub(crate) service: &'a str,
    pub(crate) start_sec: i64,
    /// As long as the examination takes when it is nothing.
    pub(crate) duration_sec: i64,
    /// A member of staff or a room is named. Feeds name none.
    pub(crate) with_resources: bool,
    pub(crate) party_size: i32,
}

/// A slot, and how long it is believed to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) slot: SlotId,
    pub(crate) minutes: Option<i64>,
}

impl Named<'_> {
    /// The slot that is meant; none when the format names what Careway has none of.
    pub(crate) fn wanted(self) -> Option<Wanted> {
        let is_one_of_ours = !self.with_resources
            && self.party_size <= 1
            && self.duration_sec >= 0
            && self.duration_sec % 60 == 0;
        if !is_one_of_ours {
            return None;
        }
        let service = ServiceId::parse(self.service).ok()?;
        let start = DateTime::from_timestamp(self.start_sec, 0)?;
        let minutes = (self.duration_sec > 0).then_some(self.duration_sec / 60);
        Some(Wanted { slot: SlotId { service, start, resource: None }, minutes })
    }
}

impl Wanted {
    /// Whether it takes what it is believed to take.
    pub(crate) fn takes(&self, minutes: i64) -> bool {
        self.minutes.is_none_or(|believed| believed == minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c31";

    #[test]
    fn a_slot_is_named_by_its_instant_and_its_length() {
        let named = Named {
            service: SERVICE,
            start_sec: 1_801_551_600,
            duration_sec: 1800,
            with_resources: false,
            party_size: 0,
        };
        let wanted = named.wanted().unwrap();
        assert_eq!(wanted.slot.to_string(), format!("{SERVICE}~20270202T070000Z"));
        assert!(wanted.takes(30) && !wanted.takes(60));
        assert!(Named { duration_sec: 0, party_size: 1, ..named }.wanted().unwrap().takes(60));
        for none in [
            Named { service: "mri", ..named },
            Named { start_sec: i64::MAX, ..named },
            Named { duration_sec: 1801, ..named },
            Named { duration_sec: -60, ..named },
            Named { with_resources: true, ..named },
            Named { party_size: 2, ..named },
        ] {
            assert_eq!(none.wanted(), None, "{none:?}");
        }
    }
}
