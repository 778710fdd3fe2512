//! Lists of claims in each of their forms.

use super::*;

fn listed(csv: &'static str) -> Result<(Vec<ListedClaim>, Report), TableError> {
    let table = careway_service::table::read(csv.as_bytes().into(), "text/csv", Default::default());
    read(&table?, true)
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
fn a_missing_column_is_named() {
    let missing = listed("visit_number,code,diagnoses\nV,C,D\n").unwrap_err();
    assert_eq!(missing, TableError::ColumnMissing("external_reference"));
}
