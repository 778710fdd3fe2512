//! The addresses of a field, told from the names and comments around them. A name that looks like an address is none.

use super::{charset::one_line, encoded_words, headers::unfolded};
use crate::inbound_mail::domain::limits::{MOST_COMMENT_DEPTH, TooComplex};

/// A name, maybe empty, and an address as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) name: String,
    pub(crate) address: String,
}

/// What is read of one entry of the list.
#[derive(Default)]
struct Entry {
    words: String,
    comment: String,
    angle: Option<String>,
    /// Whether an at sign stood outside of quotation marks.
    has_address: bool,
}

/// Reads a list of addresses. A piece without one belongs to the name of the next: an unquoted comma was in it.
pub(crate) fn parse(value: &[u8]) -> (Vec<Mailbox>, Option<TooComplex>) {
    let line = unfolded(value);
    let mut reader = Reader::default();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if reader.is_quoted || reader.depth > 0 => reader.push(letters.next().unwrap_or_default()),
            letter => reader.take(letter),
        }
    }
    reader.end_entry();
    (reader.mailboxes, reader.complexity)
}

#[derive(Default)]
struct Reader {
    mailboxes: Vec<Mailbox>,
    complexity: Option<TooComplex>,
    /// The pieces before an entry that have no address.
    name: Vec<String>,
    entry: Entry,
    depth: usize,
    is_quoted: bool,
    is_in_angle: bool,
}

impl Reader {
    fn take(&mut self, letter: char) {
        match letter {
            '(' if !self.is_quoted => {
                self.depth += 1;
                if self.depth > MOST_COMMENT_DEPTH {
                    self.complexity = Some(TooComplex::Comments);
                }
            }
            ')' if self.depth > 0 && !self.is_quoted => self.depth -= 1,
            _ if self.depth > 0 => self.push(letter),
            '"' => self.is_quoted = !self.is_quoted,
            _ if self.is_quoted => self.push(letter),
            '<' => {
                if self.entry.angle.is_some() {
                    self.end_entry();
                }
                self.entry.angle = Some(String::new());
                self.is_in_angle = true;
            }
            '>' => self.is_in_angle = false,
            ',' | ';' if !self.is_in_angle => self.end_entry(),
            // The name of a group.
            ':' if !self.is_in_angle && !self.entry.has_address => self.entry = Entry::default(),
            '@' if !self.is_in_angle => {
                self.entry.has_address = true;
                self.push('@');
            }
            letter => self.push(letter),
        }
    }

    fn push(&mut self, letter: char) {
        match (self.depth, &mut self.entry.angle) {
            (1, _) => self.entry.comment.push(letter),
            (0, Some(angle)) if self.is_in_angle => angle.push(letter),
            (0, None) => self.entry.words.push(letter),
            _ => {}
        }
    }

    fn end_entry(&mut self) {
        self.is_in_angle = false;
        let entry = std::mem::take(&mut self.entry);
        let (name, address) = match entry.angle {
            Some(angle) => (entry.words, angle),
            None if entry.has_address => (entry.comment, entry.words),
            None => {
                self.name.extend((!entry.words.trim().is_empty()).then_some(entry.words));
                return;
            }
        };
        // The route before an address is obsolete.
        let address = address.rsplit(':').next().unwrap_or_default().trim().to_owned();
        if address.contains('@') {
            let mut names = std::mem::take(&mut self.name);
            names.push(name);
            let name = one_line(&encoded_words::decode(&names.join(",")));
            self.mailboxes.push(Mailbox { name, address });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(value: &str) -> Vec<String> {
        parse(value.as_bytes()).0.into_iter().map(|mailbox| mailbox.address).collect()
    }

    #[test]
    fn an_address_is_told_from_what_looks_like_one() {
        for (value, expected) in [
            ("Tanvir <t@a.bc>", &["t@a.bc"][..]),
            ("\"t@a.bc\" <x@evil.example>", &["x@evil.example"]),
            ("t@a.bc <x@evil.example>", &["x@evil.example"]),
            ("(t@a.bc) x@evil.example (t@a.bc)", &["x@evil.example"]),
            ("=?utf-8?Q?t=40a.bc?= <x@evil.example>", &["x@evil.example"]),
            ("\"t@a.bc\"", &[]),
            ("Hossain, Tanvir <t@a.bc>", &["t@a.bc"]),
            ("t@a.bc, x@evil.example", &["t@a.bc", "x@evil.example"]),
            ("t@a.bc, <x@evil.example>", &["t@a.bc", "x@evil.example"]),
            ("<t@a.bc> <x@evil.example>", &["t@a.bc", "x@evil.example"]),
            ("Team: a@b.cd, \"B\" <b@b.cd>;, c@b.cd", &["a@b.cd", "b@b.cd", "c@b.cd"]),
            ("<@relay.example:t@a.bc>", &["t@a.bc"]),
            ("undisclosed-recipients:;", &[]),
            ("<>", &[]),
            ("\"a \\\" b, <c@d.ef>\" <t@a.bc", &["t@a.bc"]),
        ] {
            assert_eq!(addresses(value), expected, "{value}");
        }
    }

    #[test]
    fn names_are_for_people() {
        let (found, _) = parse(b"=?utf-8?B?4KaV?=, =?utf-8?Q?Dr=2E?= <a@b.cd>, c@d.ef (Mail (old) System)");
        let names: Vec<&str> = found.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(names, ["ক, Dr.", "Mail System"]);
    }

    #[test]
    fn brackets_are_bounded() {
        let deep = format!("{}{} <t@a.bc>", "(".repeat(50_000), ")".repeat(50_000));
        let (found, complexity) = parse(deep.as_bytes());
        assert_eq!(complexity, Some(TooComplex::Comments));
        assert_eq!(found[0].address, "t@a.bc");
    }
}
