//! Lines of care as they are asked for: what can be said of them before adjudication.

use careway_kernel::{Currency, InvalidMoney, Money, Violations, text::without_blanks};
use chrono::NaiveDate;

use crate::adjudication::{diagnosis::Diagnosis, quantity::Quantity};

/// Lines of one pre-authorization or claim, at most.
pub(crate) const MOST_LINES: usize = 200;
/// Diagnoses of one line, at most.
pub(crate) const MOST_DIAGNOSES: usize = 12;

/// One service or medicine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestedLine {
    /// In the payer's tariff, in capitals.
    pub(crate) code: String,
    pub(crate) quantity: Quantity,
    /// Of one, in minor units of the plan's currency; the tariff's where none.
    pub(crate) unit_price: Option<i64>,
    /// The main one first; at least one.
    pub(crate) diagnoses: Vec<Diagnosis>,
    pub(crate) date: NaiveDate,
    /// The number of the pre-authorization it was allowed by; the visit's own is found without it.
    pub(crate) preauthorization: Option<String>,
}

/// A line as it was written, before its visit is known: that says in which currency the price is, and which day is meant
/// where none is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineRequest {
    pub(crate) code: String,
    pub(crate) quantity: Quantity,
    /// A decimal that is not negative.
    pub(crate) unit_price: Option<String>,
    /// What the price is in, where the line says so.
    pub(crate) currency: Option<Currency>,
    pub(crate) diagnoses: Vec<Diagnosis>,
    pub(crate) date: Option<NaiveDate>,
    pub(crate) preauthorization: Option<String>,
}

/// What has to be looked up for a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineQuery<'a> {
    pub(crate) code: &'a str,
    /// The visit's day of service where none.
    pub(crate) date: Option<NaiveDate>,
    pub(crate) preauthorization: Option<&'a str>,
}

/// When care of a visit may have been given, and in what it is paid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) currency: Currency,
    /// The visit's day of service.
    pub(crate) first_day: NaiveDate,
    /// The day of the discharge; today where the patient is still there.
    pub(crate) last_day: NaiveDate,
    /// What a day after that one is told.
    pub(crate) latest: &'static str,
}

/// The code of a service or a medicine, of any payer.
pub(crate) fn parse_code(text: &str) -> Result<String, &'static str> {
    let code = without_blanks(text).to_uppercase();
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"-._/".contains(&byte);
    let first = code.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if first && code.len() <= 40 && code.bytes().all(allowed) {
        Ok(code)
    } else {
        Err("must be 1 to 40 letters, digits and - . _ / such as CONS-GP")
    }
}

/// In words that hold in every currency.
const NO_PRICE: &str = "must be a decimal number that is not negative, such as 5000";

/// A decimal that is not negative, of whatever currency.
pub(crate) fn parse_price(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    // A currency with the most decimals there are: the plan's own is asked once it is known.
    match Money::parse("KWD", text) {
        Ok(price) if price.is_negative() => Err(NO_PRICE),
        Err(InvalidMoney::Bounds) if text.starts_with('-') => Err(NO_PRICE),
        Ok(_) | Err(InvalidMoney::Bounds) => Ok(text.to_owned()),
        Err(_) => Err(NO_PRICE),
    }
}

impl LineRequest {
    pub(crate) fn query(&self) -> LineQuery<'_> {
        LineQuery { code: &self.code, date: self.date, preauthorization: self.preauthorization.as_deref() }
    }

    /// The line in its visit; what is wrong with it there is noted under its own fields.
    pub(crate) fn within(
        self,
        v: &mut Violations,
        frame: &Frame,
        knows_approval: impl Fn(&str) -> bool,
    ) -> Option<RequestedLine> {
        let known = self.preauthorization.as_deref().is_none_or(knows_approval);
        v.check(
            "preauthorizationNumber",
            known,
            "must be of a pre-authorization of this patient that stands",
        );
        let date = self.date.unwrap_or(frame.first_day);
        v.check("date", frame.first_day <= date, "must not be before the visit's day of service");
        v.check("date", date <= frame.last_day, frame.latest);
        let unit_price = v.optional("unitPrice", self.unit_price.as_deref(), |text| {
            Money::parse(frame.currency.code(), text).map(|price| price.minor)
        });
        let unit_price = unit_price?;
        if let Some(price) = unit_price {
            v.field("unitPrice", self.quantity.checked_price(price))?;
        }
        Some(RequestedLine {
            code: self.code,
            quantity: self.quantity,
            unit_price,
            diagnoses: self.diagnoses,
            date,
            preauthorization: self.preauthorization,
        })
    }
}

