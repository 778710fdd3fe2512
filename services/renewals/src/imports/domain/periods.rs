//! The days on which a card is good, as an authority's list says them and as they are known.

use chrono::NaiveDate;

use super::RowRefusal;

/// A period that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownPeriod {
    pub(crate) from: NaiveDate,
    /// Inclusive.
    pub(crate) to: NaiveDate,
    /// An agency renewed it.
    pub(crate) is_renewal: bool,
}

/// What a list changes of a card's periods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PeriodChange {
    /// By their first days: the list says other days.
    pub(crate) gone: Vec<NaiveDate>,
    pub(crate) new: Option<(NaiveDate, NaiveDate)>,
    /// The last day of all of them then.
    pub(crate) last_day: NaiveDate,
}

impl PeriodChange {
    /// What a listed period changes. It takes the place of whatever an earlier list said of its days; what an agency renewed
    /// stands, and a list that has other days for it is refused.
    pub(crate) fn by(known: &[KnownPeriod], (from, to): (NaiveDate, NaiveDate)) -> Result<Self, RowRefusal> {
        let last_of = |periods: &mut dyn Iterator<Item = NaiveDate>| periods.max().unwrap_or(to);
        if known.iter().any(|period| (period.from, period.to) == (from, to)) {
            let last_day = last_of(&mut known.iter().map(|period| period.to));
            return Ok(Self { last_day, ..Self::default() });
        }
        let (gone, kept): (Vec<&KnownPeriod>, Vec<&KnownPeriod>) =
            known.iter().partition(|period| period.from <= to && from <= period.to);
        if gone.iter().any(|period| period.is_renewal) {
            return Err(RowRefusal::PeriodOverlaps);
        }
        let last_day = last_of(&mut kept.iter().map(|period| period.to).chain([to]));
        Ok(Self { gone: gone.iter().map(|period| period.from).collect(), new: Some((from, to)), last_day })
    }

    pub(crate) fn is_none(&self) -> bool {
        self.gone.is_empty() && self.new.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn known(from: &str, to: &str, is_renewal: bool) -> KnownPeriod {
        KnownPeriod { from: day(from), to: day(to), is_renewal }
    }

    #[test]
    fn a_listed_period_takes_the_place_of_what_was_listed_of_its_days() {
        let year = [known("2025-01-01", "2025-12-31", false), known("2026-01-01", "2026-12-31", false)];
        let by = |from: &str, to: &str| PeriodChange::by(&year, (day(from), day(to)));
        let same = by("2025-01-01", "2025-12-31").unwrap();
        assert!(same.is_none());
        assert_eq!(same.last_day, day("2026-12-31"));
        let longer = by("2026-01-01", "2027-03-31").unwrap();
        assert_eq!((longer.gone, longer.last_day), (vec![day("2026-01-01")], day("2027-03-31")));
        let shorter = by("2026-01-01", "2026-06-30").unwrap();
        assert_eq!(
            (shorter.new, shorter.last_day),
            (Some((day("2026-01-01"), day("2026-06-30"))), day("2026-06-30"))
        );
        let next = by("2027-01-01", "2027-12-31").unwrap();
        assert_eq!((next.gone.len(), next.last_day), (0, day("2027-12-31")));
        assert_eq!(by("2024-01-01", "2024-12-31").unwrap().last_day, day("2026-12-31"));
    }

    #[test]
    fn what_an_agency_renewed_stands() {
        let renewed = [known("2026-01-01", "2026-12-31", false), known("2027-01-01", "2027-12-31", true)];
        let by = |from: &str, to: &str| PeriodChange::by(&renewed, (day(from), day(to)));
        assert!(by("2026-01-01", "2026-12-31").unwrap().is_none(), "a list of before the renewal");
        assert!(by("2027-01-01", "2027-12-31").unwrap().is_none(), "a list that knows of it");
        assert_eq!(by("2026-01-01", "2027-12-31"), Err(RowRefusal::PeriodOverlaps));
    }
}
