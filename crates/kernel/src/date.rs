//! Calendar dates as the contract writes them: `YYYY-MM-DD`, and as far as they are known: `YYYY-MM`, `YYYY`.

use std::fmt;

use chrono::{Months, NaiveDate};

/// Not a date of the calendar between the years 1800 and 2999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a date written YYYY-MM-DD")]
pub struct InvalidDate;

/// Reads `YYYY-MM-DD`, and nothing looser.
pub fn parse_date(text: &str) -> Result<NaiveDate, InvalidDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return Err(InvalidDate) };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u32, |sum, digit| match digit {
            b'0'..=b'9' => Ok(sum * 10 + u32::from(digit - b'0')),
            _ => Err(InvalidDate),
        })
    };
    let year = number(&[y1, y2, y3, y4])?;
    if !(1800..3000).contains(&year) {
        return Err(InvalidDate);
    }
    NaiveDate::from_ymd_opt(year.cast_signed(), number(&[m1, m2])?, number(&[d1, d2])?).ok_or(InvalidDate)
}

/// A date as far as it is known: of many people only the year of birth is, and none is invented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartialDate {
    /// `1950`
    Year(i32),
    /// `1950-07`
    Month(i32, u32),
    /// `1950-07-20`
    Day(NaiveDate),
}

impl PartialDate {
    /// A date of which a month or a day of zero is not known: `00/00/1950`.
    #[must_use]
    pub fn from_parts(year: i32, month: u32, day: u32) -> Option<Self> {
        match (month, day) {
            (0, 0) => Some(Self::Year(year)),
            (1..=12, 0) => Some(Self::Month(year, month)),
            _ => NaiveDate::from_ymd_opt(year, month, day).map(Self::Day),
        }
    }

    /// The first day it can be.
    #[must_use]
    pub fn earliest(self) -> NaiveDate {
        match self {
            Self::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN),
            Self::Month(year, month) => NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MIN),
            Self::Day(day) => day,
        }
    }

    /// The last day it can be.
    #[must_use]
    pub fn latest(self) -> NaiveDate {
        let next = match self {
            Self::Year(_) => self.earliest().checked_add_months(Months::new(12)),
            Self::Month(..) => self.earliest().checked_add_months(Months::new(1)),
            Self::Day(day) => return day,
        };
        next.and_then(|next| next.pred_opt()).unwrap_or(NaiveDate::MAX)
    }

    /// Whether somebody who lives on that day can have been born then: not later, and within the last 115 years.
    #[must_use]
    pub fn is_plausible_birth(self, today: NaiveDate) -> bool {
        let oldest = today.checked_sub_months(Months::new(115 * 12)).unwrap_or(NaiveDate::MIN);
        self.earliest() <= today && self.latest() >= oldest
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(day) => day.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_dates_of_the_calendar() {
        assert_eq!(parse_date("2024-02-29").unwrap().to_string(), "2024-02-29");
        for text in [
            "2025-02-29",
            "2024-13-01",
            "2024-2-9",
            "24-02-09",
            "+024-02-09",
            "2024-02-29T00",
            "0001-01-01",
            "",
        ] {
            assert_eq!(parse_date(text), Err(InvalidDate), "{text}");
        }
    }

    #[test]
    fn a_date_is_known_as_far_as_it_is() {
        let date = |year, month, day| PartialDate::from_parts(year, month, day);
        let year = date(1950, 0, 0).unwrap();
        assert_eq!(
            (year.to_string(), year.latest().to_string()),
            ("1950".to_owned(), "1950-12-31".to_owned())
        );
        let month = date(2024, 2, 0).unwrap();
        assert_eq!(
            (month.to_string(), month.latest().to_string()),
            ("2024-02".to_owned(), "2024-02-29".to_owned())
        );
        assert_eq!((date(1950, 13, 0), date(1950, 0, 3), date(2027, 2, 29)), (None, None, None));
        // On a leap day 115 years ago is no day of the calendar.
        let today = parse_date("2024-02-29").unwrap();
        assert!(year.is_plausible_birth(today) && date(2024, 0, 0).unwrap().is_plausible_birth(today));
        assert!(!date(1908, 0, 0).unwrap().is_plausible_birth(parse_date("2026-11-28").unwrap()));
        assert!(!date(2024, 3, 1).unwrap().is_plausible_birth(today));
    }

    proptest! {
        #[test]
        fn the_text_comes_back(days in -60_000..300_000_i64) {
            let date = NaiveDate::default() + chrono::Duration::days(days);
            prop_assert_eq!(parse_date(&date.to_string()), Ok(date));
        }
    }
}
