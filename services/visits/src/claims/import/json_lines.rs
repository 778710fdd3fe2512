//! A list as JSON lines: a table whose columns are the objects' keys.

use careway_service::table::{Cell, CellError, Row, Table};
use serde_json::{Map, Value};

/// A list of JSON objects, one a line, as a table: their keys are its columns.
pub(crate) fn read(bytes: &[u8], most_rows: usize) -> Result<Table, JsonLinesError> {
    let text = std::str::from_utf8(bytes).map_err(|_| JsonLinesError::Line(1))?;
    let text = text.trim_start_matches('\u{feff}');
    let mut table = Table { columns: Vec::new(), rows: Vec::new() };
    for (number, line) in (1_u32..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        if table.rows.len() == most_rows {
            return Err(JsonLinesError::TooLong(most_rows));
        }
        let broken = || JsonLinesError::Line(number);
        let object: Map<String, Value> = serde_json::from_str(line).map_err(|_| broken())?;
        let mut row = Row { number, cells: vec![Cell::Empty; table.columns.len()] };
        for (key, value) in object {
            let cell = cell(&value).ok_or_else(broken)?;
            match table.column(&key) {
                Some(at) => row.cells[at] = cell,
                None if table.columns.len() < 64 => {
                    table.columns.push(key);
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

fn cell(value: &Value) -> Option<Cell> {
    Some(match value {
        Value::Null => Cell::Empty,
        Value::String(text) => Cell::of(text),
        // More digits than a number of JSON keeps.
        Value::Number(number) if number.is_f64() && number.to_string().contains('e') => {
            Cell::Fault(CellError::DigitsLost)
        }
        Value::Number(number) => Cell::of(&number.to_string()),
        Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            Cell::of(&items?.join(";"))
        }
        Value::Bool(_) | Value::Object(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use careway_service::table::List;

    use crate::claims::import::rows;

    #[test]
    fn json_lines_are_a_table_whose_keys_are_columns() {
        let lines = r#"{"visit_number": "V26-0001234-13", "externalReference": "INV-1", "code": "CONS", "quantity": 2, "diagnoses": ["J06.9", "Z00"]}

        {"code": "LAB", "diagnoses": "R05", "visit_number": "V26-0001234-13", "external_reference": "INV-1", "madeBy": "x"}"#;
        let table = read(lines.as_bytes(), 10).unwrap();
        assert_eq!(read(format!("\u{feff}{lines}").as_bytes(), 10), Ok(table.clone()));
        let (claims, report) = rows::read(&List::of(table, rows::COLUMNS).unwrap(), true);
        assert_eq!((report.problems().count(), &report.unknown_columns[..]), (0, &["madeBy".to_owned()][..]));
        assert_eq!((claims.len(), claims[0].rows.as_slice()), (1, &[1, 3][..]));
        assert_eq!(claims[0].lines[0].quantity, "2");
        assert_eq!(claims[0].lines[0].diagnoses, ["J06.9", "Z00"]);
        assert_eq!(read(lines.as_bytes(), 1).unwrap_err(), JsonLinesError::TooLong(1));
        for broken in ["[]", "{", r#"{"code": {"a": 1}}"#, r#"{"code": [1]}"#] {
            assert_eq!(read(broken.as_bytes(), 9).unwrap_err(), JsonLinesError::Line(1), "{broken}");
        }
    }

    #[test]
    fn what_nobody_sees_or_a_number_has_lost_is_as_in_any_list() {
        let line = r#"{"a": "I\u200bNV-1", "b": "A\u0000B", "c": 123456789012345678901234, "d": 12345678901234567890, "e": " "}"#;
        let table = read(line.as_bytes(), 9).unwrap();
        let cells: Vec<_> = table.rows[0].cells.iter().map(Cell::text).collect();
        let (kept, digits) = ("INV-1".to_owned(), "12345678901234567890".to_owned());
        let lost = CellError::DigitsLost;
        assert_eq!(
            cells,
            [Ok(kept), Err(CellError::Invisible('\0')), Err(lost), Ok(digits), Ok(String::new())]
        );
    }
}
