//! What stands between the cells of a text.

/// Excel's first line `sep=;`: the separator that it tells, and where the next line begins.
pub(super) fn told(text: &str) -> Option<(char, usize)> {
    let end = text.find(['\r', '\n'])?;
    let line = text[..end].trim_matches('"');
    let mut separators =
        line.get(..4).filter(|word| word.eq_ignore_ascii_case("sep=")).map(|_| line[4..].chars())?;
    let separator =
        separators.next().filter(|char| char.is_ascii() && !char.is_ascii_alphanumeric() && *char != '"')?;
    let after = if text[end..].starts_with("\r\n") { end + 2 } else { end + 1 };
    separators.next().is_none().then_some((separator, after))
}

/// The separator that the first line with any uses most, outside quotes.
pub(super) fn found(text: &str) -> char {
    let mut counts = [(',', 0), (';', 0), ('\t', 0)];
    let mut quoted = false;
    for char in text.chars() {
        match char {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted && counts.iter().any(|(_, count)| *count > 0) => break,
            _ if quoted => {}
            _ => {
                if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == char) {
                    *count += 1;
                }
            }
        }
    }
    // The first of equals: a single column has no separator, and the comma is as good as any.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(separator, _)| *separator)
}
