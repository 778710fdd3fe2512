//! A mail as it is read: who, what, which case it may be of. Beyond the bounds only what is cheap to read is read.

use std::fmt;

use chrono::{DateTime, Utc};

use super::{
    authentication,
    author::Author,
    files,
    files::File,
    fingerprint,
    limits::{MOST_HEADER_LINES, MOST_MAIL_BYTES, TooComplex},
    machine::{self, Machine},
    matching::{self, Hints, number, reference},
    mime::{addresses, addresses::Mailbox, headers::Headers, structure},
    words::{
        chosen::{self, Unreadable},
        folding::{self, Folded},
        html_safe, joined,
    },
};

/// What is configured of our side of the mail.
#[derive(Debug, Clone)]
pub(crate) struct Mailboxes {
    /// Where partners write to.
    pub(crate) support: String,
    /// Whose findings are believed; without it we look ourselves.
    pub(crate) authserv_id: Option<String>,
}

/// What a mail says.
pub(crate) struct Mail {
    pub(crate) author: Author,
    /// Who typed it, when that was another.
    pub(crate) sent_by: Option<String>,
    /// None: nobody looked; it is to be looked up.
    pub(crate) is_authenticated: Option<bool>,
    pub(crate) machine: Option<Machine>,
    pub(crate) forbids_answer: bool,
    pub(crate) subject: String,
    pub(crate) message_id: Option<String>,
    pub(crate) date: Option<DateTime<Utc>>,
    pub(crate) recipients: Vec<Mailbox>,
    pub(crate) hints: Hints,
    pub(crate) words: Folded,
    /// The HTML, cleaned; when the mail has one that may be shown.
    pub(crate) html: Option<String>,
    pub(crate) files: Vec<File>,
    pub(crate) unreadable: Option<Unreadable>,
    pub(crate) too_complex: Option<TooComplex>,
    pub(crate) fingerprint: [u8; 32],
}

/// Nothing of people's words goes into a log.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("machine", &self.machine)
            .field("files", &self.files.len())
            .field("too_complex", &self.too_complex)
            .finish_non_exhaustive()
    }
}

impl Mail {
    /// Reads a mail with its envelope's sender.
    pub(crate) fn read(raw: &[u8], mail_from: &str, ours: &Mailboxes) -> Self {
        let (raw, blank) = without_blank_lines(raw);
        let (headers, body, beyond) = Headers::read(raw);
        let (author, brackets) = Author::of(&headers);
        let size = (raw.len() > MOST_MAIL_BYTES).then_some(TooComplex::Size);
        let too_complex = size.or(blank).or(beyond).or(brackets);
        let mut mail = Self::of_headers(&headers, author, mail_from, ours);
        let content = too_complex.map_or_else(|| Content::read(headers, &raw[body..], &mail.subject), Err);
        match content {
            Ok(content) => mail.add(content),
            Err(too_complex) => {
                mail.fingerprint = fingerprint::of_bytes(raw);
                mail.too_complex = Some(too_complex);
            }
        }
        mail
    }

    fn of_headers(headers: &Headers<'_>, author: Author, mail_from: &str, ours: &Mailboxes) -> Self {
        let mailboxes =
            |name: &str| headers.first(name).map(|value| addresses::parse(value).0).unwrap_or_default();
        let recipients: Vec<Mailbox> = [mailboxes("To"), mailboxes("Cc")].concat();
        let subject = headers.text("Subject").unwrap_or_default();
        let date = headers.line("Date").unwrap_or_default();
        let is_authenticated = match (&ours.authserv_id, author.address()) {
            (Some(server), Some(address)) => Some(authentication::is_authenticated(headers, server, address)),
            (Some(_), None) => Some(false),
            (None, _) => None,
        };
        let message_id = matching::message_id(headers);
        let address = author.address().map_or("", |address| address.as_str());
        Self {
            fingerprint: fingerprint::of(message_id.as_deref(), address, &date, &subject, ""),
            sent_by: mailboxes("Sender").into_iter().next().map(|sender| sender.address),
            is_authenticated,
            machine: Machine::of(headers, &author, mail_from),
            forbids_answer: machine::forbids_answer(headers),
            date: instant(&date),
            hints: Hints {
                addressed: recipients.iter().find_map(|to| reference::of_address(&to.address, &ours.support)),
                answered: matching::answered(headers),
                written: reference::only(&subject).into_iter().collect(),
                numbers: number::all(&subject),
                mentioned: Vec::new(),
            },
            author,
            subject,
            message_id,
            recipients,
            words: Folded::default(),
            html: None,
            files: Vec::new(),
            unreadable: None,
            too_complex: None,
        }
    }

    fn add(&mut self, content: Content) {
        let texts = [&content.words.visible, &content.words.quoted];
        self.hints.written.extend(texts.into_iter().filter_map(|text| reference::only(text)));
        self.hints.mentioned = number::all(&content.words.visible);
        if self.message_id.is_none() {
            let address = self.author.address().map_or("", |address| address.as_str());
            let date = self.date.map(|date| date.to_rfc3339()).unwrap_or_default();
            let words = format!("{}\n{}", content.words.visible, content.words.quoted);
            self.fingerprint = fingerprint::of(None, address, &date, &self.subject, &words);
        }
        self.words = content.words;
        self.html = content.html;
        self.files = content.files;
        self.unreadable = content.unreadable;
    }
}

/// What is below the header.
struct Content {
    words: Folded,
    html: Option<String>,
    files: Vec<File>,
    unreadable: Option<Unreadable>,
}

impl Content {
    fn read(headers: Headers<'_>, body: &[u8], subject: &str) -> Result<Self, TooComplex> {
        let parts = structure::parts(headers, body)?;
        let chosen = chosen::choose(&parts);
        let files = files::files(&chosen.files, &chosen.images)?;
        let shown: Vec<&str> = files
            .iter()
            .filter(|file| file.is_inline)
            .filter_map(|file| file.content_id.as_deref())
            .collect();
        Ok(Self {
            words: if chosen.lines.is_empty() {
                Folded::default()
            } else {
                folding::fold(subject, &chosen.lines)
            },
            html: chosen.html.map(|html| html_safe::clean(&html, &shown)),
            unreadable: chosen.unreadable.filter(|_| joined(&chosen.lines).is_empty()),
            files,
        })
    }
}

/// Blank lines before everything are skipped; as many as a header's lines are too many.
fn without_blank_lines(raw: &[u8]) -> (&[u8], Option<TooComplex>) {
    let begin = raw.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(raw.len());
    let blank = memchr::memchr_iter(b'\n', &raw[..begin]).count();
    (&raw[begin..], (blank > MOST_HEADER_LINES).then_some(TooComplex::BlankLines))
}

fn instant(date: &str) -> Option<DateTime<Utc>> {
    let date = mail_parser::DateTime::parse_rfc822(date)?;
    if date.is_valid() { DateTime::from_timestamp(date.to_timestamp(), 0) } else { None }
}
