//! Hours of a day, as the clock on the wall shows them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Minutes in a day on the clock.
pub(crate) const DAY: u16 = 24 * 60;

/// From when to when, in minutes after 00:00 of the day on which they begin; they may end on the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Hours {
    pub(crate) from: u16,
    pub(crate) to: u16,
}

/// Why hours cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HoursRefusal {
    #[error("must be `HH:MM`, up to `24:00`")]
    Malformed,
    #[error("must not end when they begin")]
    Empty,
    #[error("must not overlap, over midnight either")]
    Overlap,
}

impl HoursRefusal {
    /// Its stable name.
    #[cfg(test)]
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "HOURS_MALFORMED",
            Self::Empty => "HOURS_EMPTY",
            Self::Overlap => "HOURS_OVERLAP",
        }
    }
}

impl Hours {
    /// Reads two times of the clock; an end that is not after its beginning is on the next day.
    pub(crate) fn parse(from: &str, to: &str) -> Result<Self, HoursRefusal> {
        let (from, to) = (minutes(from)?, minutes(to)?);
        if from == DAY {
            return Err(HoursRefusal::Malformed);
        }
        match to {
            to if to == from => Err(HoursRefusal::Empty),
            to if to < from => Ok(Self { from, to: to + DAY }),
            to => Ok(Self { from, to }),
        }
    }

    fn overlaps(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// The same hours, seen from the day before.
    const fn tomorrow(self) -> Self {
        Self { from: self.from + DAY, to: self.to + DAY }
    }
}

/// As they were given: `09:00`–`17:00`.
pub(crate) fn clock(minutes: u16) -> impl fmt::Display {
    let shown = if minutes > DAY { minutes - DAY } else { minutes };
    format!("{:02}:{:02}", shown / 60, shown % 60)
}

/// Refuses hours of a day that overlap each other or run into those of the next.
pub(crate) fn apart(day: &[Hours], next: &[Hours]) -> Result<(), HoursRefusal> {
    let mut sorted: Vec<Hours> =
        day.iter().copied().chain(next.iter().map(|hours| hours.tomorrow())).collect();
    sorted.sort_unstable();
    let touching = sorted.windows(2).any(|pair| matches!(pair, [one, two] if one.overlaps(*two)));
    if touching { Err(HoursRefusal::Overlap) } else { Ok(()) }
}

fn minutes(text: &str) -> Result<u16, HoursRefusal> {
    let parsed = || {
        let (hours, minutes) = text.split_once(':')?;
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(hours) || !digits(minutes) {
            return None;
        }
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        (minutes < 60 && hours * 60 + minutes <= DAY).then_some(hours * 60 + minutes)
    };
    parsed().ok_or(HoursRefusal::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_shown_as_they_were_given() {
        for (from, to) in [("09:00", "17:00"), ("00:00", "24:00"), ("22:30", "01:30"), ("20:00", "24:00")] {
            let hours = Hours::parse(from, to).unwrap();
            assert_eq!(
                (clock(hours.from).to_string(), clock(hours.to).to_string()),
                (from.into(), to.into())
            );
        }
        for wrong in ["9:00", "09:60", "24:01", "x", "09-00", "+9:00"] {
            let refusal = Hours::parse(wrong, "10:00").unwrap_err();
            assert_eq!(refusal.code(), "HOURS_MALFORMED", "{wrong}");
        }
        assert_eq!(Hours::parse("24:00", "10:00"), Err(HoursRefusal::Malformed));
    }
}
