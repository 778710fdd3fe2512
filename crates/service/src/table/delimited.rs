//! CSV: UTF-8 with or without a byte order mark, separated by commas, semicolons or tabs.

use super::{Builder, Cell, Limits, Table, TableError};

pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Table, TableError> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| TableError::Unreadable("it is not UTF-8 text"))?;
    if text.contains('\0') {
        return Err(TableError::Unreadable("it is not UTF-8 text"));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut builder = Builder::new(limits);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|_| TableError::Unreadable("it is no sound CSV"))? {
        // An endless row of separators would otherwise cost a cell for every byte.
        if record.len() > limits.columns
            && record.iter().skip(limits.columns).any(|cell| !cell.trim().is_empty())
        {
            return Err(builder.too_wide());
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cells = record.iter().take(limits.columns).map(Cell::of).collect();
        builder.push(u32::try_from(line).unwrap_or(u32::MAX), cells)?;
    }
    builder.finish()
}

/// The separator the first line uses most, outside quotes.
fn separator(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == byte) {
                    *count += 1;
                }
            }
        }
    }
    // The first of equals: a single column has no separator, and the comma is as good as any.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}
