//! What a mail says beside its words: who else gets it, what it answers, and whether a person answers for it.

use careway_kernel::Email;
use serde::{Deserialize, Serialize};

/// The headers that a context may set; kept sealed with the words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MailHeaders {
    /// The mailbox it comes from; none where the settings say.
    #[serde(default)]
    pub(crate) from: Option<String>,
    /// Whose name it shows.
    #[serde(default)]
    pub(crate) from_name: Option<String>,
    pub(crate) cc: Vec<String>,
    pub(crate) reply_to: Option<String>,
    /// The return path; none where the settings say, empty for none at all.
    pub(crate) envelope_sender: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) in_reply_to: Option<String>,
    pub(crate) references: Vec<String>,
    pub(crate) auto_submitted: AutoSubmitted,
    /// The address that ends such mails when it is posted to (RFC 8058).
    #[serde(default)]
    pub(crate) unsubscribe_url: Option<String>,
    /// The same by mail: a `mailto` with its subject (RFC 2369, RFC 6068).
    #[serde(default)]
    pub(crate) unsubscribe_mailto: Option<String>,
}

/// RFC 3834.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AutoSubmitted {
    #[default]
    Generated,
    Replied,
    No,
}

/// How many addresses or identifiers one header has at most.
const MOST: usize = 50;

/// RFC 5322 bounds a line at 998; nobody's identifier comes near this.
const LONGEST_ID: usize = 250;

/// A person's name is no longer.
const LONGEST_NAME: usize = 100;

/// What is wrong with a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidHeader {
    #[error("must be an e-mail address")]
    Address,
    #[error("must be a Message-ID like `<id@example.org>`")]
    MessageId,
    #[error("must be a name of one line and at most {LONGEST_NAME} characters")]
    Name,
    #[error("must be at most {MOST}")]
    TooMany,
}

/// A name that a mailbox shows.
pub(crate) fn name(text: &str) -> Result<String, InvalidHeader> {
    let breaks = |letter: char| letter.is_control() || ['\u{2028}', '\u{2029}'].contains(&letter);
    let is_name = text.chars().count() <= LONGEST_NAME && !text.contains(breaks);
    if is_name { Ok(text.to_owned()) } else { Err(InvalidHeader::Name) }
}

/// An address, for a header. Its case is kept: a case's number in an address is written in capitals.
pub(crate) fn address(text: &str) -> Result<String, InvalidHeader> {
    let email = Email::parse(text).map_err(|_| InvalidHeader::Address)?;
    if email.as_str() == text.to_lowercase() { Ok(text.to_owned()) } else { Err(InvalidHeader::Address) }
}

/// A Message-ID with its angle brackets: printable ASCII, so that it is nothing else.
pub(crate) fn message_id(text: &str) -> Result<String, InvalidHeader> {
    let inside = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or_default();
    let is_whole = inside.split_once('@').is_some_and(|(left, right)| !left.is_empty() && !right.is_empty());
    let is_plain = inside.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>".contains(&byte));
    let is_valid = is_whole && is_plain && text.len() <= LONGEST_ID;
    if is_valid { Ok(text.to_owned()) } else { Err(InvalidHeader::MessageId) }
}

/// Several of them.
pub(crate) fn all(
    texts: &[String],
    parse: fn(&str) -> Result<String, InvalidHeader>,
) -> Result<Vec<String>, InvalidHeader> {
    if texts.len() > MOST {
        return Err(InvalidHeader::TooMany);
    }
    texts.iter().map(|text| parse(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_nothing_but_one() {
        assert!(message_id("<c.1.ab@careway.example>").is_ok());
        for wrong in [
            "",
            "c@d",
            "<cd>",
            "<@d>",
            "<c@>",
            "<c@d> <e@f>",
            "<c@d>\r\nBcc: <x@y>",
            "<c\r\n@d>",
            "<c d@e>",
            "<c@d>>",
            "<é@d>",
            &format!("<{}@d>", "c".repeat(LONGEST_ID)),
        ] {
            assert_eq!(message_id(wrong), Err(InvalidHeader::MessageId), "{wrong:?}");
        }
    }

    #[test]
    fn a_name_is_of_one_line() {
        assert!(name("Nguyễn Thùy Linh (Lotus), \"Support\"").is_ok());
        for wrong in ["A\r\nBcc: x@y.zz", "A\u{2028}B", "A\u{0}", &"n".repeat(LONGEST_NAME + 1)] {
            assert_eq!(name(wrong), Err(InvalidHeader::Name), "{wrong:?}");
        }
    }

    #[test]
    fn a_header_has_so_many_addresses_and_no_more() {
        let addresses = vec!["an@example.com".to_owned(); MOST + 1];
        assert!(all(&addresses[..MOST], address).is_ok());
        assert_eq!(all(&addresses, address), Err(InvalidHeader::TooMany));
        assert_eq!(all(&["an@example.com\r\nBcc: b@c.de".to_owned()], address), Err(InvalidHeader::Address));
    }
}
