//! Lists of claims in each of their forms.

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
        assert_eq!(read_json_lines(broken.as_bytes(), 9).unwrap_err(), JsonLinesError::Line(1), "{broken}");
    }
}

#[test]
fn a_missing_column_is_named() {
    let without = table("visit_number,code,diagnoses\nV,C,D\n");
    assert_eq!(Columns::find(&without).unwrap_err(), "external_reference");
}
