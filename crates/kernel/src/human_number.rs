//! Numbers people say over the phone: `V26-0001234-13`, with two check digits that catch what they mishear.

use std::fmt;

use crate::text::bare;

/// Not one of our numbers of a kind, or mistyped; with an example of that kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a number such as {}; check for a typing error", human_number(.0, 2026, 1234))]
pub struct InvalidHumanNumber(String);

/// A number for people: a prefix of letters, the year, a sequence, and ISO 7064 MOD 97-10 check digits,
/// which catch every wrong digit and every swapped pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HumanNumber {
    prefix: String,
    year: u16,
    sequence: u64,
}

/// The number as text: `human_number("V", 2026, 1234)` is `V26-0001234-13`.
#[must_use]
pub fn human_number(prefix: &str, year: i32, sequence: u64) -> String {
    HumanNumber::new(prefix, year, sequence).to_string()
}

impl HumanNumber {
    /// The number of a sequence within a year of this century. The prefix is what its kind has: upper-case letters.
    #[must_use]
    pub fn new(prefix: &str, year: i32, sequence: u64) -> Self {
        Self {
            prefix: prefix.to_ascii_uppercase(),
            year: year.rem_euclid(100).unsigned_abs() as u16,
            sequence,
        }
    }

    /// A visit's number.
    #[must_use]
    pub fn visit(year: i32, sequence: u64) -> Self {
        Self::new("V", year, sequence)
    }

    /// Reads a number of this prefix as people type or paste it: any case, hyphens, dashes and blanks as they like.
    pub fn parse(prefix: &str, text: &str) -> Result<Self, InvalidHumanNumber> {
        Self::read(prefix, text).ok_or_else(|| InvalidHumanNumber(prefix.to_owned()))
    }

    fn read(prefix: &str, text: &str) -> Option<Self> {
        if text.len() > 128 {
            return None;
        }
        let bare = bare(text).to_ascii_uppercase();
        let digits = bare.strip_prefix(&prefix.to_ascii_uppercase())?;
        // Two of the year, seven or more of the sequence, two check digits.
        if !(11..=20).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (year, rest) = digits.split_at(2);
        let (sequence, _) = rest.split_at(rest.len() - 2);
        let number = Self {
            prefix: prefix.to_ascii_uppercase(),
            year: year.parse().ok()?,
            sequence: sequence.parse().ok()?,
        };
        let printed = number.to_string();
        (printed.replace('-', "") == bare).then_some(number)
    }

    /// The running number within the year.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The year in full.
    #[must_use]
    pub fn year(&self) -> i32 {
        2000 + i32::from(self.year)
    }

    /// Canonical text of a number people typed: what the database keeps.
    pub fn normalize(prefix: &str, text: &str) -> Result<String, InvalidHumanNumber> {
        Self::parse(prefix, text).map(|number| number.to_string())
    }
}

impl fmt::Display for HumanNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prefix, year, sequence } = self;
        let check = check_digits(&format!("{prefix}{year:02}{sequence:07}"));
        write!(f, "{prefix}{year:02}-{sequence:07}-{check:02}")
    }
}

/// ISO 7064 MOD 97-10 as in an IBAN: letters count as 10 to 35, and the whole with its check leaves 1.
fn check_digits(text: &str) -> u32 {
    let remainder = text.chars().filter_map(|char| char.to_digit(36)).fold(0, |sum, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (sum * shift + value) % 97
    });
    98 - remainder * 100 % 97
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn check_digits_are_those_of_the_standard() {
        // ISO 7064's own example, and the IBAN GB82 WEST 1234 5698 7654 32.
        assert_eq!(check_digits("794"), 44);
        assert_eq!(check_digits("WEST12345698765432GB"), 82);
    }

    #[test]
    fn people_type_as_they_like() {
        let printed = human_number("V", 2026, 1234);
        assert!(printed.starts_with("V26-0001234-"), "{printed}");
        let bare = printed.replace('-', "");
        for text in [
            printed.clone(),
            printed.to_lowercase(),
            bare.clone(),
            format!(" {} ", bare.replace("000", "000 ")),
            printed.replace('-', "\u{2011}"),
            printed.replace('-', " \u{2013} "),
            format!("{printed}\u{a0}"),
        ] {
            assert_eq!(HumanNumber::normalize("V", &text).as_ref(), Ok(&printed), "{text}");
        }
        assert_eq!(HumanNumber::parse("V", &printed).unwrap().year(), 2026);
        assert!(HumanNumber::parse("C", &printed).is_err());
    }

    #[test]
    fn every_kind_has_its_own_check() {
        let claim = human_number("C", 2026, 1234).replacen('C', "V", 1);
        assert!(HumanNumber::parse("V", &claim).is_err());
    }

    #[test]
    fn the_example_of_a_refusal_is_a_number_of_its_kind() {
        for prefix in ["V", "C", "A", "P", "R", "S"] {
            let words = HumanNumber::parse(prefix, "soon").unwrap_err().to_string();
            let example = words.split([' ', ';']).find(|word| word.contains('-')).unwrap();
            assert!(HumanNumber::parse(prefix, example).is_ok(), "{words}");
        }
    }

    proptest! {
        #[test]
        fn a_number_comes_back(year in 2000..2100, sequence in 0..10_u64.pow(12)) {
            let number = HumanNumber::visit(year, sequence);
            prop_assert_eq!(HumanNumber::parse("V", &number.to_string()), Ok(number.clone()));
            prop_assert_eq!(number.year(), year);
        }

        #[test]
        fn a_wrong_digit_is_caught(sequence in 0..10_000_000_u64, at in 1..12_usize, by in 1..10_u8) {
            let mut digits = human_number("V", 2026, sequence).replace('-', "").into_bytes();
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            let text = String::from_utf8(digits).unwrap();
            prop_assert!(HumanNumber::parse("V", &text).is_err());
        }

        #[test]
        fn a_swapped_pair_is_caught(sequence in 0..10_000_000_u64, at in 1..11_usize) {
            let mut digits = human_number("V", 2026, sequence).replace('-', "").into_bytes();
            prop_assume!(digits[at] != digits[at + 1]);
            digits.swap(at, at + 1);
            let text = String::from_utf8(digits).unwrap();
            prop_assert!(HumanNumber::parse("V", &text).is_err());
        }

        #[test]
        fn no_text_panics(text in "V?[0-9 -]{0,30}|.{0,30}") {
            let _ = HumanNumber::parse("V", &text);
        }
    }
}
