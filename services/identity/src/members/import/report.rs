//! What became of a list, row by row.

use careway_contract::identity::v1::{
    ImportMembersResponse, ImportViolation, ImportedMemberRow, imported_member_row::Outcome,
};

use super::domain::{
    Decision,
    row::{Draft, Fault, Rejected},
};

/// Rows that are told one by one: what fits into one answer.
const ROWS: usize = 10_000;

/// The report as it grows.
pub(crate) struct Report {
    answer: ImportMembersResponse,
    rejected: Vec<ImportedMemberRow>,
}

impl Report {
    /// Begins with the rows that made no sense by themselves.
    pub(crate) fn new(dry_run: bool, rows: Vec<Rejected>) -> Self {
        let mut report = Self {
            answer: ImportMembersResponse { dry_run, ..Default::default() },
            rejected: Vec::with_capacity(rows.len()),
        };
        for row in rows {
            report.reject(row.row, row.number, &row.faults);
        }
        report
    }

    /// What became of a row that made sense.
    pub(crate) fn add(&mut self, draft: &Draft, decision: &Decision) {
        let number = draft.number.as_str().to_owned();
        let (outcome, count) = match decision {
            Decision::Create(_) => (Outcome::Created, &mut self.answer.created),
            Decision::Update(..) => (Outcome::Updated, &mut self.answer.updated),
            Decision::Unchanged => (Outcome::Unchanged, &mut self.answer.unchanged),
            Decision::Reject(fault) => return self.reject(draft.row, number, std::slice::from_ref(fault)),
        };
        *count += 1;
        self.answer.total += 1;
        if self.answer.rows.len() < ROWS {
            self.answer.rows.push(ImportedMemberRow {
                row: draft.row.cast_signed(),
                member_number: number,
                outcome: outcome.into(),
                violations: Vec::new(),
                warnings: draft.warnings(decision).iter().map(violation).collect(),
            });
        }
    }

    fn reject(&mut self, row: u32, member_number: String, faults: &[Fault]) {
        self.answer.rejected += 1;
        self.answer.total += 1;
        if self.rejected.len() < ROWS {
            self.rejected.push(ImportedMemberRow {
                row: row.cast_signed(),
                member_number,
                outcome: Outcome::Rejected.into(),
                violations: faults.iter().map(violation).collect(),
                warnings: Vec::new(),
            });
        }
    }

    /// The answer: rejected rows are left out last.
    pub(crate) fn finish(mut self) -> ImportMembersResponse {
        self.answer.rows.truncate(ROWS - self.rejected.len());
        self.answer.rows.append(&mut self.rejected);
        self.answer.rows.sort_by_key(|row| row.row);
        self.answer
    }
}

fn violation(fault: &Fault) -> ImportViolation {
    ImportViolation { column: fault.column.to_owned(), message: fault.message.clone() }
}
