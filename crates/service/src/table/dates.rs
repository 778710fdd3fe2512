//! Dates as people write them in lists: day first, always; a thirteenth month is a mistake and no swap.

use careway_kernel::PartialDate;

/// Reads `20/07/1950`, `20-7-1950`, `20.07.1950`, `20071950`, `1950-07-20`, `07/1950`, `1950`, `00/00/1950`; a time of the
/// day behind it is passed over.
pub(super) fn parse(text: &str) -> Option<PartialDate> {
    let text = without_time(text);
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(&text[4..], &text[2..4], &text[..2]);
    }
    let parts: Vec<&str> = text.split(['/', '-', '.']).map(str::trim).collect();
    match parts[..] {
        [year] => date(year, "0", "0"),
        [month, year] if year.len() == 4 => {
            date(year, month, "0").filter(|date| !matches!(date, PartialDate::Year(_)))
        }
        [year, month, day] if year.len() == 4 => date(year, month, day),
        [day, month, year] => date(year, month, day),
        _ => None,
    }
}

fn date(year: &str, month: &str, day: &str) -> Option<PartialDate> {
    let number = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        let digits = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok()).flatten()
    };
    let year = number(year, 4..=4).filter(|year| (1800..3000).contains(year))?;
    PartialDate::from_parts(year.cast_signed(), number(month, 1..=2)?, number(day, 1..=2)?)
}

/// `1950-07-20 00:00:00` and `1950-07-20T00:00` are that day.
fn without_time(text: &str) -> &str {
    let Some((date, time)) = text.split_once([' ', 'T']) else { return text };
    let is_time = time.contains(':')
        && time.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'Z'));
    if is_time { date } else { text }
}
