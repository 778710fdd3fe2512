//! The reading of mails against `tests/vectors/cases`, row by row, and against mails that nobody would write.

mod bombs;
mod folding;
mod generated;
mod mails;
mod outcomes;
mod placeholders;
mod world;

use serde_json::Value;

use super::mail::Mailboxes;

/// The rows of a file of vectors.
fn vectors(file: &str) -> Vec<Value> {
    read(file).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn read(file: &str) -> String {
    String::from_utf8(bytes(file)).unwrap()
}

fn bytes(file: &str) -> Vec<u8> {
    let path = format!("{}/../../tests/vectors/cases/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Our side, as `world.json` has it.
fn ours() -> Mailboxes {
    Mailboxes { support: "support@careway.example".into(), authserv_id: Some("mx.careway.example".into()) }
}

/// Composed, without blanks at line ends and without blank lines around.
fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    careway_kernel::text::nfc(lines.join("\n").trim_matches('\n'))
}
