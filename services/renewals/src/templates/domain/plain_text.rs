//! Text without diacritics, so that an SMS costs 160 characters a segment and not 70; and what keeps a text from that.

use careway_kernel::text::{is_invisible, nfc, without_marks};

use crate::messages::sms::alphabet::is_gsm7;

/// How many characters are named at most: enough to see what it is.
const MOST_NAMED: usize = 3;

/// A character that is not in the alphabet of SMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forcing {
    /// Which character of the composed text, from 0.
    pub(crate) at: usize,
    pub(crate) char: char,
    /// What stands in its place without diacritics; nothing for what nobody sees.
    pub(crate) plain: String,
}

/// The text without diacritics, typographic signs and what nobody sees. What has no such form stays.
pub(crate) fn plain_text(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'`') {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    // The signs first: some of them are compositions of letters, like the sign of the dong.
    for char in nfc(text).chars() {
        match ascii_of(char) {
            Some(ascii) => plain.push_str(ascii),
            None if is_unseen(char) => {}
            None => plain.push(char),
        }
    }
    without_marks(&plain)
}

/// The first characters for which a text cannot go out in the alphabet of SMS.
pub(crate) fn forcing(text: &str) -> Vec<Forcing> {
    let composed = nfc(text);
    let foreign = composed.chars().enumerate().filter(|(_, char)| !is_gsm7(*char));
    let named = foreign.take(MOST_NAMED);
    named.map(|(at, char)| Forcing { at, char, plain: plain_text(char.encode_utf8(&mut [0; 4])) }).collect()
}

/// Line breaks are seen; the joiners are not, in a text without marks.
fn is_unseen(char: char) -> bool {
    char != '\n' && (is_invisible(char) || matches!(char, '\u{200c}' | '\u{200d}'))
}

/// Typographic signs as people type them.
fn ascii_of(char: char) -> Option<&'static str> {
    Some(match char {
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bc}' | '`' | '´' => "'",
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '…' => "...",
        '•' | '·' => "*",
        '₫' => "d",
        '×' => "x",
        '№' => "No",
        '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        _ => return None,
    })
}
