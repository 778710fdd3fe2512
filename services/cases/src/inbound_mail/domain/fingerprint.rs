//! By what a mail is known when it comes again.

use careway_kernel::text;
use sha2::{Digest, Sha256};

/// Message-ID, author and date: another date is another mail, for some devices give every mail the same identifier. Without an
/// identifier the words decide, too.
pub(crate) fn of(message_id: Option<&str>, author: &str, date: &str, subject: &str, words: &str) -> [u8; 32] {
    match message_id {
        Some(id) => digest(&["id", id, author, date]),
        None => digest(&["words", author, date, subject, words]),
    }
}

/// A mail that is not read is known by its bytes alone.
pub(crate) fn of_bytes(raw: &[u8]) -> [u8; 32] {
    Sha256::digest(raw).into()
}

/// By what the same words by one sender are known.
pub(crate) fn of_words(words: &str) -> [u8; 32] {
    digest(&[&text::fold(words)])
}

/// Each piece with its length, so that none runs into the next.
fn digest(pieces: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_do_not_run_into_each_other() {
        assert_ne!(of(Some("a"), "bc", "", "", ""), of(Some("ab"), "c", "", "", ""));
        assert_ne!(of(None, "a", "d", "s", "w"), of(None, "a", "d", "sw", ""));
        assert_eq!(of(Some("a"), "b", "c", "x", "y"), of(Some("a"), "b", "c", "other", "words"));
        assert_eq!(of_words("Your  ticket"), of_words("your ticket"));
    }
}
