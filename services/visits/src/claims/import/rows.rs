//! A list of claims: rows put together to claims, and what can be said of a row before anything is looked up.

use std::collections::HashMap;

use careway_contract::visits::v1::CareLineInput;
use careway_kernel::{HumanNumber, Violations};
use careway_service::table::{Cell, Row, Table};

use crate::claims::payments::payment_request::reference;

/// The columns a list must have, then those it may have.
const REQUIRED: [&str; 4] = ["visit_number", "external_reference", "code", "diagnoses"];
const OPTIONAL: [&str; 4] = ["quantity", "unit_price", "date", "preauthorization_number"];
/// Where a field of a line stands in a list.
const COLUMN_OF: [(&str, &str); 7] = [
    ("visit_number", "visit_number"),
    ("code", "code"),
    ("quantity", "quantity"),
    ("unitPrice", "unit_price"),
    ("diagnoses", "diagnoses"),
    ("date", "date"),
    ("preauthorizationNumber", "preauthorization_number"),
];

/// Where each column is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    required: [Option<usize>; 4],
    optional: [Option<usize>; 4],
}

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

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowProblem {
    pub(crate) row: u32,
    /// Empty when it is the row, or its claim, as a whole.
    pub(crate) column: &'static str,
    pub(crate) message: String,
}

impl Columns {
    /// Finds the columns, or the name of one that is missing.
    pub(crate) fn find(table: &Table) -> Result<Self, &'static str> {
        let required = REQUIRED.map(|name| table.column(name));
        match required.iter().position(Option::is_none) {
            Some(missing) => Err(REQUIRED[missing]),
            None => Ok(Self { required, optional: OPTIONAL.map(|name| table.column(name)) }),
        }
    }

    /// The claims of a list in the order of their first rows, and the rows that cannot be put to any.
    pub(crate) fn gather(&self, table: &Table) -> (Vec<ListedClaim>, Vec<RowProblem>) {
        let (mut claims, mut wrong) = (Vec::<ListedClaim>::new(), Vec::new());
        let mut known: HashMap<(String, String), usize> = HashMap::new();
        for row in &table.rows {
            let Some((visit_number, reference, line)) = self.read(row, &mut wrong) else { continue };
            let key = (visit_number.clone(), reference.clone());
            let at = *known.entry(key).or_insert_with(|| {
                let (rows, lines) = (Vec::new(), Vec::new());
                claims.push(ListedClaim { visit_number, reference, rows, lines, broken: false });
                claims.len() - 1
            });
            claims[at].rows.push(row.number);
            claims[at].broken |= line.is_none();
            claims[at].lines.extend(line);
        }
        (claims, wrong)
    }

    /// The claim a row belongs to, and its line, as far as each can be read.
    fn read(
        &self,
        row: &Row,
        wrong: &mut Vec<RowProblem>,
    ) -> Option<(String, String, Option<CareLineInput>)> {
        let before = wrong.len();
        let mut text = |at: Option<usize>, column: &'static str| {
            row.cell(at).text().unwrap_or_else(|error| {
                wrong.push(RowProblem { row: row.number, column, message: error.to_string() });
                String::new()
            })
        };
        let [number, referred, code, diagnoses] =
            [0, 1, 2, 3].map(|at| text(self.required[at], REQUIRED[at]));
        let [quantity, unit_price, date, preauthorization_number] =
            [0, 1, 2, 3].map(|at| text(self.optional[at], OPTIONAL[at]));
        let mut v = Violations::default();
        let number = v.required("visit_number", number.as_str(), |it| HumanNumber::normalize("V", it));
        let referred = v.required("external_reference", referred.as_str(), reference);
        for violation in v {
            let column = REQUIRED.into_iter().find(|it| *it == violation.field).unwrap_or_default();
            wrong.push(RowProblem { row: row.number, column, message: violation.message });
        }
        let diagnoses = diagnoses.split([';', ',', ' ']).filter(|it| !it.is_empty());
        let line = CareLineInput {
            code,
            quantity,
            unit_price,
            diagnoses: diagnoses.map(str::to_owned).collect(),
            date,
            preauthorization_number,
        };
        Some((number?, referred?, (wrong.len() == before).then_some(line)))
    }
}

impl ListedClaim {
    /// What is wrong with a claim's lines, said of the rows they came in.
    pub(crate) fn problems(&self, violations: &[(String, String)]) -> Vec<RowProblem> {
        let problem = |(field, message): &(String, String)| {
            let (at, rest) = line_of(field).unwrap_or((0, field.as_str()));
            let row = self.rows.get(at).or(self.rows.first()).copied().unwrap_or_default();
            let named = COLUMN_OF.into_iter().find(|(name, _)| rest.starts_with(name));
            RowProblem { row, column: named.map_or("", |(_, column)| column), message: message.clone() }
        };
        violations.iter().map(problem).collect()
    }
}

/// `lines[2].diagnoses[0]` is the third line's `diagnoses[0]`.
fn line_of(field: &str) -> Option<(usize, &str)> {
    let (at, rest) = field.strip_prefix("lines[")?.split_once(']')?;
    Some((at.parse().ok()?, rest.trim_start_matches('.')))
}

