//! What became of a list, row by row.

use std::collections::BTreeMap;

use super::{CellProblem, CellRemark, Header};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It made something.
    Created,
    /// It changed something.
    Updated,
    /// It says what is known already.
    Unchanged,
    /// It was not taken.
    Rejected,
}

/// The report as it grows: what every row came to, the cells that were rejected, and what was remarked on.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Only tried, nothing changed.
    pub dry_run: bool,
    /// Columns that nothing is done with.
    pub unknown_columns: Vec<String>,
    /// Rows that are of nobody: titles, the columns' numbers, totals.
    pub passed_over: Vec<u32>,
    outcomes: BTreeMap<u32, Outcome>,
    problems: BTreeMap<u32, Vec<CellProblem>>,
    remarks: BTreeMap<u32, Vec<CellRemark>>,
}

/// What is reported of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowReport<'a> {
    /// Its number in the file.
    pub row: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// What is wrong with its cells.
    pub problems: &'a [CellProblem],
    /// What is unusual about them; nothing of a row that was rejected.
    pub remarks: &'a [CellRemark],
}

impl Report {
    /// Begins the report on a list with this header.
    #[must_use]
    pub fn of(dry_run: bool, header: &Header) -> Self {
        Self { dry_run, unknown_columns: header.unknown().to_vec(), ..Self::default() }
    }

    /// A row came to this.
    pub fn note(&mut self, row: u32, outcome: Outcome) {
        self.outcomes.insert(row, outcome);
    }

    /// Rows were not taken: whatever is wrong with their cells.
    pub fn reject(&mut self, problems: Vec<CellProblem>) {
        for problem in problems {
            self.note(problem.row, Outcome::Rejected);
            self.problems.entry(problem.row).or_default().push(problem);
        }
    }

    /// A row was not, for what is known of others: its value is in the list as it was.
    pub fn reject_row(
        &mut self,
        row: u32,
        column: &'static str,
        reason: &'static str,
        message: impl Into<String>,
    ) {
        self.reject(vec![CellProblem { row, column, value: String::new(), reason, message: message.into() }]);
    }

    /// Something was unusual about a row.
    pub fn remark(&mut self, remarks: Vec<CellRemark>) {
        for remark in remarks {
            self.remarks.entry(remark.row).or_default().push(remark);
        }
    }

    /// Rows that came to this.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.values().filter(|of_row| **of_row == outcome).count()
    }

    /// Rows in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.outcomes.len()
    }

    /// Every row, in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = RowReport<'_>> {
        self.outcomes.iter().map(|(row, outcome)| {
            let remarks = self.remarks.get(row).filter(|_| *outcome != Outcome::Rejected);
            let problems = self.problems.get(row).map_or(&[][..], Vec::as_slice);
            RowReport { row: *row, outcome: *outcome, problems, remarks: remarks.map_or(&[], Vec::as_slice) }
        })
    }

    /// Everything that is wrong, in the order of the rows.
    pub fn problems(&self) -> impl Iterator<Item = &CellProblem> {
        self.problems.values().flatten()
    }
}
