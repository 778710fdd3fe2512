//! Which case a mail may be of: every hint in it, in the order in which they count. None of them gives a right.

pub(crate) mod number;
pub(crate) mod reference;

use super::{
    limits::MOST_REFERENCES,
    mime::headers::{Headers, unfolded},
};

/// The hints of a mail, strongest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hints {
    /// The reference it was addressed to: of To and Cc, for the envelope's is the recipient's own.
    pub(crate) addressed: Option<String>,
    /// The identifiers it answers: those of In-Reply-To, then References from right to left.
    pub(crate) answered: Vec<String>,
    /// References in the words: of the subject, the new text, the quoted text, each when it is the only one there.
    pub(crate) written: Vec<String>,
    /// Numbers in the subject.
    pub(crate) numbers: Vec<String>,
    /// Numbers in the new text: links and nothing more.
    pub(crate) mentioned: Vec<String>,
}

/// The identifiers a mail answers, without their brackets, each once.
pub(crate) fn answered(headers: &Headers<'_>) -> Vec<String> {
    let ids = |name: &str| headers.first(name).map(|value| identifiers(&unfolded(value))).unwrap_or_default();
    let references = ids("References");
    let mut answered: Vec<String> = Vec::new();
    for id in ids("In-Reply-To")
        .into_iter()
        .take(MOST_REFERENCES)
        .chain(references.into_iter().rev().take(MOST_REFERENCES))
    {
        if !answered.contains(&id) {
            answered.push(id);
        }
    }
    answered
}

/// A mail's own identifier; an empty one is none.
pub(crate) fn message_id(headers: &Headers<'_>) -> Option<String> {
    headers.line("Message-ID").and_then(|line| identifiers(&line).into_iter().next())
}

/// What stands in angle brackets and may be an identifier.
fn identifiers(line: &str) -> Vec<String> {
    const LONGEST: usize = 998;
    let pieces = line.split('<').skip(1).filter_map(|piece| piece.split_once('>'));
    let ids = pieces.map(|(id, _)| id.split_whitespace().collect::<String>());
    ids.filter(|id| !id.is_empty() && id.len() <= LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_in_the_order_in_which_they_count() {
        let mail = b"In-Reply-To: Your mail of \"Mon\" <a@x> (draft),\r\n <b@x> (y)\r\nReferences: <r1@x>\r\n <b@x>\r\n <r2@x>\r\n\r\n";
        assert_eq!(answered(&Headers::read(mail).0), ["a@x", "b@x", "r2@x", "r1@x"]);
    }

    #[test]
    fn an_empty_identifier_is_none() {
        let (headers, ..) = Headers::read(b"Message-ID: <>\r\nIn-Reply-To: <>\r\nReferences:  \r\n\r\n");
        assert_eq!((message_id(&headers), answered(&headers)), (None, Vec::new()));
    }

    #[test]
    fn the_last_references_count() {
        let many: String = (0..500).map(|at| format!(" <r{at}@x>\r\n")).collect();
        let mail = format!("References:{many}\r\n");
        let ids = answered(&Headers::read(mail.as_bytes()).0);
        assert_eq!((ids.len(), ids[0].as_str()), (MOST_REFERENCES, "r499@x"));
    }
}
