//! By which fields mail programs keep a case's mails to one person together: a mail answers the newest one that its reader
//! knows, and names what came before.

/// So many mails a mail names, beside the root of its thread: the first, which ties together what is left of a thread when
/// mails were deleted, and the newest.
pub(crate) const MOST_NAMED: usize = 10;
/// Octets of an identifier of others' that is named again: a longer one would not fit on a line with others.
const LONGEST: usize = 240;

/// `References` and `In-Reply-To`, each identifier in its brackets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Thread {
    pub(crate) references: Vec<String>,
    pub(crate) in_reply_to: String,
}

impl Thread {
    /// Of the root and of what the reader knows of it, the oldest first.
    pub(crate) fn of(root: Option<String>, known: &[String]) -> Self {
        let named = match known {
            [first, rest @ ..] => {
                let newest = &rest[rest.len().saturating_sub(MOST_NAMED - 1)..];
                [std::slice::from_ref(first), newest].concat()
            }
            [] => Vec::new(),
        };
        let references: Vec<String> = root.into_iter().chain(named).collect();
        Self { in_reply_to: references.last().cloned().unwrap_or_default(), references }
    }
}

/// An identifier that another mail program made, in its brackets; none that could be read as anything else in our fields.
pub(crate) fn name_of_others(id: &str) -> Option<String> {
    let is_plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'(' | b')' | b'"' | b',');
    let is_whole = id
        .split_once('@')
        .is_some_and(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains('@'));
    let is_one = is_whole && id.len() <= LONGEST && id.bytes().all(is_plain);
    is_one.then(|| format!("<{id}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| format!("<{name}>")).collect()
    }

    #[test]
    fn a_mail_answers_the_newest_that_is_known_and_names_the_root_first() {
        let root = Some("<root@x>".to_owned());
        let first = Thread::of(root.clone(), &[]);
        assert_eq!((first.references, first.in_reply_to), (names(&["root@x"]), "<root@x>".to_owned()));
        let next = Thread::of(root.clone(), &names(&["one@x", "two@y"]));
        assert_eq!(next.references, names(&["root@x", "one@x", "two@y"]));
        assert_eq!(next.in_reply_to, "<two@y>");
        let known: Vec<String> = (0..40).map(|at| format!("<{at}@x>")).collect();
        let late = Thread::of(root, &known);
        assert_eq!(late.references.len(), 1 + MOST_NAMED);
        assert_eq!(late.references[1..3], names(&["0@x", "31@x"]));
        assert_eq!(late.in_reply_to, "<39@x>");
        assert_eq!(Thread::of(None, &[]), Thread::default(), "held mail is of no thread");
    }

    #[test]
    fn an_identifier_of_others_that_is_more_than_one_is_not_named() {
        assert_eq!(
            name_of_others("CAB+x=y.1@mail.example.org").as_deref(),
            Some("<CAB+x=y.1@mail.example.org>")
        );
        let long = format!("{}@x", "a".repeat(300));
        for strange in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a>@b",
            "a\r\nBcc:@b",
            "\u{444}@b",
            "a,b@c",
            long.as_str(),
        ] {
            assert_eq!(name_of_others(strange), None, "{strange}");
        }
    }
}
