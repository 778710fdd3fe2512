//! A list of coverages, row by row: what can be said of a row before the database is asked.

use careway_kernel::MemberNumber;
use careway_service::table::{Cell, Row, Table};
use chrono::NaiveDate;

use super::domain::ListedCoverage;

/// The columns a list must have.
const REQUIRED: [&str; 4] = ["member_number", "plan_code", "from", "to"];

/// Where each column is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    required: [Option<usize>; 4],
    member_since: Option<usize>,
}

/// Why a row is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) row: u32,
    /// Empty when it is the row as a whole.
    pub(crate) column: &'static str,
    pub(crate) message: String,
}

impl Columns {
    /// Finds the columns, or the name of one that is missing.
    pub(crate) fn find(table: &Table) -> Result<Self, &'static str> {
        let required = REQUIRED.map(|name| table.column(name));
        match required.iter().position(Option::is_none) {
            Some(missing) => Err(REQUIRED[missing]),
            None => Ok(Self { required, member_since: table.column("member_since") }),
        }
    }

    /// Reads a row; everything that is wrong with it at once.
    pub(crate) fn read(&self, row: &Row) -> Result<ListedCoverage, Vec<Rejection>> {
        let mut wrong = Vec::new();
        let mut reject = |column, message: String| wrong.push(Rejection { row: row.number, column, message });
        let [number, plan_code, from, to] = self.required;

        let number =
            text(row.cell(number)).and_then(|it| MemberNumber::parse(&it).map_err(|e| e.to_string()));
        let plan_code = text(row.cell(plan_code)).map(|it| it.to_uppercase());
        let from = day(row.cell(from));
        let to = day(row.cell(to));
        let member_since = row.cell(self.member_since).date().map_err(|e| e.to_string());
        if let (Ok(from), Ok(to)) = (&from, &to) {
            if to < from {
                reject("to", "must not be before from".to_owned());
            }
            if matches!(member_since, Ok(Some(since)) if since > *from) {
                reject("member_since", "must not be after from".to_owned());
            }
        }
        let number = number.map_err(|message| reject("member_number", message));
        let plan_code = plan_code.map_err(|message| reject("plan_code", message));
        let from = from.map_err(|message| reject("from", message));
        let to = to.map_err(|message| reject("to", message));
        let member_since = member_since.map_err(|message| reject("member_since", message));
        match (number, plan_code, from, to, member_since) {
            (Ok(number), Ok(plan_code), Ok(from), Ok(to), Ok(member_since)) if wrong.is_empty() => {
                Ok(ListedCoverage { row: row.number, number, plan_code, from, to, member_since })
            }
            _ => Err(wrong),
        }
    }
}

fn text(cell: &Cell) -> Result<String, String> {
    let text = cell.text().map_err(|error| error.to_string())?;
    if text.is_empty() { Err("is required".to_owned()) } else { Ok(text) }
}

fn day(cell: &Cell) -> Result<NaiveDate, String> {
    cell.date().map_err(|error| error.to_string())?.ok_or_else(|| "is required".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(csv: &'static str) -> Table {
        careway_service::table::read(csv.as_bytes().into(), "text/csv", Default::default()).unwrap()
    }

    #[test]
    fn a_row_says_everything_that_is_wrong_with_it() {
        let table = table(
            "Member number,Plan code,From,To,Member since\n\
             um-1,gold,2026-01-01,2026-12-31,\n\
             ,gold,2026-01-01,2025-12-31,2026-02-01\n",
        );
        let columns = Columns::find(&table).unwrap();
        let read = columns.read(&table.rows[0]).unwrap();
        assert_eq!((read.row, read.number.as_str(), read.plan_code.as_str()), (2, "UM-1", "GOLD"));
        let wrong = columns.read(&table.rows[1]).unwrap_err();
        let said: Vec<_> = wrong.iter().map(|it| (it.row, it.column)).collect();
        assert_eq!(said, [(3, "to"), (3, "member_since"), (3, "member_number")]);
    }

    #[test]
    fn a_missing_column_is_named() {
        assert_eq!(Columns::find(&table("member_number,from,to\na,b,c\n")).unwrap_err(), "plan_code");
    }
}
