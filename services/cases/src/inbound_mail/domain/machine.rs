//! Whether a machine wrote a mail, and whether an automatic answer to it is forbidden.

use super::{
    author::Author,
    mime::{headers::Headers, parameters::Parameterized},
};

/// Our own mails name themselves by it.
pub(crate) const LOOP_HEADER: &str = "X-Careway-Loop";

/// What tells that no person wrote a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    /// A mail server's report on a delivery (RFC 3464).
    DeliveryReport,
    /// A reader's receipt (RFC 8098).
    ReadReceipt,
    /// One of our own.
    Ours,
    /// It says so.
    Declared,
    /// Nobody is to be told of a failure.
    EmptyReturnPath,
    /// A mail server's plain words.
    MailerDaemon,
}

impl Machine {
    /// Finds what tells it. `mail_from` is the envelope's.
    pub(crate) fn of(headers: &Headers<'_>, author: &Author, mail_from: &str) -> Option<Self> {
        let local = author.address().map(|address| address.as_str().split('@').next().unwrap_or_default());
        let declared = says(headers, "Auto-Submitted").is_some_and(|word| word != "no")
            || says(headers, "X-Autoreply").is_some_and(|word| word != "no")
            || says(headers, "Precedence").is_some_and(|word| word == "auto_reply");
        report(headers).or(if headers.first(LOOP_HEADER).is_some() {
            Some(Self::Ours)
        } else if declared {
            Some(Self::Declared)
        } else if mail_from.is_empty() {
            Some(Self::EmptyReturnPath)
        } else if local == Some("mailer-daemon") {
            Some(Self::MailerDaemon)
        } else {
            None
        })
    }
}

fn report(headers: &Headers<'_>) -> Option<Machine> {
    let content_type = Parameterized::parse(headers.first("Content-Type")?).ok()?;
    if content_type.word != "multipart/report" {
        return None;
    }
    match content_type.get("report-type").unwrap_or_default().to_ascii_lowercase().as_str() {
        "delivery-status" => Some(Machine::DeliveryReport),
        "disposition-notification" => Some(Machine::ReadReceipt),
        _ => None,
    }
}

/// The first word of a field, in lower case, without comments.
fn says(headers: &Headers<'_>, name: &str) -> Option<String> {
    let line = headers.line(name)?;
    let word = line.split([';', '(']).next().unwrap_or_default().trim().to_ascii_lowercase();
    (!word.is_empty()).then_some(word)
}

/// Whether no automatic answer may go back. A person may have written all the same.
pub(crate) fn forbids_answer(headers: &Headers<'_>) -> bool {
    let is_bulk =
        says(headers, "Precedence").is_some_and(|word| matches!(word.as_str(), "bulk" | "list" | "junk"));
    headers.has_prefix("List-") || is_bulk || headers.first("X-Auto-Response-Suppress").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(fields: &str, mail_from: &str) -> Option<Machine> {
        let mail = format!("From: a@b.cd\r\n{fields}\r\n");
        let (headers, ..) = Headers::read(mail.as_bytes());
        Machine::of(&headers, &Author::of(&headers).0, mail_from)
    }

    #[test]
    fn machines_name_themselves() {
        for (fields, expected) in [
            ("Auto-Submitted: auto-replied\r\n", Some(Machine::Declared)),
            ("Auto-Submitted: No (by hand)\r\n", None),
            ("X-Autoreply: yes\r\n", Some(Machine::Declared)),
            ("Precedence: auto_reply\r\n", Some(Machine::Declared)),
            ("Precedence: bulk\r\nList-Id: <x>\r\nX-Auto-Response-Suppress: All\r\n", None),
            ("X-Careway-Loop: careway.example\r\n", Some(Machine::Ours)),
            (
                "Content-Type: multipart/report; report-type=delivery-status\r\n",
                Some(Machine::DeliveryReport),
            ),
            (
                "Content-Type: multipart/report; report-type=disposition-notification\r\n",
                Some(Machine::ReadReceipt),
            ),
        ] {
            assert_eq!(machine(fields, "a@b.cd"), expected, "{fields}");
        }
        assert_eq!(machine("", ""), Some(Machine::EmptyReturnPath));
    }

    #[test]
    fn lists_and_bulk_forbid_an_answer() {
        for (fields, expected) in [
            ("List-Unsubscribe: <mailto:x@y.zz>\r\n", true),
            ("Precedence: list\r\n", true),
            ("X-Auto-Response-Suppress: OOF\r\n", true),
            ("Precedence: first-class\r\n", false),
        ] {
            let mail = format!("{fields}\r\n");
            assert_eq!(forbids_answer(&Headers::read(mail.as_bytes()).0), expected, "{fields}");
        }
    }
}
