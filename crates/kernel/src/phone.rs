//! Phone numbers: kept as E.164, shown only masked.

use std::fmt;

use phonenumber::Type;
use phonenumber::metadata::DATABASE;
use sha2::{Digest, Sha256};

use crate::CountryCode;
use crate::secret::HIDDEN;

/// The text is not a phone number a person could be called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a valid phone number")]
pub struct InvalidPhoneNumber;

/// A valid phone number. It prints as `•••` and does not serialize: write [`as_e164`](Self::as_e164) or
/// [`masked`](Self::masked) where it has to be seen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber {
    e164: String,
    country_prefix: u16,
    mobile: bool,
}

impl PhoneNumber {
    /// Reads a number as people write it: `0788 123 456`, `250788…`, `+250.788…`, `00250…`; without a
    /// country prefix it is of `country`.
    pub fn parse(text: &str, country: CountryCode) -> Result<Self, InvalidPhoneNumber> {
        let dialled = dialled(text)?;
        if let Some(number) = valid(&dialled, country) {
            return Ok(number);
        }
        if let Some(renumbered) = renumbered_2018(&dialled, country) {
            return valid(&renumbered, country).ok_or(InvalidPhoneNumber);
        }
        // `84912345678`: the country prefix without its plus.
        let international = !dialled.starts_with(['+', '0']);
        let plus = international.then(|| format!("+{dialled}"));
        plus.and_then(|dialled| valid(&dialled, country)).ok_or(InvalidPhoneNumber)
    }

    /// Reads a number we kept earlier. Numbering plans change under kept numbers, so it need only be E.164.
    pub fn from_e164(e164: &str) -> Result<Self, InvalidPhoneNumber> {
        let digits = e164.strip_prefix('+').ok_or(InvalidPhoneNumber)?;
        if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidPhoneNumber);
        }
        let number = phonenumber::parse(None, e164).map_err(|_| InvalidPhoneNumber)?;
        Ok(Self { e164: e164.to_owned(), ..Self::of(&number) })
    }

    /// The number in full: `+250788123456`.
    #[must_use]
    pub fn as_e164(&self) -> &str {
        &self.e164
    }

    /// What staff may see of it: the country prefix and the last two digits.
    #[must_use]
    pub fn masked(&self) -> MaskedPhone {
        MaskedPhone::new(self.country_prefix, &self.e164[self.e164.len() - 2..])
    }

    /// The country prefix, `+250`: limits against SMS pumping count by it.
    #[must_use]
    pub fn country_prefix(&self) -> String {
        format!("+{}", self.country_prefix)
    }

    /// Whether it may receive an SMS: a landline does not.
    #[must_use]
    pub fn is_mobile(&self) -> bool {
        self.mobile
    }

    fn of(number: &phonenumber::PhoneNumber) -> Self {
        let kind = number.number_type(&DATABASE);
        Self {
            e164: number.format().mode(phonenumber::Mode::E164).to_string(),
            country_prefix: number.code().value(),
            mobile: matches!(kind, Type::Mobile | Type::FixedLineOrMobile),
        }
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// Strips what people write between digits and turns a leading `00` into `+`.
fn dialled(text: &str) -> Result<String, InvalidPhoneNumber> {
    let mut dialled = String::with_capacity(16);
    for char in text.trim().chars() {
        match char {
            '0'..='9' => dialled.push(char),
            '+' if dialled.is_empty() => dialled.push(char),
            ' ' | '.' | '-' | '(' | ')' | '/' | '\u{a0}' | '\u{202f}' => {}
            _ => return Err(InvalidPhoneNumber),
        }
    }
    if let Some(international) = dialled.strip_prefix("00") {
        dialled = format!("+{international}");
    }
    // E.164 ends at 15 digits; a trunk zero or a plus may stand before them.
    if (4..=17).contains(&dialled.len()) { Ok(dialled) } else { Err(InvalidPhoneNumber) }
}

fn valid(dialled: &str, country: CountryCode) -> Option<PhoneNumber> {
    let number = phonenumber::parse(Some(country.phone_region()), dialled).ok()?;
    // A person's phone: never a premium-rate number, which is what SMS pumping is after.
    let personal = matches!(
        number.number_type(&DATABASE),
        Type::Mobile
            | Type::FixedLine
            | Type::FixedLineOrMobile
            | Type::Voip
            | Type::PersonalNumber
            | Type::Uan
    );
    personal.then(|| PhoneNumber::of(&number))
}

/// In 2018 Vietnam's eleven-digit mobile numbers (01x) became ten-digit ones; old lists still carry them.
fn renumbered_2018(dialled: &str, country: CountryCode) -> Option<String> {
    let national = ["+84", "84", "0"].iter().find_map(|prefix| dialled.strip_prefix(prefix))?;
    if national.len() != 10 || (country != CountryCode::VN && !dialled.starts_with("+84")) {
        return None;
    }
    let (old, rest) = national.split_at(3);
    let new = match old {
        "120" => "70",
        "121" => "79",
        "122" => "77",
        "126" => "76",
        "128" => "78",
        "123" => "83",
        "124" => "84",
        "125" => "85",
        "127" => "81",
        "129" => "82",
        "162" => "32",
        "163" => "33",
        "164" => "34",
        "165" => "35",
        "166" => "36",
        "167" => "37",
        "168" => "38",
        "169" => "39",
        "186" => "56",
        "188" => "58",
        "199" => "59",
        _ => return None,
    };
    Some(format!("+84{new}{rest}"))
}

/// A phone number of which only the country and the last two digits are known: `+250 ••• ••• •12`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MaskedPhone(String);

impl MaskedPhone {
    /// One shape for all lengths: the number of hidden digits tells nothing.
    fn new(country_prefix: u16, last_two: &str) -> Self {
        Self(format!("+{country_prefix} ••• ••• •{last_two}"))
    }

    /// A stable, made-up masked phone for somebody unknown, shaped as a real one of `country`.
    ///
    /// The seed must depend on a secret (an HMAC of what was asked): otherwise anybody could compute the
    /// decoy of an identifier and see that it is one.
    #[must_use]
    pub fn decoy(seed: &[u8], country: CountryCode) -> Self {
        let digest = Sha256::new().chain_update(b"careway decoy phone").chain_update(seed).finalize();
        let last_two = u16::from_be_bytes([digest[0], digest[1]]) % 100;
        let prefix = DATABASE.by_id(country.as_str()).map_or(0, |metadata| metadata.country_code());
        Self::new(prefix, &format!("{last_two:02}"))
    }

    /// The text to show.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MaskedPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
#[path = "phone_tests.rs"]
mod tests;
