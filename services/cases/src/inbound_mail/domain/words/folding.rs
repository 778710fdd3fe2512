//! Which words are new: what was quoted below an answer is folded away, and nothing that may be the message.

use super::{
    Line, joined,
    quotation::{attribution, header_block, is_forward, is_forwarded_subject, is_separator, is_telephone},
};
use crate::inbound_mail::domain::matching::reference;

/// A text, folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) visible: String,
    pub(crate) signature: Option<String>,
    /// What was folded away, and is not the signature.
    pub(crate) quoted: String,
    pub(crate) is_folded: bool,
}

/// Folds a text. What is left is never empty: an empty message would be worse than a long one.
pub(crate) fn fold(subject: &str, lines: &[Line]) -> Folded {
    let is_forwarded = is_forwarded_subject(subject);
    let cut = if is_forwarded { None } else { quotation(lines) };
    let (kept, quoted) = lines.split_at(cut.unwrap_or(lines.len()));
    let (kept, signature) = without_signature(kept);
    let kept = if cut.is_some() { without_telephone(kept) } else { kept };
    if kept.iter().all(Line::is_blank) {
        return Folded { visible: joined(lines), ..Folded::default() };
    }
    Folded {
        visible: joined(kept),
        is_folded: cut.is_some() || signature.is_some(),
        signature,
        quoted: joined(quoted),
    }
}

/// Where the quotation begins that goes to the end.
fn quotation(lines: &[Line]) -> Option<usize> {
    if lines.iter().any(is_forward) {
        return None;
    }
    by_marker(lines).or_else(|| by_attribution(lines))
}

/// From our marker line: alone on its line, quoted or not.
fn by_marker(lines: &[Line]) -> Option<usize> {
    let marker = lines.iter().position(|line| reference::of_marker(line.bare()).is_some())?;
    let is_quoted = lines[marker].is_quoted;
    if is_quoted && !is_quotation(&lines[marker..]) {
        return None;
    }
    let begin = lines[..marker].iter().rposition(|line| !line.is_blank() && !line.is_quoted);
    let begin = begin.map_or(0, |last| last + 1);
    Some(introduced(lines, begin, true).unwrap_or(begin))
}

/// From a known attribution or header block with nothing but quotation after it.
fn by_attribution(lines: &[Line]) -> Option<usize> {
    let begin = lines.iter().rposition(|line| !line.is_blank() && !line.is_quoted)? + 1;
    let has_quotation = lines[begin..].iter().any(|line| line.is_quoted && !line.is_blank());
    if has_quotation { introduced(lines, begin, false) } else { None }
}

/// Whether all of it is quoted.
fn is_quotation(lines: &[Line]) -> bool {
    lines.iter().all(|line| line.is_quoted || line.is_blank())
}

/// Where the lines begin that introduce the quotation at `begin`.
fn introduced(lines: &[Line], begin: usize, is_ours: bool) -> Option<usize> {
    let count = attribution(lines, begin, is_ours)
        .or_else(|| header_block(lines, begin, is_ours))
        .or_else(|| if is_ours { unknown_attribution(lines, begin) } else { None })?;
    let above = lines[..begin - count].iter().rposition(|line| !line.is_blank());
    match above {
        Some(above) if is_separator(&lines[above]) => Some(above),
        _ => Some(begin - count),
    }
}

/// Above our own marker, a line of an unknown language that ends in a colon and has a year introduces it.
fn unknown_attribution(lines: &[Line], end: usize) -> Option<usize> {
    let line = lines[..end].last()?.bare();
    let has_year = line.split(|char: char| !char.is_numeric()).any(|figures| figures.chars().count() == 4);
    (line.ends_with(':') && has_year).then_some(1)
}

/// The standard signature: what comes after the last line `-- `.
fn without_signature(lines: &[Line]) -> (&[Line], Option<String>) {
    let mark = lines.iter().rposition(|line| line.text == "-- ");
    match mark {
        Some(mark) if !lines[..mark].iter().all(Line::is_blank) => {
            (&lines[..mark], Some(joined(&lines[mark + 1..])))
        }
        _ => (lines, None),
    }
}

/// The last line, when a telephone wrote it.
fn without_telephone(lines: &[Line]) -> &[Line] {
    let last = lines.iter().rposition(|line| !line.is_blank());
    match last {
        Some(last) if is_telephone(&lines[last]) => &lines[..last],
        _ => lines,
    }
}
