//! The GSM 7-bit default alphabet and its extension (3GPP TS 23.038): which characters cost one septet, and which two.

use std::sync::LazyLock;

/// The octet before an extension character.
pub(super) const ESCAPE: u8 = 0x1B;

/// A character of the alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Septets {
    Basic(u8),
    /// After an escape.
    Extended(u8),
}

impl Septets {
    /// How many septets it takes.
    pub(super) fn units(self) -> usize {
        match self {
            Self::Basic(_) => 1,
            Self::Extended(_) => 2,
        }
    }
}

/// Whether the default alphabet has this character.
pub(crate) fn is_gsm7(char: char) -> bool {
    septets(char).is_some()
}

/// The character in the alphabet; none when a text with it goes out as UCS-2.
pub(super) fn septets(char: char) -> Option<Septets> {
    let code = match char {
        // Where both alphabets agree.
        ' '..='#' | '%'..='?' | 'A'..='Z' | 'a'..='z' | '\n' | '\r' => u8::try_from(char).ok()?,
        '\u{C}' => return Some(Septets::Extended(0x0A)),
        '^' => return Some(Septets::Extended(0x14)),
        '{' => return Some(Septets::Extended(0x28)),
        '}' => return Some(Septets::Extended(0x29)),
        '\\' => return Some(Septets::Extended(0x2F)),
        '[' => return Some(Septets::Extended(0x3C)),
        '~' => return Some(Septets::Extended(0x3D)),
        ']' => return Some(Septets::Extended(0x3E)),
        '|' => return Some(Septets::Extended(0x40)),
        '€' => return Some(Septets::Extended(0x65)),
        '@' => 0x00,
        '£' => 0x01,
        '$' => 0x02,
        '¥' => 0x03,
        'è' => 0x04,
        'é' => 0x05,
        'ù' => 0x06,
        'ì' => 0x07,
        'ò' => 0x08,
        'Ç' => 0x09,
        'Ø' => 0x0B,
        'ø' => 0x0C,
        'Å' => 0x0E,
        'å' => 0x0F,
        'Δ' => 0x10,
        '_' => 0x11,
        'Φ' => 0x12,
        'Γ' => 0x13,
        'Λ' => 0x14,
        'Ω' => 0x15,
        'Π' => 0x16,
        'Ψ' => 0x17,
        'Σ' => 0x18,
        'Θ' => 0x19,
        'Ξ' => 0x1A,
        'Æ' => 0x1C,
        'æ' => 0x1D,
        'ß' => 0x1E,
        'É' => 0x1F,
        '¤' => 0x24,
        '¡' => 0x40,
        'Ä' => 0x5B,
        'Ö' => 0x5C,
        'Ñ' => 0x5D,
        'Ü' => 0x5E,
        '§' => 0x5F,
        '¿' => 0x60,
        'ä' => 0x7B,
        'ö' => 0x7C,
        'ñ' => 0x7D,
        'ü' => 0x7E,
        'à' => 0x7F,
        _ => return None,
    };
    Some(Septets::Basic(code))
}

/// The text of such octets: an unknown one is the replacement character.
pub(crate) fn text(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    let mut is_escaped = false;
    for octet in octets {
        let found = match (is_escaped, *octet) {
            (false, ESCAPE) => {
                is_escaped = true;
                continue;
            }
            (true, code) => CHARACTERS.iter().find(|(_, septets)| *septets == Septets::Extended(code)),
            (false, code) => CHARACTERS.iter().find(|(_, septets)| *septets == Septets::Basic(code)),
        };
        is_escaped = false;
        text.push(found.map_or(char::REPLACEMENT_CHARACTER, |(char, _)| *char));
    }
    text
}

/// Every character of the alphabet.
static CHARACTERS: LazyLock<Vec<(char, Septets)>> = LazyLock::new(|| {
    let every = ('\0'..='\u{FF}').chain("ΔΦΓΛΩΠΨΣΘΞ€".chars());
    every.filter_map(|char| Some((char, septets(char)?))).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_is_one_character() {
        let basic = CHARACTERS.iter().filter(|(_, septets)| matches!(septets, Septets::Basic(_)));
        assert_eq!((basic.count(), CHARACTERS.len()), (127, 137), "all but the escape; and the extension");
        assert_eq!(text(b"\x00\x1B\x65 \x1B\x3C"), "@€ [");
    }
}
