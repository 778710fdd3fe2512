//! What a slot is called: the examination, when it begins and, where one is meant, by whom. Opaque to whoever is given it.

use std::fmt;

use careway_kernel::{ResourceId, ServiceId};
use chrono::{DateTime, NaiveDateTime, Utc};

const START: &str = "%Y%m%dT%H%M%SZ";

/// A slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SlotId {
    pub(crate) service: ServiceId,
    pub(crate) start: DateTime<Utc>,
    /// By this one of the first group; by anybody unless given.
    pub(crate) resource: Option<ResourceId>,
}

/// The text names no slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a slot as availability gives it")]
pub(crate) struct InvalidSlot;

impl SlotId {
    /// Reads what was given out.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidSlot> {
        let parsed = || {
            let mut parts = text.split('~');
            let service = ServiceId::parse(parts.next()?).ok()?;
            let start = NaiveDateTime::parse_from_str(parts.next()?, START).ok()?.and_utc();
            let resource = parts.next().map(ResourceId::parse).transpose().ok()?;
            parts.next().is_none().then_some(Self { service, start, resource })
        };
        parsed().filter(|slot| slot.to_string() == text).ok_or(InvalidSlot)
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.service, self.start.format(START))?;
        self.resource.map_or(Ok(()), |resource| write!(f, "~{resource}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_comes_back_and_nothing_else_is_one() {
        let id = "0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c31";
        for text in [format!("{id}~20270202T070000Z"), format!("{id}~20270202T070000Z~{id}")] {
            assert_eq!(SlotId::parse(&text).unwrap().to_string(), text);
        }
        for wrong in ["", "~", id, "x~20270202T070000Z", "20270202T070000Z"] {
            assert_eq!(SlotId::parse(wrong), Err(InvalidSlot), "{wrong}");
        }
        for wrong in ["20270230T070000Z", "20270202T0700Z", "20270202T070000Z~", "20270202T070000Z~x"] {
            assert_eq!(SlotId::parse(&format!("{id}~{wrong}")), Err(InvalidSlot), "{wrong}");
        }
    }
}
