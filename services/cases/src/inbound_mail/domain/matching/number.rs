//! Case numbers in what people write. Their check digits tell them from other words.

use careway_kernel::{HumanNumber, text::is_hyphen};

/// The prefix of a case's number.
const PREFIX: &str = "S";

/// How many are read of one text: nobody names more.
const MOST: usize = 20;

/// Every case number in a text, each once, as it is printed.
pub(crate) fn all(text: &str) -> Vec<String> {
    let is_part = |char: char| char.is_ascii_alphanumeric() || is_hyphen(char);
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|char: char| !is_part(char)) {
        let begins = word.starts_with(['S', 's']);
        let number =
            if begins { HumanNumber::normalize(PREFIX, word.trim_end_matches(is_hyphen)).ok() } else { None };
        match number {
            Some(number) if found.len() < MOST && !found.contains(&number) => found.push(number),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use careway_kernel::human_number::human_number;

    use super::*;

    #[test]
    fn numbers_are_told_by_their_check_digits() {
        let number = human_number(PREFIX, 2026, 17);
        assert_eq!(number, "S26-0000017-90");
        for text in [
            "about S26-0000017-90",
            "Re: [s26-0000017-90] price",
            "S26\u{2011}0000017\u{2011}90\u{2013}",
            "S26000001790, S26-0000017-90",
        ] {
            assert_eq!(all(text), ["S26-0000017-90"], "{text}");
        }
        for text in ["S26-0000018-90", "XS26-0000017-90", "V26-0000017-90", ""] {
            assert!(all(text).is_empty(), "{text}");
        }
    }
}
