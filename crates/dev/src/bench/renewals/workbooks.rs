//! A workbook of eight columns: written as exports are, and by the bare loop of a writer that keeps as little.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use careway_service::workbook::{Heading, Value, Workbook};
use chrono::{Days, NaiveDate};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook as Bare};

use super::Measured;
use crate::say;

const TITLES: [&str; 8] = ["number", "card", "name", "birth", "household", "mobile", "from", "to"];

/// Bytes that go nowhere but are counted: what is measured is not a disk.
#[derive(Default)]
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Measures so many rounds of both, in turn.
pub(super) fn measure(rows: u32, rounds: usize) -> anyhow::Result<Measured> {
    let mut measured = Measured::default();
    for round in 1..=rounds {
        let step = say::begin(format!("writing {rows} rows, round {round} of {rounds}"));
        let raw = bare(rows)?;
        let before = peak_kib();
        let own = own(rows)?;
        measured.memory = measured.memory.max(peak_kib().saturating_sub(before));
        measured.rounds.push((own, raw));
        step.done(format!("{rows} rows in {}, {} bare", say::seconds(own), say::seconds(raw)));
    }
    Ok(measured)
}

/// The texts of a row; its days are two.
fn texts(row: u32) -> [String; 6] {
    [
        format!("{:010}", 7_000_000_000_u64 + u64::from(row)),
        format!("GD479{:010}", 7_000_000_000_u64 + u64::from(row)),
        format!("Nguyễn Thị {row:x}"),
        "1950".to_owned(),
        format!("HGD-{}", row / 3),
        format!("+84912{:06}", row % 1_000_000),
    ]
}

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default()
}

fn own(rows: u32) -> anyhow::Result<Duration> {
    let since = Instant::now();
    let headings = TITLES.map(|title| Heading::new(title, 14));
    let mut workbook = Workbook::begin(Counted::default(), "People", &headings)?;
    let mut values = Vec::with_capacity(TITLES.len());
    for row in 0..rows {
        values.clear();
        values.extend(texts(row).map(Value::text));
        let from = first() + Days::new(u64::from(row % 365));
        values.extend([Value::Date(from), Value::Date(from + Days::new(364))]);
        workbook.row(&values)?;
    }
    let Counted(size) = workbook.finish()?;
    anyhow::ensure!(size > 0, "nothing was written");
    Ok(since.elapsed())
}

fn bare(rows: u32) -> anyhow::Result<Duration> {
    let since = Instant::now();
    let mut workbook = Bare::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let (text, day) = (Format::new().set_num_format("@"), Format::new().set_num_format("dd/mm/yyyy"));
    for (column, title) in (0..).zip(TITLES) {
        sheet.write_string(0, column, title)?;
    }
    for row in 0..rows {
        for (column, value) in (0..).zip(texts(row)) {
            sheet.write_string_with_format(row + 1, column, value, &text)?;
        }
        let from = 46_023.0 + f64::from(row % 365);
        for (column, serial) in [(6, from), (7, from + 364.0)] {
            sheet.write_with_format(row + 1, column, &ExcelDateTime::from_serial_datetime(serial)?, &day)?;
        }
    }
    let file = tempfile::tempfile()?;
    workbook.save_to_writer(file)?;
    Ok(since.elapsed())
}

/// The most memory that this process ever had.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}
