//! The vectors of renewals about files, read by what reads lists of participants.

use std::io::Cursor;

use careway_kernel::{CountryCode, OrganizationId};
use careway_service::{
    Error,
    table::{Limits, ListReader, Row},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    domain::{AgencyCodes, AppointedAgency, ListedBefore, ListedParticipant, Listing, RowRefusal},
    kind::{Known, ListKind},
    participants::Participants,
};

fn bytes(file: &str) -> Vec<u8> {
    let path = format!("{}/../../tests/vectors/renewals/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn known() -> Known {
    let agency = OrganizationId::from_uuid(Uuid::from_u128(1));
    let appointed = AppointedAgency { agency, code: "BI0902I".to_owned(), successor: None };
    let today = "2026-11-28".parse().unwrap();
    Known { agencies: AgencyCodes::of(&[appointed]), country: CountryCode::VN, today }
}

/// A person as the vectors write one, whose file has no column that they leave out.
fn normalized(row: &Row, listed: &ListedParticipant) -> Value {
    let mut person = json!({
        "row": row.number,
        "bhxh_number": listed.bhxh_number,
        "full_name": listed.full_name,
        "birth": listed.birth,
        "card_from": listed.card_from.to_string(),
        "card_to": listed.card_to.to_string(),
        "agency_code": "BI0902I",
    });
    if let Some(mobile) = &listed.mobile {
        person["mobile"] = mobile.as_str().into();
    }
    person
}

#[test]
fn files() {
    let vectors = String::from_utf8(bytes("files.jsonl")).unwrap();
    let vectors: Vec<Value> = vectors.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(vectors.len(), 17);
    for vector in vectors {
        let file = Cursor::new(bytes(vector["file"].as_str().unwrap()));
        let media_type = vector["media_type"].as_str().unwrap();
        let expect = &vector["expect"];
        let read = read(file, media_type);
        if let Some(refused) = expect["refused"].as_str() {
            assert_eq!(read.unwrap_err().reason(), refused, "{vector}");
            continue;
        }
        let (accepted, rejected, warnings) = read.unwrap_or_else(|error| panic!("{vector}: {error}"));
        assert_eq!(Value::from(accepted), expect["accepted"], "{vector}");
        assert_eq!(Value::from(rejected), expect["rejected"], "{vector}");
        assert_eq!(Value::from(warnings), expect["warnings"], "{vector}");
    }
}

type Read = (Vec<Value>, Vec<Value>, Vec<Value>);

/// What a file's rows come to: those taken, cells that are wrong, cells that are unusual.
fn read(file: Cursor<Vec<u8>>, media_type: &str) -> Result<Read, Error> {
    let mut list = ListReader::open(file, media_type, Limits::SHEET, Participants::COLUMNS)?;
    let (known, mut before) = (known(), ListedBefore::default());
    let (mut accepted, mut rejected, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(row) = list.next_row()? {
        let mut reader = list.header().reader(&row);
        let listed = Participants::read(&mut reader, &known);
        let (problems, remarks) = reader.finish();
        let wrong =
            |column: &str, reason: &str| json!({ "row": row.number, "column": column, "violation": reason });
        rejected.extend(problems.iter().map(|problem| wrong(problem.column, problem.reason)));
        warnings.extend(remarks.iter().map(
            |remark| json!({ "row": remark.row, "column": remark.column, "warning": remark.warning.reason() }),
        ));
        let Some(listed) = listed.filter(|_| problems.is_empty()) else { continue };
        match before.note(&listed.bhxh_number, &listed) {
            Listing::New => accepted.push(normalized(&row, &listed)),
            Listing::Repeated => accepted.push(
                json!({ "row": row.number, "bhxh_number": listed.bhxh_number, "outcome": "UNCHANGED" }),
            ),
            Listing::Contradicted => {
                let refusal = RowRefusal::DuplicateInFile;
                rejected.push(wrong(refusal.column(), refusal.reason()));
            }
        }
    }
    Ok((accepted, rejected, warnings))
}