/// A list of JSON objects, one a line, as a table: their keys are its columns.
pub(crate) fn read_json_lines(bytes: &[u8], most_rows: usize) -> Result<Table, JsonLinesError> {
    let text = std::str::from_utf8(bytes).map_err(|_| JsonLinesError::Line(1))?;
    let text = text.trim_start_matches('\u{feff}');
    let mut table = Table { columns: Vec::new(), rows: Vec::new() };
    for (number, line) in (1_u32..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        if table.rows.len() == most_rows {
            return Err(JsonLinesError::TooLong(most_rows));
        }
        let broken = || JsonLinesError::Line(number);
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line).map_err(|_| broken())?;
        let mut row = Row { number, cells: vec![Cell::Empty; table.columns.len()] };
        for (key, value) in object {
            let cell = cell(&value).ok_or_else(broken)?;
            match table.column(&key) {
                Some(at) => row.cells[at] = cell,
                None if table.columns.len() < 64 => {
                    table.columns.push(key.to_lowercase());
                    row.cells.push(cell);
                }
                None => return Err(broken()),
            }
        }
        table.rows.push(row);
    }
    Ok(table)
}

/// Why JSON lines are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonLinesError {
    /// This line is no JSON object of texts, numbers and lists of texts.
    Line(u32),
    /// More than so many.
    TooLong(usize),
}

fn cell(value: &serde_json::Value) -> Option<Cell> {
    use serde_json::Value;
    let text = match value {
        Value::Null => return Some(Cell::Empty),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            items?.join(";")
        }
        Value::Bool(_) | Value::Object(_) => return None,
    };
    Some(if text.is_empty() { Cell::Empty } else { Cell::Text(careway_kernel::text::nfc(&text).into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(csv: &'static str) -> Table {
        careway_service::table::read(csv.as_bytes().into(), "text/csv", Default::default()).unwrap()
    }

    const LIST: &str = "Visit number,External reference,Code,Quantity,Diagnoses\n\
         V26-0001234-13,INV-1,CONS,1,J06.9\n\
         V26-0001234-13,INV-2,LAB,2,J06.9;Z00\n\
         v26 0001234 13,INV-1,XRAY,,R05\n\
         V26-0001234-57,INV-1,CONS,1,J06.9\n\
         V26-0001234-13,,CONS,1,J06.9\n";

    #[test]
    fn rows_of_one_visit_and_reference_are_one_claim() {
        let table = table(LIST);
        let (claims, wrong) = Columns::find(&table).unwrap().gather(&table);
        let said: Vec<_> = claims.iter().map(|it| (it.reference.as_str(), it.rows.as_slice())).collect();
        assert_eq!(said, [("INV-1", &[2, 4][..]), ("INV-2", &[3][..])]);
        assert_eq!(claims[1].lines[0].diagnoses, ["J06.9", "Z00"]);
        let said: Vec<_> = wrong.iter().map(|it| (it.row, it.column)).collect();
        assert_eq!(said, [(5, "visit_number"), (6, "external_reference")]);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said_of_its_row() {
        let table = table(LIST);
        let (claims, _) = Columns::find(&table).unwrap().gather(&table);
        let wrong = ["lines[1].diagnoses[0]", "lines"].map(|field| (field.to_owned(), "is wrong".to_owned()));
        let said: Vec<_> = claims[0].problems(&wrong).into_iter().map(|it| (it.row, it.column)).collect();
        assert_eq!(said, [(4, "diagnoses"), (2, "")]);
    }

    #[test]
    fn json_lines_are_a_table_whose_keys_are_columns() {
        let lines = r#"{"visit_number": "V26-0001234-13", "externalReference": "INV-1", "code": "CONS", "quantity": 2, "diagnoses": ["J06.9", "Z00"]}

            {"code": "LAB", "diagnoses": "R05", "visit_number": "V26-0001234-13", "external_reference": "INV-1"}"#;
        let table = read_json_lines(lines.as_bytes(), 10).unwrap();
        assert_eq!(read_json_lines(format!("\u{feff}{lines}").as_bytes(), 10), Ok(table.clone()));
        let (claims, wrong) = Columns::find(&table).unwrap().gather(&table);
        assert_eq!(wrong, []);
        assert_eq!((claims.len(), claims[0].rows.as_slice()), (1, &[1, 3][..]));
        assert_eq!(claims[0].lines[0].quantity, "2");
        assert_eq!(claims[0].lines[0].diagnoses, ["J06.9", "Z00"]);
        assert_eq!(read_json_lines(lines.as_bytes(), 1).unwrap_err(), JsonLinesError::TooLong(1));
        for broken in ["[]", "{", r#"{"code": {"a": 1}}"#, r#"{"code": [1]}"#] {
            assert_eq!(
                read_json_lines(broken.as_bytes(), 9).unwrap_err(),
                JsonLinesError::Line(1),
                "{broken}"
            );
        }
    }

    #[test]
    fn a_missing_column_is_named() {
        let without = table("visit_number,code,diagnoses\nV,C,D\n");
        assert_eq!(Columns::find(&without).unwrap_err(), "external_reference");
    }
}
