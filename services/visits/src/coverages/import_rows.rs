//! A list of coverages, row by row: what can be said of a row before the database is asked.

use std::convert::Infallible;

use careway_kernel::MemberNumber;
use careway_service::table::{Cell, Column, Columns, List, Report, RowReader};

use super::domain::ListedCoverage;

/// The columns of the list.
pub(crate) const COLUMNS: Columns = Columns::new(&[
    Column::required("member_number"),
    Column::required("plan_code"),
    Column::required("from"),
    Column::required("to"),
    Column::optional("member_since"),
]);

/// The rows that are right so far, and the report begun with the others.
pub(crate) fn read(list: &List, dry_run: bool) -> (Vec<ListedCoverage>, Report) {
    list.read(dry_run, read_row)
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
    use careway_service::table::{TableError, read_list};

    use super::*;

    fn listed(csv: &'static str) -> Result<(Vec<ListedCoverage>, Report), TableError> {
        let limits = careway_service::table::Limits::default();
        Ok(read(&read_list(std::io::Cursor::new(csv), "text/csv", limits, COLUMNS)?, true))
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
    fn titles_and_totals_are_of_no_cover() {
        let (read, report) = listed(
            "Covers of 2026\n\n\
             Member number,Plan code,From,To\n\
             (1),(2),(3),(4)\n\
             UM-1,GOLD,2026-01-01,2026-12-31\n\
             Total,1\n",
        )
        .unwrap();
        assert_eq!(read.iter().map(|it| it.row).collect::<Vec<_>>(), [5]);
        assert_eq!((report.problems().count(), &report.passed_over[..]), (0, &[1, 4, 6][..]));
    }

    #[test]
    fn a_missing_column_is_named() {
        let missing = listed("member_number,from,to\na,b,c\n").unwrap_err();
        assert_eq!(missing, TableError::ColumnMissing("plan_code"));
    }
}
