//! Phone numbers: kept as E.164, shown only masked.

use std::fmt;

use phonenumber::Type;
use phonenumber::metadata::DATABASE;
use sha2::{Digest, Sha256};

use crate::CountryCode;
use crate::secret::HIDDEN;
use crate::text::{is_hyphen, without_invisible};

mod vietnam;

/// The text is not a phone number a person could be called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a valid phone number")]
pub struct InvalidPhoneNumber;

/// Why a text is not one phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadablePhone {
    /// None.
    #[error("must be a valid phone number")]
    NotAPhone,
    /// Two or more, and nobody can say which is meant.
    #[error("must be one phone number, not several")]
    Several,
}

/// What a phone number is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhoneKind {
    /// It may receive an SMS.
    Mobile,
    /// It does not.
    Landline,
    /// Neither for certain, like a number of the internet.
    Other,
}

/// What a number is today that was written otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneChange {
    /// The zero before a national number was lost, as spreadsheets lose it.
    LeadingZeroRestored,
    /// A Vietnamese mobile number of before 2018.
    Prefix2018,
    /// A Vietnamese landline of before 2017.
    Area2017,
}

/// A phone number as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPhone {
    /// The number.
    pub number: PhoneNumber,
    /// What was changed to get it.
    pub changed: Option<PhoneChange>,
    /// A mobile number whose digits were also a landline's before 2017: `038 3841234`. Where a landline may stand, nobody
    /// should send messages to it before somebody has confirmed it.
    pub may_be_old_landline: bool,
}

/// A valid phone number. It prints as `•••` and does not serialize: write [`as_e164`](Self::as_e164) or
/// [`masked`](Self::masked) where it has to be seen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber {
    e164: String,
    country_prefix: u16,
    kind: PhoneKind,
}

impl PhoneNumber {
    /// Reads a number as people write it: `0788 123 456`, `250788…`, `+250.788…`, `00250…`; without a
    /// country prefix it is of `country`.
    pub fn parse(text: &str, country: CountryCode) -> Result<Self, InvalidPhoneNumber> {
        Self::read(text, country).map(|read| read.number).map_err(|_| InvalidPhoneNumber)
    }

    /// As [`parse`](Self::parse), and says what was changed, or why it is none.
    pub fn read(text: &str, country: CountryCode) -> Result<ReadPhone, UnreadablePhone> {
        let text = without_invisible(text);
        if let Some(read) = dialled(&text).and_then(|dialled| read_one(&dialled, country)) {
            return Ok(read);
        }
        let parts = text.split(['/', ';', ',', '|', '&', '\n', '\r', '\t', ' ']);
        let numbers = parts.filter_map(|part| read_one(&dialled(part)?, country)).take(2);
        Err(if numbers.count() > 1 { UnreadablePhone::Several } else { UnreadablePhone::NotAPhone })
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
        self.kind == PhoneKind::Mobile
    }

    /// What it is for.
    #[must_use]
    pub fn kind(&self) -> PhoneKind {
        self.kind
    }

    fn of(number: &phonenumber::PhoneNumber) -> Self {
        let kind = match number.number_type(&DATABASE) {
            Type::Mobile | Type::FixedLineOrMobile => PhoneKind::Mobile,
            Type::FixedLine => PhoneKind::Landline,
            _ => PhoneKind::Other,
        };
        Self {
            e164: number.format().mode(phonenumber::Mode::E164).to_string(),
            country_prefix: number.code().value(),
            kind,
        }
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// Strips what people write between digits and turns a leading `00` into `+`; none when there is anything else.
fn dialled(text: &str) -> Option<String> {
    let text = text.trim();
    // `+84 (0)912 …`: the zero is for those who dial within the country.
    let national = text.starts_with('+') || text.starts_with("00");
    let text = if national { text.replacen("(0)", "", 1) } else { text.to_owned() };
    let mut dialled = String::with_capacity(16);
    for char in text.chars() {
        match char {
            '0'..='9' => dialled.push(char),
            '+' if dialled.is_empty() => dialled.push(char),
            '.' | '(' | ')' | '/' => {}
            char if is_hyphen(char) || (char.is_whitespace() && !char.is_control()) => {}
            _ => return None,
        }
    }
    if let Some(international) = dialled.strip_prefix("00") {
        dialled = format!("+{international}");
    }
    // E.164 ends at 15 digits; a trunk zero or a plus may stand before them.
    (4..=17).contains(&dialled.len()).then_some(dialled)
}

fn read_one(dialled: &str, country: CountryCode) -> Option<ReadPhone> {
    let read =
        |number, changed| ReadPhone { may_be_old_landline: may_be_old_landline(&number), number, changed };
    let bare = !dialled.starts_with(['+', '0']);
    // `844111222` begins as its country's prefix does, and is a number that lost its zero.
    if bare
        && dials_zero(country)
        && let Some(number) = valid(&format!("0{dialled}"), country)
    {
        return Some(read(number, Some(PhoneChange::LeadingZeroRestored)));
    }
    if let Some(number) = valid(dialled, country) {
        return Some(read(number, None));
    }
    if let Some(read) = renumbered(dialled, country) {
        return Some(read);
    }
    // `84912345678`: the country prefix without its plus.
    let number = valid(&bare.then(|| format!("+{dialled}"))?, country)?;
    Some(read(number, None))
}

/// Whether a number within the country is dialled with a zero before it.
fn dials_zero(country: CountryCode) -> bool {
    DATABASE.by_id(country.as_str()).and_then(|metadata| metadata.national_prefix()) == Some("0")
}

/// A Vietnamese number of before 2018 or 2017 that is none any more.
fn renumbered(dialled: &str, country: CountryCode) -> Option<ReadPhone> {
    let of = |national: &str| {
        let mobile = vietnam::mobile_of_2018(national).map(|new| (new, PhoneChange::Prefix2018));
        let landline = || vietnam::landline_of_2017(national).map(|new| (new, PhoneChange::Area2017));
        let (national, changed) = mobile.or_else(landline)?;
        let number = valid(&format!("+84{national}"), country)?;
        Some(ReadPhone { number, changed: Some(changed), may_be_old_landline: false })
    };
    if let Some(national) = dialled.strip_prefix("+84") {
        return of(national);
    }
    if country != CountryCode::VN || dialled.starts_with('+') {
        return None;
    }
    match dialled.strip_prefix('0') {
        Some(national) => of(national),
        None => of(dialled).or_else(|| of(dialled.strip_prefix("84")?)),
    }
}

fn may_be_old_landline(number: &PhoneNumber) -> bool {
    let national = number.e164.strip_prefix("+84");
    number.is_mobile() && national.is_some_and(|national| vietnam::landline_of_2017(national).is_some())
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
mod tests;
