//! `Content-Type` and `Content-Disposition`: a word and its parameters, also in pieces (RFC 2231).

use std::collections::BTreeMap;

use super::{charset, encoded_words, headers::unfolded};
use crate::inbound_mail::domain::limits::{MOST_PARAMETERS, TooComplex};

/// A word with parameters: `text/plain; charset=utf-8`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameterized {
    /// In lower case.
    pub(crate) word: String,
    parameters: Vec<(String, String)>,
}

/// The piece of a parameter: whether it is percent-encoded, and what it says.
type Piece = (bool, String);

impl Parameterized {
    /// Reads the value of a field.
    pub(crate) fn parse(value: &[u8]) -> Result<Self, TooComplex> {
        let line = unfolded(value);
        let (word, mut rest) = line.split_once(';').unwrap_or((&line, ""));
        let word = word.split('(').next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut names = Vec::new();
        let mut pieces: BTreeMap<(String, u16), Piece> = BTreeMap::new();
        let mut count = 0;
        while let Some((name, value, after)) = parameter(rest) {
            count += 1;
            if count > MOST_PARAMETERS {
                return Err(TooComplex::Parameters);
            }
            rest = after;
            if let Some((name, section, is_encoded)) = section(name) {
                if !names.contains(&name) {
                    names.push(name.clone());
                }
                pieces.entry((name, section)).or_insert((is_encoded, value));
            }
        }
        let parameters = names.into_iter().map(|name| (name.clone(), joined(&name, &pieces))).collect();
        Ok(Self { word, parameters })
    }

    /// A parameter's value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// The first `name=value` of a list, and what comes after it.
fn parameter(list: &str) -> Option<(&str, String, &str)> {
    let list = list.trim_start_matches([' ', '\t', ';']);
    let (name, after) = list.split_once('=')?;
    // Pieces without a value are left out.
    let name = name.rsplit(';').next().unwrap_or_default();
    let after = after.trim_start();
    let Some(quoted) = after.strip_prefix('"') else {
        let end = after.find(';').unwrap_or(after.len());
        let value = after[..end].split(" (").next().unwrap_or_default().trim();
        return Some((name.trim(), value.to_owned(), &after[end..]));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((name.trim(), value, &quoted[at + 1..])),
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            letter => value.push(letter),
        }
    }
    Some((name.trim(), value, ""))
}

/// `filename*2*`: the name, the number of the piece, whether it is percent-encoded. What is whole counts before pieces.
fn section(name: &str) -> Option<(String, u16, bool)> {
    const WHOLE_ENCODED: u16 = 0;
    const PLAIN: u16 = u16::MAX;
    let name = name.to_ascii_lowercase();
    let (bare, is_encoded) = name.strip_suffix('*').map_or((name.as_str(), false), |bare| (bare, true));
    match bare.split_once('*') {
        None if is_encoded => Some((bare.to_owned(), WHOLE_ENCODED, true)),
        None => Some((bare.to_owned(), PLAIN, false)),
        Some((bare, section)) => {
            let section: u16 = section.parse().ok().filter(|section| *section < PLAIN - 1)?;
            Some((bare.to_owned(), section + 1, is_encoded))
        }
    }
}

/// The pieces in their order, up to the first that is missing: bytes are joined before they are decoded.
fn joined(name: &str, pieces: &BTreeMap<(String, u16), Piece>) -> String {
    let piece = |section: u16| pieces.get(&(name.to_owned(), section));
    let sections: Vec<&Piece> = match piece(0) {
        Some(whole) => vec![whole],
        None => (1..u16::MAX).map_while(piece).collect(),
    };
    let Some((is_encoded, first)) = sections.first() else {
        return piece(u16::MAX).map(|(_, value)| encoded_words::decode(value)).unwrap_or_default();
    };
    let mut label = None;
    let mut bytes = Vec::new();
    for (number, (is_piece_encoded, value)) in sections.iter().enumerate() {
        let mut value = value.as_str();
        if let (0, true, [charset, _, said]) =
            (number, *is_encoded, first.splitn(3, '\'').collect::<Vec<_>>().as_slice())
        {
            label = Some(*charset);
            value = said;
        }
        if *is_piece_encoded { percent_decoded(value, &mut bytes) } else { bytes.extend(value.as_bytes()) }
    }
    charset::decode(&bytes, label)
}

fn percent_decoded(text: &str, bytes: &mut Vec<u8>) {
    let text = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let hex = |at: usize| text.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high << 4 | low) as u8);
                at += 3;
            }
            _ => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(value: &str) -> String {
        Parameterized::parse(value.as_bytes()).unwrap().get("filename").unwrap_or("none").to_owned()
    }

    #[test]
    fn a_name_is_read_however_it_is_written() {
        for (value, expected) in [
            ("attachment; filename=a.pdf", "a.pdf"),
            ("attachment; filename=\"a; \\\"b\\\".pdf\"; size=3", "a; \"b\".pdf"),
            ("attachment; filename=\"=?utf-8?Q?K=E1=BA=BFt.pdf?=\"", "Kết.pdf"),
            ("attachment; filename=x.pdf; filename*=utf-8'vi'K%E1%BA%BFt.pdf", "Kết.pdf"),
            ("a; filename*2=\"m.pdf\"; filename*0*=utf-8''%E1%BA; filename*1*=%BFt", "ếtm.pdf"),
            ("a; filename*0=\"long \"; filename*1=\"name.pdf\"", "long name.pdf"),
            ("a; filename*0=one; filename*2=three", "one"),
            ("inline; nothing; filename=a b (c).pdf", "a b"),
            ("inline", "none"),
        ] {
            assert_eq!(name(value), expected, "{value}");
        }
    }

    #[test]
    fn pieces_are_bounded() {
        let pieces: String = (0..=MOST_PARAMETERS).map(|at| format!("; filename*{at}*=%41")).collect();
        let value = format!("attachment{pieces}");
        assert_eq!(Parameterized::parse(value.as_bytes()), Err(TooComplex::Parameters));
    }
}
