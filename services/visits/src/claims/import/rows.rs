//! A list of claims: rows put together to claims, and what can be said of a row before anything is looked up.

use std::{collections::HashMap, convert::Infallible};

use careway_contract::visits::v1::CareLineInput;
use careway_kernel::HumanNumber;
use careway_service::table::{CellProblem, Column, Columns, List, Report, RowReader};

use crate::claims::payments::payment_request::reference;

/// The columns of the list.
pub(crate) const COLUMNS: Columns = Columns::new(&[
    Column::required("visit_number"),
    Column::required("external_reference"),
    Column::required("code"),
    Column::required("diagnoses"),
    Column::optional("quantity"),
    Column::optional("unit_price"),
    Column::optional("date"),
    Column::optional("preauthorization_number"),
    Column::optional("currency"),
]);
/// Where a field of a line stands in a list.
const COLUMN_OF: [(&str, &str); 8] = [
    ("visit_number", "visit_number"),
    ("code", "code"),
    ("quantity", "quantity"),
    ("unitPrice", "unit_price"),
    ("diagnoses", "diagnoses"),
    ("date", "date"),
    ("preauthorizationNumber", "preauthorization_number"),
    ("currency", "currency"),
];

/// The rows that are one claim.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ListedClaim {
    pub(crate) visit_number: String,
    pub(crate) reference: String,
    /// Of each line, the number of its row.
    pub(crate) rows: Vec<u32>,
    pub(crate) lines: Vec<CareLineInput>,
    /// Some row of it cannot be read.
    pub(crate) broken: bool,
}

/// The claims of a list in the order of their first rows, and the report begun with the rows that are wrong by themselves.
pub(crate) fn read(list: &List, dry_run: bool) -> (Vec<ListedClaim>, Report) {
    let mut claims = Vec::<ListedClaim>::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    let (_, report) = list.read(dry_run, |row| {
        let (visit_number, reference, line) = read_row(row)?;
        let line = line.filter(|_| row.is_sound());
        let key = (visit_number.clone(), reference.clone());
        let at = *known.entry(key).or_insert_with(|| {
            let (rows, lines) = (Vec::new(), Vec::new());
            claims.push(ListedClaim { visit_number, reference, rows, lines, broken: false });
            claims.len() - 1
        });
        claims[at].rows.push(row.number());
        claims[at].broken |= line.is_none();
        claims[at].lines.extend(line);
        Some(())
    });
    (claims, report)
}

/// The claim a row belongs to, and its line, as far as each can be read.
fn read_row(row: &mut RowReader<'_>) -> Option<(String, String, Option<CareLineInput>)> {
    let number = row.required("visit_number", |text| HumanNumber::normalize("V", text));
    let referred = row.required("external_reference", reference);
    // What a line must be is told of all lines alike, wherever they come from.
    let mut text =
        |column| Some(row.optional(column, |text| Ok::<_, Infallible>(text.to_owned()))?.unwrap_or_default());
    let [code, diagnoses, quantity, unit_price, date, preauthorization_number, currency] =
        ["code", "diagnoses", "quantity", "unit_price", "date", "preauthorization_number", "currency"]
            .map(&mut text);
    let line = || {
        Some(CareLineInput {
            code: code?,
            quantity: quantity?,
            unit_price: unit_price?,
            diagnoses: diagnoses?
                .split([';', ',', ' '])
                .filter(|code| !code.is_empty())
                .map(str::to_owned)
                .collect(),
            date: date?,
            preauthorization_number: preauthorization_number?,
            currency: currency?,
        })
    };
    Some((number?, referred?, line()))
}

impl ListedClaim {
    /// What is wrong with a claim's lines, said of the rows they came in.
    pub(crate) fn problems(&self, violations: &[(String, String)]) -> Vec<CellProblem> {
        let problem = |(field, message): &(String, String)| {
            let (at, rest) = line_of(field).unwrap_or((0, field.as_str()));
            let row = self.rows.get(at).or(self.rows.first()).copied().unwrap_or_default();
            let named = COLUMN_OF.into_iter().find(|(name, _)| rest.starts_with(name));
            let column = named.map_or("", |(_, column)| column);
            CellProblem { row, column, value: String::new(), reason: "INVALID", message: message.clone() }
        };
        violations.iter().map(problem).collect()
    }
}

/// `lines[2].diagnoses[0]` is the third line's `diagnoses[0]`.
fn line_of(field: &str) -> Option<(usize, &str)> {
    let (at, rest) = field.strip_prefix("lines[")?.split_once(']')?;
    Some((at.parse().ok()?, rest.trim_start_matches('.')))
}

#[cfg(test)]
mod tests {
    use careway_service::table::{TableError, read_list};

    use super::*;

    fn listed(csv: &'static str) -> Result<(Vec<ListedClaim>, Report), TableError> {
        let limits = careway_service::table::Limits::default();
        Ok(read(&read_list(std::io::Cursor::new(csv), "text/csv", limits, COLUMNS)?, true))
    }

    const LIST: &str = "Visit number,External reference,Code,Quantity,Diagnoses\n\
     V26-0001234-13,INV-1,CONS,1,J06.9\n\
     V26-0001234-13,INV-2,LAB,2,J06.9;Z00\n\
     v26 0001234 13,INV-1,XRAY,,R05\n\
     V26-0001234-57,INV-1,CONS,1,J06.9\n\
     V26-0001234-13,,CONS,1,J06.9\n";

    #[test]
    fn rows_of_one_visit_and_reference_are_one_claim() {
        let (claims, report) = listed(LIST).unwrap();
        let said: Vec<_> = claims.iter().map(|it| (it.reference.as_str(), it.rows.as_slice())).collect();
        assert_eq!(said, [("INV-1", &[2, 4][..]), ("INV-2", &[3][..])]);
        assert_eq!(claims[1].lines[0].diagnoses, ["J06.9", "Z00"]);
        let said: Vec<_> = report.problems().map(|it| (it.row, it.column)).collect();
        assert_eq!(said, [(5, "visit_number"), (6, "external_reference")]);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said_of_its_row() {
        let (claims, _) = listed(LIST).unwrap();
        let wrong = ["lines[1].diagnoses[0]", "lines"].map(|field| (field.to_owned(), "is wrong".to_owned()));
        let said: Vec<_> = claims[0].problems(&wrong).into_iter().map(|it| (it.row, it.column)).collect();
        assert_eq!(said, [(4, "diagnoses"), (2, "")]);
    }

    #[test]
    fn titles_and_totals_are_of_no_claim() {
        let (claims, report) = listed(
            "Claims of March\n\
             Visit number,External reference,Code,Diagnoses\n\
             1,2,3,4\n\
             V26-0001234-13,INV-1,CONS,J06.9\n\
             Tổng cộng,1\n",
        )
        .unwrap();
        assert_eq!((claims.len(), claims[0].rows.as_slice()), (1, &[4][..]));
        assert_eq!((report.problems().count(), &report.passed_over[..]), (0, &[1, 3, 5][..]));
    }

    #[test]
    fn a_missing_column_is_named() {
        let missing = listed("visit_number,code,diagnoses\nV,C,D\n").unwrap_err();
        assert_eq!(missing, TableError::ColumnMissing("external_reference"));
    }
}
