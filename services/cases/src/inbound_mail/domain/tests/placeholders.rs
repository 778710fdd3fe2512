//! The placeholders of the vectors, for what needs no world: made-up references, identifiers and numbers.

use careway_kernel::human_number::human_number;
use sha2::{Digest, Sha256};

/// Fills in every placeholder of a mail's bytes.
pub(super) fn filled(mail: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(mail.len());
    let mut rest = mail;
    while let Some(begin) = memchr::memmem::find(rest, b"{{") {
        let end = begin + memchr::memmem::find(&rest[begin..], b"}}").unwrap();
        bytes.extend(&rest[..begin]);
        bytes.extend(value(std::str::from_utf8(&rest[begin + 2..end]).unwrap()).bytes());
        rest = &rest[end + 2..];
    }
    bytes.extend(rest);
    bytes
}

/// What a placeholder stands for.
pub(super) fn value(placeholder: &str) -> String {
    let words: Vec<&str> = placeholder.split_whitespace().collect();
    match words.as_slice() {
        ["token", case, who] => reference(case, who),
        ["TOKEN", case, who] => reference(case, who).to_uppercase(),
        ["reference"] => reference("K1", "tanvir"),
        ["id", message, who] => format!("c.{message}.{who}@careway.example"),
        ["badid", message, who] => format!("c.{message}.{who}x@careway.example"),
        ["root", case] => format!("root.{case}@careway.example"),
        ["number", case] => number(case),
        ["badnumber", case] => number(case).replacen("-000", "-100", 1),
        ["bounce", message, who] => format!("bounces+{message}.{who}@careway.example"),
        other => panic!("{other:?}"),
    }
}

fn reference(case: &str, who: &str) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = Sha256::digest(format!("{case} {who}"));
    let letters: String =
        digest.iter().take(26).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    format!("cwr-{letters}")
}

fn number(case: &str) -> String {
    human_number("S", 2026, case[1..].parse().unwrap())
}
