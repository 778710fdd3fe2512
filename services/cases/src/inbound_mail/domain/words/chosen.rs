//! Which parts of a mail are its words, and which are files.

use std::collections::BTreeMap;

use super::{
    Line, flowed,
    html_text::{self, HtmlText},
};
use crate::inbound_mail::domain::{
    limits::MOST_HTML_BYTES,
    mime::{charset, structure::Part, transfer},
};

/// Bytes of plain text that are read: far more than a message has.
const MOST_TEXT_BYTES: usize = 1024 * 1024;

/// The words of a mail, and what is not words.
#[derive(Default)]
pub(crate) struct Chosen<'a, 'x> {
    pub(crate) lines: Vec<Line>,
    /// The HTML, when there is any and it may be shown: cleaned with the mail's images in mind.
    pub(crate) html: Option<String>,
    /// Sources of the images in the HTML.
    pub(crate) images: Vec<String>,
    pub(crate) files: Vec<&'a Part<'x>>,
    pub(crate) unreadable: Option<Unreadable>,
}

/// Why words cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Only its addressee's key opens it.
    Encrypted,
}

/// What a part is to the mail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Plain,
    Html,
    File,
    /// A signature or a control part: it is in the original.
    Nothing,
}

/// Chooses among the parts.
pub(crate) fn choose<'a, 'x>(parts: &'a [Part<'x>]) -> Chosen<'a, 'x> {
    let roles: Vec<Role> = parts.iter().map(role).collect();
    let mut chosen = Chosen {
        files: of_role(parts, &roles, Role::File).collect(),
        unreadable: parts.iter().any(is_encrypted).then_some(Unreadable::Encrypted),
        ..Chosen::default()
    };
    let texts: Vec<Option<String>> = parts.iter().zip(&roles).map(|(part, role)| text(part, *role)).collect();
    let has_words = |at: usize| texts[at].as_ref().is_some_and(|text| !text.trim().is_empty());
    let plain = branches(parts, |at| roles[at] == Role::Plain && has_words(at));
    let html = branches(parts, |at| roles[at] == Role::Html && has_words(at));
    let mut shown = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let Some(text) = &texts[at] else { continue };
        let read = (roles[at] == Role::Html).then(|| html_text::read(text));
        if is_on(part, &plain, &html) {
            chosen.lines.extend(lines(part, text, read.as_ref()));
        }
        if is_on(part, &html, &plain) {
            shown.push((text, read));
        }
    }
    chosen.images =
        shown.iter().flat_map(|(_, read)| read.iter().flat_map(|read| read.images.clone())).collect();
    let is_showable = shown.iter().all(|(_, read)| read.as_ref().is_none_or(HtmlText::is_showable));
    if is_showable && shown.iter().any(|(_, read)| read.is_some()) {
        let piece = |(text, read): &(&String, Option<HtmlText>)| match read {
            Some(_) => (*text).clone(),
            None => format!("<pre>{}</pre>", ammonia::clean_text(text)),
        };
        chosen.html = Some(shown.iter().map(piece).collect());
    }
    chosen
}

/// Of each alternative, the first branch that has such a part.
fn branches(parts: &[Part<'_>], is_such: impl Fn(usize) -> bool) -> BTreeMap<usize, usize> {
    let mut branches = BTreeMap::new();
    for (at, part) in parts.iter().enumerate() {
        for around in part.around.iter().filter(|around| around.subtype == "alternative") {
            if is_such(at) {
                branches.entry(around.number).or_insert(around.position);
            }
        }
    }
    branches
}

/// Whether a part stands on the branches that are preferred, else on the others.
fn is_on(part: &Part<'_>, preferred: &BTreeMap<usize, usize>, others: &BTreeMap<usize, usize>) -> bool {
    part.around.iter().filter(|around| around.subtype == "alternative").all(|around| {
        let branch = preferred.get(&around.number).or_else(|| others.get(&around.number));
        branch.is_none_or(|branch| *branch == around.position)
    })
}

fn of_role<'a, 'x>(parts: &'a [Part<'x>], roles: &[Role], role: Role) -> impl Iterator<Item = &'a Part<'x>> {
    parts.iter().zip(roles).filter(move |(_, found)| **found == role).map(|(part, _)| part)
}

fn role(part: &Part<'_>) -> Role {
    let kind = part.content_type.word.as_str();
    let inside = |subtype: &str| part.around.last().is_some_and(|around| around.subtype == subtype);
    let is_signature = matches!(
        kind,
        "application/pkcs7-signature" | "application/x-pkcs7-signature" | "application/pgp-signature"
    );
    let is_control = kind == "application/pgp-encrypted";
    // Programs write the words anew for their own kind of window.
    let is_variant = inside("alternative") && matches!(kind, "text/x-amp-html" | "text/watch-html");
    if is_signature && inside("signed") || is_control && inside("encrypted") || is_variant {
        return Role::Nothing;
    }
    let named = |name: Option<&str>| name.is_some_and(|name| !name.trim().is_empty());
    let is_named = named(part.disposition.get("filename")) || named(part.content_type.get("name"));
    match kind {
        _ if part.disposition.word == "attachment" || is_named => Role::File,
        "text/plain" => Role::Plain,
        "text/html" => Role::Html,
        _ => Role::File,
    }
}

fn is_encrypted(part: &Part<'_>) -> bool {
    let is_pgp = part.around.iter().any(|around| around.subtype == "encrypted");
    let is_smime =
        matches!(part.content_type.word.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime");
    is_pgp || is_smime && part.content_type.get("smime-type") != Some("signed-data")
}

/// The letters of a part with words.
fn text(part: &Part<'_>, role: Role) -> Option<String> {
    let most = match role {
        Role::Plain => MOST_TEXT_BYTES,
        Role::Html => MOST_HTML_BYTES,
        Role::File | Role::Nothing => return None,
    };
    let encoding = part.headers.line("Content-Transfer-Encoding");
    // Base64 and quoted-printable make a text longer, at most three times and a little.
    let body = &part.body[..part.body.len().min(most * 4)];
    let bytes = transfer::decoded(body, encoding.as_deref());
    let bytes = &bytes[..bytes.len().min(most)];
    Some(charset::lines(&charset::decode(bytes, part.content_type.get("charset"))))
}

fn lines(part: &Part<'_>, text: &str, html: Option<&HtmlText>) -> Vec<Line> {
    if let Some(html) = html {
        return html.lines.clone();
    }
    let says = |parameter: &str, word: &str| {
        part.content_type.get(parameter).is_some_and(|found| found.trim().eq_ignore_ascii_case(word))
    };
    if says("format", "flowed") { flowed::unflowed(text, says("delsp", "yes")) } else { flowed::fixed(text) }
}
