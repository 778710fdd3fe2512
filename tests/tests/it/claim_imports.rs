//! A day's claims of a facility as a list: CSV, a workbook, JSON lines; tried, taken, and the same again.

use careway_tests::{Answer, accepted, refused};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use crate::claim_parties::ClaimParties;

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const JSON_LINES: &str = "application/x-ndjson";
const IMPORT: &str = "/v1/claims/import";

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_tried_taken_and_the_same_again_adds_nothing() {
    let parties = ClaimParties::with_rules("1000000").await;
    let (one, other) = (parties.patient().await, parties.patient().await);
    let list = format!(
        "visit_number,external_reference,code,quantity,unit_price,diagnoses\n\
         {0},INV-1,CONS,1,10000,J06.9\n\
         {0},INV-1,AMOX,21,,J06.9;R05\n\
         {1},INV-2,CONS,1,,J06.9\n\
         {1},INV-3,LAB,1,,flu\n\
         {1},INV-3,XRAY,1,,R05\n\
         V26-9999999-99,INV-4,LAB,1,,R05\n\
         {1},,LAB,1,,R05\n",
        one.visit_number, other.visit_number
    );
    let expected = ["CREATED", "CREATED", "CREATED", "REJECTED", "REJECTED", "REJECTED", "REJECTED"];

    let tried =
        accepted(200, parties.clerk.upload(&format!("{IMPORT}?dryRun=true"), CSV, list.clone())).await;
    assert_eq!((outcomes(&tried), tried.at("dryRun")), (expected.to_vec(), &json!(true)));
    assert_eq!(tried.text("rows.0.state"), "APPROVED");
    assert!(accepted(200, parties.clerk.get("/v1/claims")).await.list("claims").is_empty());
    assert_eq!(parties.used(&one).await, "0");

    refused(403, "PERMISSION_DENIED", parties.network.desk.upload(IMPORT, CSV, list.clone())).await;
    let taken = accepted(200, parties.clerk.upload(IMPORT, CSV, list.clone())).await;
    assert_eq!((outcomes(&taken), counts(&taken)), (expected.to_vec(), [2, 0, 1]));
    assert_eq!(taken.at("rows.0.claimId"), taken.at("rows.1.claimId"), "one claim of two rows");
    assert_eq!(taken.text("rows.3.problems.0.column"), "diagnoses");
    assert!(taken.list("rows.4.problems").is_empty(), "what is wrong is said where it is wrong");
    assert_eq!(taken.text("rows.5.problems.0.column"), "visit_number");
    assert_eq!(taken.text("rows.6.problems.0.column"), "external_reference");
    let read = parties.clerk.get(&format!("/v1/claims/{}", taken.text("rows.0.claimId")));
    let read = accepted(200, read).await;
    assert_eq!((read.list("claim.lines").len(), read.text("claim.lines.1.claimed.quantity")), (2, "21"));
    let used = parties.used(&one).await;

    let again = accepted(200, parties.clerk.upload(IMPORT, CSV, list.clone())).await;
    assert_eq!(counts(&again), [0, 2, 1]);
    assert_eq!(again.at("rows.0.claimId"), taken.at("rows.0.claimId"));
    assert_eq!(parties.used(&one).await, used);
    // Another content under a known reference is no new claim.
    let other_content = list.replace("AMOX,21", "AMOX,22");
    let changed = accepted(200, parties.clerk.upload(IMPORT, CSV, other_content)).await;
    assert_eq!(changed.text("rows.0.problems.0.reason"), "DUPLICATE_CLAIM");
    assert_eq!(changed.at("rows.0.claimNumber"), taken.at("rows.0.claimNumber"));
    assert_eq!(accepted(200, parties.clerk.get("/v1/claims")).await.list("claims").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_answers_row_by_row_what_the_list_gets_when_its_claims_use_up_a_limit() {
    let parties = ClaimParties::with_rules("1000000").await;
    let (one, other, inpatient) =
        (parties.patient().await, parties.patient().await, parties.inpatient().await);
    let wish = json!({"lines": [{"code": "BED", "quantity": "2", "diagnoses": ["J35.0"]}], "justification": "Fever"});
    accepted(201, parties.clerk.post(&format!("{}/preauthorizations", inpatient.visit), wish)).await;
    // A member's consultations are paid up to 300,000 a year, and each of the first four claims is good for 107,100; their
    // rows stand among others'.
    let list = format!(
        "visit_number,external_reference,code,quantity,diagnoses\n\
         {one},INV-1,CONS,12,J06.9\n\
         {other},OTH-1,CONS,12,J06.9\n\
         {treatment},BED-1,BED,2,J35.0\n\
         {one},INV-2,LAB,24,J06.9\n\
         {one},INV-3,XRAY,6,J06.9\n\
         {other},OTH-2,LAB,24,J06.9\n\
         {one},INV-4,AMOX,1200,J06.9\n\
         {one},INV-5,CONS,1,J06.9\n\
         {other},INV-1,AMOX,1,J06.9\n\
         {one},INV-6,NONE,1,J06.9\n\
         {other},OTH-3,CONS,nine,J06.9\n\
         {other},OTH-4,AMOX,1200,J06.9\n",
        one = one.visit_number,
        other = other.visit_number,
        treatment = inpatient.visit_number,
    );
    let import = |query: &str| parties.clerk.upload(&format!("{IMPORT}{query}"), CSV, list.clone());
    let before = [parties.ledger(&one).await, parties.ledger(&inpatient).await];
    let tried = accepted(200, import("?dryRun=true")).await;
    assert!(accepted(200, parties.clerk.get("/v1/claims")).await.list("claims").is_empty());
    assert_eq!([parties.ledger(&one).await, parties.ledger(&inpatient).await], before, "nothing stays of it");
    let again = accepted(200, import("?dryRun=true")).await;
    assert_eq!(again.body, tried.body);

    let taken = accepted(200, import("")).await;
    assert_eq!(rows(&tried), rows(&taken));
    assert_eq!(counts(&tried), counts(&taken));
    let states: Vec<_> =
        taken.list("rows").iter().map(|row| row["state"].as_str().unwrap_or_default()).collect();
    let (full, less) = ("APPROVED", "PARTIALLY_APPROVED");
    assert_eq!(states, [full, full, full, full, less, full, "REJECTED", "", "", "REJECTED", "", less]);
    assert_eq!(
        taken.text("rows.7.problems.0.reason"),
        "DUPLICATE_CLAIM",
        "care of the list's own first claim"
    );
    assert_eq!(taken.text("rows.8.problems.0.reason"), "DUPLICATE_CLAIM", "another claim's reference");
    assert_eq!(taken.at("rows.7.claimId"), taken.at("rows.0.claimId"));
    assert!(tried.at("rows.7.claimId").is_null(), "nobody can look for what was only tried");
    assert_eq!(parties.used(&one).await, "300000");

    // Known by now, the list is answered alike once more.
    let tried = accepted(200, import("?dryRun=true")).await;
    assert_eq!(tried.at("rows"), accepted(200, import("")).await.at("rows"));
    assert_eq!(counts(&tried), [0, 9, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_and_json_lines_say_the_same_as_a_csv() {
    let parties = ClaimParties::with_rules("1000000").await;
    let patient = parties.patient().await;
    let number = &patient.visit_number;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let header = ["Visit number", "External reference", "Code", "Quantity", "Diagnoses"];
    let rows = [[number, "INV-1", "CONS", "1", "J06.9"], [number, "INV-1", "LAB", "2", "J06.9"]];
    for (column, name) in (0..).zip(header) {
        sheet.write(0, column, name).unwrap();
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write(row, column, cell).unwrap();
        }
    }
    let book = book.save_to_buffer().unwrap();
    let taken = accepted(200, parties.clerk.upload(IMPORT, XLSX, book)).await;
    assert_eq!((counts(&taken), taken.text("rows.1.outcome")), ([1, 0, 0], "CREATED"));

    let line = |code: &str, quantity: Value| json!({"visitNumber": number, "externalReference": "INV-1", "code": code, "quantity": quantity, "diagnoses": ["J06.9"]});
    let lines = format!("{}\n{}\n", line("CONS", json!(1)), line("LAB", json!("2")));
    let again = accepted(200, parties.clerk.upload(IMPORT, JSON_LINES, lines)).await;
    assert_eq!((counts(&again), again.at("rows.0.claimId")), ([0, 1, 0], taken.at("rows.0.claimId")));
    let csv = format!(
        "visit_number;external_reference;code;quantity;diagnoses\n{number};INV-1;CONS;1;J06.9\n{number};INV-1;LAB;2;J06.9\n"
    );
    assert_eq!(counts(&accepted(200, parties.clerk.upload(IMPORT, CSV, csv.clone())).await), [0, 1, 0]);

    // In another currency it is not the same list.
    let euros = csv.replace(";diagnoses", ";diagnoses;currency").replace(";J06.9", ";J06.9;EUR");
    let other = accepted(200, parties.clerk.upload(IMPORT, CSV, euros)).await;
    assert_eq!((counts(&other), other.text("rows.0.problems.0.reason")), ([0, 0, 1], "CURRENCY_DIFFERS"));

    refused(400, "FILE_UNREADABLE", parties.clerk.upload(IMPORT, JSON_LINES, "{\"code\"\n")).await;
    let missing =
        refused(400, "COLUMN_MISSING", parties.clerk.upload(IMPORT, CSV, "visit_number\nV\n")).await;
    assert_eq!(missing.text("column"), "external_reference");
    let picture = parties.clerk.upload(IMPORT, "image/png", "no list").await.unwrap();
    assert_eq!((picture.status.as_u16(), picture.reason()), (415, "UNSUPPORTED_MEDIA_TYPE"));
}

fn outcomes(report: &Answer) -> Vec<&str> {
    report.list("rows").iter().map(|row| row["outcome"].as_str().unwrap()).collect()
}

/// Created, unchanged, rejected.
fn counts(report: &Answer) -> [i64; 3] {
    ["created", "unchanged", "rejected"].map(|name| report.at(name).as_i64().unwrap_or_default())
}

/// Every row without the claims it names: those that are only tried have no names.
fn rows(report: &Answer) -> Vec<Value> {
    let mut rows = report.list("rows").to_vec();
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        row.remove("claimId");
        row.remove("claimNumber");
    }
    rows
}
