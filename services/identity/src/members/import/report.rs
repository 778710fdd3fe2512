//! What is answered to a list of members.

use std::collections::HashMap;

use careway_contract::identity::v1::{
    ImportMembersResponse, ImportViolation, ImportedMemberRow, imported_member_row,
};
use careway_service::count;
use careway_service::table::{Outcome, Report, RowReport};

/// Rows that are told one by one: what fits into one answer.
const ROWS: usize = 10_000;

/// The answer; rejected rows are left out last.
pub(crate) fn response(report: &Report, numbers: &HashMap<u32, String>) -> ImportMembersResponse {
    let is_rejected = |row: &RowReport<'_>| row.outcome == Outcome::Rejected;
    let mut room = ROWS.saturating_sub(report.count(Outcome::Rejected));
    let mut told = report.rows().filter(|row| is_rejected(row) || take(&mut room)).collect::<Vec<_>>();
    told.truncate(ROWS);
    let row = |row: &RowReport<'_>| ImportedMemberRow {
        row: row.row.cast_signed(),
        member_number: numbers.get(&row.row).cloned().unwrap_or_default(),
        outcome: outcome(row.outcome).into(),
        violations: row.problems.iter().map(|it| violation(it.column, &it.message)).collect(),
        warnings: row.remarks.iter().map(|it| violation(it.column, it.warning)).collect(),
    };
    ImportMembersResponse {
        dry_run: report.dry_run,
        total: count(report.total()),
        created: count(report.count(Outcome::Created)),
        updated: count(report.count(Outcome::Updated)),
        unchanged: count(report.count(Outcome::Unchanged)),
        rejected: count(report.count(Outcome::Rejected)),
        rows: told.iter().map(row).collect(),
        unknown_columns: report.unknown_columns.clone(),
    }
}

/// Whether there was room for one more.
fn take(room: &mut usize) -> bool {
    let before = *room;
    *room = before.saturating_sub(1);
    before > 0
}

fn outcome(outcome: Outcome) -> imported_member_row::Outcome {
    use imported_member_row::Outcome as Told;
    match outcome {
        Outcome::Created => Told::Created,
        Outcome::Updated => Told::Updated,
        Outcome::Unchanged => Told::Unchanged,
        Outcome::Rejected => Told::Rejected,
    }
}

fn violation(column: &str, message: impl ToString) -> ImportViolation {
    ImportViolation { column: column.to_owned(), message: message.to_string() }
}
