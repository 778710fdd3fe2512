//! What people type to find somebody.

use careway_kernel::{CountryCode, Email, PhoneNumber, text};

/// Digits of a BHXH number.
const NUMBER: usize = 10;

/// Whom a search finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Search {
    /// Everybody.
    All,
    /// Whose name has each of these words in one of its forms.
    Words(Vec<Vec<String>>),
    /// Who is known by it.
    Code(CodeSearch),
}

/// What somebody may be known by; whoever has one of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CodeSearch {
    /// The beginning of a BHXH number.
    pub(crate) number: Option<String>,
    pub(crate) card_code: Option<String>,
    /// A phone number, an e-mail address or a citizen id, as each is hashed.
    pub(crate) hashed: Vec<String>,
}

impl Search {
    /// Reads a search; phone numbers without a prefix are of this country.
    pub(crate) fn parse(text: &str, country: CountryCode) -> Self {
        let folded = text::fold(text);
        if folded.is_empty() {
            return Self::All;
        }
        if let Ok(email) = Email::parse(&folded) {
            return Self::Code(CodeSearch { hashed: vec![email.as_str().to_owned()], ..Default::default() });
        }
        code(&folded, country).map_or_else(|| Self::Words(text::name_query(text)), Self::Code)
    }
}

/// What is no name: something of digits, perhaps after the letters of a card.
fn code(folded: &str, country: CountryCode) -> Option<CodeSearch> {
    let plain: String = folded.chars().filter(|char| !" .-()/".contains(*char)).collect();
    let digits = plain.trim_start_matches('+');
    if is_card_code(&plain) {
        return Some(CodeSearch { card_code: Some(plain.to_uppercase()), ..Default::default() });
    }
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let phone = PhoneNumber::read(folded, country).ok().map(|read| read.number.as_e164().to_owned());
    let citizen_id = (plain.len() == 12 && digits == plain).then(|| plain.clone());
    Some(CodeSearch {
        number: (plain.len() <= NUMBER && digits == plain).then_some(plain),
        card_code: None,
        hashed: phone.into_iter().chain(citizen_id).collect(),
    })
}

/// Two letters and 13 digits.
fn is_card_code(plain: &str) -> bool {
    let (letters, digits) = plain.split_at_checked(2).unwrap_or_default();
    digits.len() == 13
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}