#[cfg(test)]
impl RequestedLine {
    pub(crate) fn query(&self) -> LineQuery<'_> {
        LineQuery {
            code: &self.code,
            date: Some(self.date),
            preauthorization: self.preauthorization.as_deref(),
        }
    }
}

/// A line that is priced in another currency than the price list's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Line {line} is in {is}; the price list is in {needs}.")]
pub(crate) struct CurrencyDiffers {
    /// Its number, from 1.
    pub(crate) line: usize,
    pub(crate) is: Currency,
    pub(crate) needs: Currency,
}

/// Whether every line that says its currency says that of the price list.
pub(crate) fn in_currency(lines: &[LineRequest], needs: Currency) -> Result<(), CurrencyDiffers> {
    let other = |(line, it): (usize, &LineRequest)| Some((line, it.currency.filter(|is| *is != needs)?));
    match (1..).zip(lines).find_map(other) {
        Some((line, is)) => Err(CurrencyDiffers { line, is, needs }),
        None => Ok(()),
    }
}

/// The lines in their visit, or everything that is wrong with any of them, each by its path.
pub(crate) fn within_visit(
    lines: Vec<LineRequest>,
    frame: &Frame,
    knows_approval: impl Fn(&str) -> bool,
) -> Result<Vec<RequestedLine>, Violations> {
    let mut v = Violations::default();
    let lines = v.each("lines", lines, |v, line| line.within(v, frame, &knows_approval));
    Ok(v.all((lines,))?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(quantity: &str, price: Option<&str>, date: Option<&str>) -> LineRequest {
        LineRequest {
            code: "CONS-GP".to_owned(),
            quantity: Quantity::parse(quantity).unwrap(),
            unit_price: price.map(str::to_owned),
            currency: None,
            diagnoses: vec![Diagnosis::parse("J06.9").unwrap()],
            date: date.map(|text| text.parse().unwrap()),
            preauthorization: None,
        }
    }

    fn frame() -> Frame {
        Frame {
            currency: Currency::Rwf,
            first_day: "2026-03-02".parse().unwrap(),
            last_day: "2026-03-04".parse().unwrap(),
            latest: "must not be later",
        }
    }

    #[test]
    fn a_line_without_a_day_is_of_the_visits() {
        let lines = within_visit(vec![asked("2", Some("5000"), None)], &frame(), |_| false).unwrap();
        assert_eq!((lines[0].date, lines[0].unit_price), ("2026-03-02".parse().unwrap(), Some(5000)));
    }

    #[test]
    fn everything_wrong_with_any_line_is_said_by_its_path() {
        let lines = vec![
            asked("1", Some("12.50"), Some("2026-03-01")),
            asked("1", None, Some("2026-03-04")),
            asked("999999", Some("1000000000000000"), Some("2026-03-05")),
        ];
        let wrong = within_visit(lines, &frame(), |_| false).unwrap_err();
        let said: Vec<_> = wrong.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(said, ["lines[0].date", "lines[0].unitPrice", "lines[2].date", "lines[2].unitPrice"]);
    }

    #[test]
    fn a_line_in_another_currency_than_the_price_lists_is_named() {
        let said = |currency| LineRequest { currency, ..asked("1", Some("5000"), None) };
        let lines = [said(None), said(Some(Currency::Rwf)), said(Some(Currency::Ron))];
        assert_eq!(in_currency(&lines[..2], Currency::Rwf), Ok(()));
        let differs = CurrencyDiffers { line: 3, is: Currency::Ron, needs: Currency::Rwf };
        assert_eq!(in_currency(&lines, Currency::Rwf), Err(differs));
    }

    #[test]
    fn a_number_that_is_named_is_known() {
        let named = |number: &str| LineRequest {
            preauthorization: Some(number.to_owned()),
            ..asked("1", None, None)
        };
        let lines = vec![named("A26-0000001-00"), named("A26-0000002-00")];
        let wrong = within_visit(lines, &frame(), |number| number == "A26-0000001-00").unwrap_err();
        let said: Vec<_> = wrong.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(said, ["lines[1].preauthorizationNumber"]);
    }

    #[test]
    fn codes_are_capitals() {
        assert_eq!(parse_code(" cons-gp ").unwrap(), "CONS-GP");
        assert_eq!(parse_code("A02BC01/20.5").unwrap(), "A02BC01/20.5");
        for text in ["", "-X", "CONS+GP", "É1", "X;DROP", &"X".repeat(41)] {
            assert!(parse_code(text).is_err(), "{text}");
        }
    }

    #[test]
    fn prices_are_decimals_that_are_not_negative() {
        assert_eq!(parse_price(" 12.50 ").unwrap(), "12.50");
        for text in ["-1", "1e3", "1,5", "1.2345", ""] {
            assert!(parse_price(text).is_err(), "{text}");
        }
    }
}
