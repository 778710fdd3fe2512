//! The lines that mail programs write above a quotation, in the languages of our partners and their neighbours.

use super::Line;

/// How an attribution begins and ends: `On … wrote:`.
const ATTRIBUTIONS: [(&[&str], &[&str]); 11] = [
    (&["on "], &["wrote:"]),
    (&["am ", "an ", "den "], &["schrieb:", "schrieb"]),
    (&["le "], &["a écrit :", "a écrit:"]),
    (&["vào "], &["đã viết:"]),
    (&["în ", "pe ", "la "], &["a scris:"]),
    (&["el "], &["escribió:"]),
    (&["em "], &["escreveu:"]),
    (&["il "], &["ha scritto:"]),
    (&["op "], &["schreef:", "het volgende geschreven:"]),
    (&["ku ", "kuwa ", "mnamo "], &["yanditse:", "aliandika:"]),
    // Bengali puts the verb last and the date first.
    (&[""], &["লিখেছেন:"]),
];

/// The words for From, Sent or Date, To, Subject above a mail that is quoted whole.
const HEADER_WORDS: [&str; 40] = [
    "from",
    "sent",
    "date",
    "to",
    "cc",
    "subject",
    "reply-to", // English
    "von",
    "gesendet",
    "datum",
    "an",
    "betreff", // German
    "de",
    "envoyé",
    "à",
    "objet",
    "date", // French
    "từ",
    "đã gửi",
    "ngày",
    "tới",
    "đến",
    "chủ đề", // Vietnamese
    "de la",
    "trimis",
    "data",
    "către",
    "subiect", // Romanian
    "প্রেরক",
    "তারিখ",
    "প্রাপক",
    "বিষয়", // Bengali
    "enviado",
    "para",
    "asunto",
    "assunto", // Spanish, Portuguese
    "kuva",
    "kuri",
    "itariki",
    "impamvu", // Kinyarwanda
];

/// Lines that stand alone above a mail that is quoted whole.
const SEPARATORS: [&str; 8] = [
    "original message",
    "ursprüngliche nachricht",
    "message d'origine",
    "message original",
    "mesaj original",
    "thư gốc",
    "mensaje original",
    "মূল বার্তা",
];

/// Lines above what is passed on: it is the message itself.
const FORWARDS: [&str; 8] = [
    "forwarded message",
    "weitergeleitete nachricht",
    "message transféré",
    "mesaj redirecționat",
    "thư được chuyển tiếp",
    "begin forwarded message",
    "mensaje reenviado",
    "ফরোয়ার্ড করা বার্তা",
];

/// Bytes of the longest of them, in whatever case.
const LONGEST_FORWARD: usize = 100;

/// What a telephone adds below.
const TELEPHONES: [&str; 9] = [
    "sent from my ",
    "get outlook for ",
    "sent from outlook for ",
    "von meinem ",
    "envoyé de mon ",
    "envoyé depuis mon ",
    "trimis de pe ",
    "gửi từ ",
    "আমার আইফোন থেকে পাঠানো",
];

/// How many lines, ending before `end`, are the attribution of a quotation; an attribution is wrapped over three at most. Above
/// what is ours (`is_ours`) it may be without a date.
pub(crate) fn attribution(lines: &[Line], end: usize, is_ours: bool) -> Option<usize> {
    (1..=3.min(end)).find(|count| {
        let words: Vec<&str> = lines[end - count..end].iter().map(Line::bare).collect();
        let says_nothing = words.iter().any(|line| line.is_empty());
        !says_nothing && is_attribution(&words.join(" ").to_lowercase(), is_ours)
    })
}

/// A known opening and verb, with a figure of the date or an address between them.
fn is_attribution(words: &str, is_ours: bool) -> bool {
    let is_dated = is_ours || words.contains(|char: char| char.is_numeric()) || words.contains('@');
    let german = words.starts_with("am ") && words.contains(" schrieb ") && words.ends_with(':');
    let dutch = words.starts_with("op ") && words.contains(" schreef ") && words.ends_with(':');
    let known = ATTRIBUTIONS.iter().any(|(openings, endings)| {
        openings.iter().any(|opening| words.starts_with(opening))
            && endings.iter().any(|ending| words.ends_with(ending))
    });
    is_dated && (german || dutch || known)
}

/// How many lines, ending before `end`, are a header block: three or more of `Word: value`, with an address in it or below a line
/// that separates. Above what is ours (`is_ours`) its words may be of any language.
pub(crate) fn header_block(lines: &[Line], end: usize, is_ours: bool) -> Option<usize> {
    const MOST_FIELDS: usize = 8;
    let words: Vec<String> = lines[..end].iter().rev().take(MOST_FIELDS).map_while(field).collect();
    let begin = end - words.len();
    let is_known = words.iter().all(|word| HEADER_WORDS.contains(&word.as_str()));
    let has_address = lines[begin..end].iter().any(|line| line.text.contains('@'));
    let is_separated = lines[..begin].iter().rev().find(|line| !line.is_blank()).is_some_and(is_separator);
    let is_block = has_address && (is_ours || is_known) || is_separated && is_known;
    (words.len() >= 3 && is_block).then_some(words.len())
}

/// The word of a line `Word: value`.
fn field(line: &Line) -> Option<String> {
    let (word, value) = line.bare().split_once(':')?;
    let word = word.trim().trim_matches('*').to_lowercase();
    let is_word = !word.is_empty() && word.chars().count() <= 20 && !value.trim().is_empty();
    is_word.then_some(word)
}

/// Whether it is a line that only separates: `-----Original Message-----`, or a rule.
pub(crate) fn is_separator(line: &Line) -> bool {
    let words = line.bare().trim_matches(['-', '_', ' ']).to_lowercase();
    let is_rule = words.is_empty() && line.bare().len() >= 10;
    is_rule || SEPARATORS.contains(&words.as_str())
}

/// Whether what follows was passed on.
pub(crate) fn is_forward(line: &Line) -> bool {
    let words = line.bare().trim_matches(['-', '_', ' ', ':']);
    words.len() <= LONGEST_FORWARD && FORWARDS.contains(&words.to_lowercase().as_str())
}

/// Whether a telephone wrote it.
pub(crate) fn is_telephone(line: &Line) -> bool {
    let words = line.bare().to_lowercase();
    words.chars().count() <= 60 && TELEPHONES.iter().any(|begin| words.starts_with(begin))
}

/// Whether a subject says that something was passed on.
pub(crate) fn is_forwarded_subject(subject: &str) -> bool {
    let subject = subject.trim_start().to_lowercase();
    ["fwd:", "fw:", "wg:", "tr:", "chuyển tiếp:", "rv:", "enc:"]
        .iter()
        .any(|begin| subject.starts_with(begin))
}
