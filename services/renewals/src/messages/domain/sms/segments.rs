//! How many parts a text takes, as carriers bill them. A part never ends between an escape and its character, nor within a
//! surrogate pair.

use super::alphabet::septets;

/// What a character costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// The GSM default alphabet: units are septets.
    Gsm7,
    /// UTF-16: units are its code units.
    Ucs2,
}

/// The width of the reference that joins the parts, which takes room from each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
pub(crate) enum Concatenation {
    #[default]
    #[serde(rename = "UDH8")]
    Udh8,
    #[serde(rename = "UDH16")]
    Udh16,
}

/// A text as the network carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segments {
    pub(crate) encoding: Encoding,
    /// Of the whole, with the carrier's own.
    pub(crate) units: usize,
    /// The units of each part.
    pub(crate) parts: Vec<usize>,
}

impl Segments {
    /// How many messages a carrier bills.
    pub(crate) fn count(&self) -> usize {
        self.parts.len()
    }
}

/// The parts of a text in NFC, with `overhead` units that the carrier adds to it.
pub(crate) fn segments(text: &str, concatenation: Concatenation, overhead: usize) -> Segments {
    let encoding = encoding(text);
    let added = std::iter::repeat_n(1, overhead);
    let (units, parts) = match encoding {
        Encoding::Gsm7 => {
            let weights = text.chars().filter_map(septets).map(|septets| septets.units());
            fill(weights.chain(added), encoding, concatenation)
        }
        Encoding::Ucs2 => fill(text.chars().map(char::len_utf16).chain(added), encoding, concatenation),
    };
    Segments { encoding, units, parts }
}

/// How a text in NFC goes out.
pub(super) fn encoding(text: &str) -> Encoding {
    if text.chars().all(|char| septets(char).is_some()) { Encoding::Gsm7 } else { Encoding::Ucs2 }
}

/// Fills parts with characters of these weights: the units in all, and those of each part.
pub(super) fn fill(
    weights: impl Iterator<Item = usize> + Clone,
    encoding: Encoding,
    concatenation: Concatenation,
) -> (usize, Vec<usize>) {
    let (alone, joined) = room(encoding, concatenation);
    let units = weights.clone().sum();
    if units <= alone {
        return (units, vec![units]);
    }
    let (mut parts, mut part) = (Vec::with_capacity(units / joined + 1), 0);
    for weight in weights {
        if part + weight > joined {
            parts.push(part);
            part = 0;
        }
        part += weight;
    }
    parts.push(part);
    (units, parts)
}

/// The units of a message of one part, and of each part of several.
fn room(encoding: Encoding, concatenation: Concatenation) -> (usize, usize) {
    match (encoding, concatenation) {
        (Encoding::Gsm7, Concatenation::Udh8) => (160, 153),
        (Encoding::Gsm7, Concatenation::Udh16) => (160, 152),
        (Encoding::Ucs2, Concatenation::Udh8) => (70, 67),
        (Encoding::Ucs2, Concatenation::Udh16) => (70, 66),
    }
}
