//! Calendar dates as the contract writes them: `YYYY-MM-DD`.

use chrono::NaiveDate;

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

    proptest! {
        #[test]
        fn the_text_comes_back(days in -60_000..300_000_i64) {
            let date = NaiveDate::default() + chrono::Duration::days(days);
            prop_assert_eq!(parse_date(&date.to_string()), Ok(date));
        }
    }
}
