//! What became of a list, row by row.

use std::collections::{BTreeMap, BTreeSet};

use super::{CellProblem, CellRemark, Header, List};

/// What became of a row that makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It made something.
    Created,
    /// It changed something.
    Updated,
    /// It says what is known already.
    Unchanged,
}

/// The report as it grows: how many rows came to what, the cells that were rejected, and what was remarked on.
///
/// Every row is counted; cells are told up to a bound, the first rows first.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Only tried, nothing changed.
    pub dry_run: bool,
    /// Columns that nothing is done with.
    pub unknown_columns: Vec<String>,
    /// Rows that are of nobody: titles, the columns' numbers, totals.
    pub passed_over: Vec<u32>,
    counts: BTreeMap<Outcome, usize>,
    rejected: BTreeSet<u32>,
    problems: Vec<CellProblem>,
    remarks: Vec<CellRemark>,
}

impl Report {
    /// Begins the report on a list.
    #[must_use]
    pub fn new(dry_run: bool, list: &List) -> Self {
        Self { passed_over: list.passed_over.clone(), ..Self::of(dry_run, &list.header) }
    }

    /// Begins the report on a table whose columns were found.
    #[must_use]
    pub fn of(dry_run: bool, header: &Header) -> Self {
        Self { dry_run, unknown_columns: header.unknown().to_vec(), ..Self::default() }
    }

    /// A row was taken.
    pub fn accept(&mut self, outcome: Outcome) {
        *self.counts.entry(outcome).or_default() += 1;
    }

    /// A row was not: whatever is wrong with its cells.
    pub fn reject(&mut self, problems: Vec<CellProblem>) {
        self.rejected.extend(problems.iter().map(|problem| problem.row));
        self.problems.extend(problems);
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
        self.remarks.extend(remarks);
    }

    /// Rows that came to this.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.counts.get(&outcome).copied().unwrap_or_default()
    }

    /// Rows that were not taken.
    #[must_use]
    pub fn rejected(&self) -> usize {
        self.rejected.len()
    }

    /// Rows in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.values().sum::<usize>() + self.rejected.len()
    }

    /// What is told of the cells: the first so many problems and remarks, in the order of the rows.
    #[must_use]
    pub fn told(mut self, most: usize) -> (Vec<CellProblem>, Vec<CellRemark>) {
        self.problems.sort_by_key(|problem| problem.row);
        self.remarks.sort_by_key(|remark| remark.row);
        self.problems.truncate(most);
        self.remarks.truncate(most);
        (self.problems, self.remarks)
    }
}
