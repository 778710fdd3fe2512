//! How progress is printed: a headline per part, a line per step with the time it took, tables, failures.

use std::{
    env,
    fmt::Display,
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// A step that is being taken; its line is completed by [`Step::done`].
pub(crate) struct Step {
    since: Instant,
}

impl Step {
    /// How long it has taken so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Says what was reached, and how long it took.
    pub(crate) fn done(self, what: impl Display) {
        clear();
        let time = seconds(self.elapsed());
        print(&format!("  {} {what}  {}\n", paint("32", "✓"), paint("2", &time)));
    }
}

/// Says what is being done from now on.
pub(crate) fn begin(what: impl Display) -> Step {
    let line = format!("  {} {what} …", paint("2", "·"));
    print(&if io::stdout().is_terminal() { line } else { line + "\n" });
    Step { since: Instant::now() }
}

/// A headline.
pub(crate) fn headline(what: impl Display) {
    print(&format!("\n{}\n", paint("1", &what.to_string())));
}

/// A line of its own.
pub(crate) fn line(what: impl Display) {
    clear();
    print(&(format!("  {what}").trim_end().to_owned() + "\n"));
}

/// A table: a row of headers, then the rows, columns aligned.
pub(crate) fn table<const N: usize>(headers: [&str; N], rows: &[[String; N]]) {
    for row in aligned(headers, rows).iter().enumerate() {
        match row {
            (0, header) if header.is_empty() => {}
            (0, header) => print(&format!("  {}\n", paint("2", header))),
            (_, row) => print(&format!("  {row}\n")),
        }
    }
}

/// An error with all its causes, on standard error.
pub(crate) fn failure(error: &anyhow::Error) {
    clear();
    let mut text = format!("error: {error}\n");
    for cause in error.chain().skip(1) {
        text += &format!("  because: {cause}\n");
    }
    // Nothing is left to be told when standard error itself is closed.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Seconds, as a person reads them.
pub(crate) fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        whole => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

/// Text in a terminal's colour, when somebody looks at a terminal.
pub(crate) fn paint(code: &str, text: &str) -> String {
    if io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

fn aligned<const N: usize>(headers: [&str; N], rows: &[[String; N]]) -> Vec<String> {
    let rows: Vec<[&str; N]> =
        std::iter::once(headers).chain(rows.iter().map(|row| row.each_ref().map(String::as_str))).collect();
    let widths: [usize; N] = std::array::from_fn(|column| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    });
    rows.iter()
        .map(|row| {
            let cells: Vec<_> =
                row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect()
}

/// Removes the unfinished line of a step from a terminal.
fn clear() {
    if io::stdout().is_terminal() {
        print("\r\x1b[2K");
    }
}

/// Prints, and does not mind a reader that has gone away: the work itself goes on.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        assert_eq!(seconds(Duration::from_millis(340)), "0.3 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn columns_are_aligned_by_characters() {
        let rows = [["Đỗ An".to_owned(), "x".to_owned()], ["B".to_owned(), "yy".to_owned()]];
        assert_eq!(aligned(["NAME", "NOTE"], &rows), ["NAME   NOTE", "Đỗ An  x", "B      yy"]);
    }
}
