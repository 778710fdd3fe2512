//! A list of coverages, row by row: what can be said of a row before the database is asked.

use std::convert::Infallible;

use careway_kernel::MemberNumber;
use careway_service::table::{Cell, Column, Columns, Report, RowReader, Table, TableError};

use super::domain::ListedCoverage;

/// The columns of the list.
const COLUMNS: Columns = Columns::new(&[
    Column::required("member_number"),
    Column::required("plan_code"),
    Column::required("from"),
    Column::required("to"),
    Column::optional("member_since"),
]);

/// The rows that are right so far, and the report begun with the others.
pub(crate) fn read(table: &Table, dry_run: bool) -> Result<(Vec<ListedCoverage>, Report), TableError> {
    COLUMNS.read(table, dry_run, read_row)
}

/// Reads a row; everything that is wrong with it at once.
fn read_row(row: &mut RowReader<'_>) -> Option<ListedCoverage> {
    let number = row.required("member_number", MemberNumber::parse);
    let plan_code = row.required("plan_code", |text| Ok::<_, Infallible>(text.to_uppercase()));
    let from = row.need("from", Cell::date);
    let to = row.need("to", Cell::date);
    let member_since = row.read("member_since", Cell::date);
    if let (Some(from), Some(to)) = (from, to) {
        row.check("to", from <= to, "must not be before from");
    }
    if let (Some(from), Some(Some(since))) = (from, member_since) {
        row.check("member_since", since <= from, "must not be after from");
    }
    Some(ListedCoverage {
        row: row.number(),
        number: number?,
        plan_code: plan_code?,
        from: from?,
        to: to?,
        member_since: member_since?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(csv: &'static str) -> Result<(Vec<ListedCoverage>, Report), TableError> {
        let table = careway_service::table::read(csv.as_bytes().into(), "text/csv", Default::default());
        read(&table?, true)
    }

    #[test]
    fn a_row_says_everything_that_is_wrong_with_it() {
        let (read, report) = listed(
            "Member number,Plan code,From,To,Member since,Until\n\
             um-1,gold,2026-01-01,2026-12-31,\n\
             ,gold,2026-01-01,2025-12-31,2026-02-01\n",
        )
        .unwrap();
        let read: Vec<_> =
            read.iter().map(|it| (it.row, it.number.as_str(), it.plan_code.as_str())).collect();
        assert_eq!(read, [(2, "UM-1", "GOLD")]);
        let wrong: Vec<_> = report.problems().map(|it| (it.row, it.column)).collect();
        assert_eq!(wrong, [(3, "member_number"), (3, "to"), (3, "member_since")]);
        assert_eq!(report.unknown_columns, ["until"]);
    }

    #[test]
    fn a_missing_column_is_named() {
        let missing = listed("member_number,from,to\na,b,c\n").unwrap_err();
        assert_eq!(missing, TableError::ColumnMissing("plan_code"));
    }
}
