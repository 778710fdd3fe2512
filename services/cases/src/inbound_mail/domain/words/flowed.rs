//! Plain text as `format=flowed` writes it (RFC 3676): lines that were only wrapped become one again.

use super::Line;

/// The lines of a plain text that is not flowed.
pub(crate) fn fixed(text: &str) -> Vec<Line> {
    text.lines().map(Line::plain).collect()
}

/// The lines of a flowed text. `is_blank_deleted`: the blank at a soft break is no part of the words (DelSp).
pub(crate) fn unflowed(text: &str, is_blank_deleted: bool) -> Vec<Line> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let rest = &line[depth..];
        let words = rest.strip_prefix(' ').unwrap_or(rest);
        let is_soft = words.ends_with(' ') && words != "-- ";
        let words = if is_soft && is_blank_deleted { &words[..words.len() - 1] } else { words };
        match lines.last_mut() {
            // A paragraph ends where the depth of quotation changes, and at a signature.
            Some((before, open)) if is_open && *before == depth && words != "-- " => open.push_str(words),
            _ => lines.push((depth, words.to_owned())),
        }
        is_open = is_soft;
    }
    lines.into_iter().map(|(depth, words)| quoted(depth, &words)).collect()
}

fn quoted(depth: usize, words: &str) -> Line {
    let text = match (depth, words) {
        (0, words) => words.to_owned(),
        (depth, "") => ">".repeat(depth),
        (depth, words) => format!("{} {words}", ">".repeat(depth)),
    };
    Line { text, is_quoted: depth > 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, is_blank_deleted: bool) -> Vec<String> {
        unflowed(text, is_blank_deleted).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn soft_breaks_are_joined() {
        assert_eq!(texts("one \ntwo\nthree", false), ["one two", "three"]);
        assert_eq!(texts("字 \n字\n", true), ["字字"]);
        assert_eq!(texts(" From here\n  two", false), ["From here", " two"]);
    }

    #[test]
    fn quotations_and_signatures_stay_apart() {
        assert_eq!(texts("> a \n> b\nanswer \n> c", false), ["> a b", "answer ", "> c"]);
        assert_eq!(texts("words \n-- \nTanvir", false), ["words ", "-- ", "Tanvir"]);
        assert_eq!(texts(">> deep\n>\n", false), [">> deep", ">"]);
        assert!(unflowed("> a", false)[0].is_quoted);
    }
}
