//! Lists of whatever kind are read alike: rows and columns told as their writer sees them, and nothing left out in silence.
//!
//! The kinds of `tests/vectors/visits/cases.py` that are about lists, each for members, coverages, tariffs and claims.

use careway_tests::{Answer, Request, Rest, accepted, refused, until};
use rust_xlsxwriter::{Format, Formula, Workbook};
use serde_json::{Value, json};

use crate::claim_parties::ClaimParties;

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const JSON_LINES: &str = "application/x-ndjson";

/// One of the lists that can be uploaded.
struct List<'a> {
    path: &'static str,
    by: &'a Rest,
    header: &'static str,
    /// A row of which some column is wrong.
    wrong: &'static str,
    column: &'static str,
}

impl<'a> List<'a> {
    /// All of them; of the wrong rows each is wrong by itself.
    fn all(parties: &'a ClaimParties) -> [Self; 4] {
        let officer = &parties.network.payer.officer;
        [
            List {
                path: "/v1/members/import",
                by: officer,
                header: "member_number,family_name,given_names,birth_date,sex",
                wrong: "L-1,Uwase,Aline,soon,F",
                column: "birth_date",
            },
            List {
                path: "/v1/coverages/import",
                by: officer,
                header: "member_number,plan_code,from,to",
                wrong: "L-1,STANDARD,soon,2031-12-31",
                column: "from",
            },
            List {
                path: "/v1/tariffs/import",
                by: officer,
                header: "code,kind,name,benefits,currency,price,from",
                wrong: "L-1,SERVICE,X,CONSULTATION,RWF,five,2031-01-01",
                column: "price",
            },
            List {
                path: "/v1/claims/import",
                by: &parties.clerk,
                header: "visit_number,external_reference,code,diagnoses",
                wrong: "V26-1,L-1,CONS,J06.9",
                column: "visit_number",
            },
        ]
    }

    fn send(&self, media_type: &'static str, list: impl Into<Vec<u8>>) -> Request {
        self.by.upload(&format!("{}?dryRun=true", self.path), media_type, list.into())
    }

    /// Row and column of whatever is wrong with a list.
    async fn told(&self, media_type: &'static str, list: impl Into<Vec<u8>>) -> Vec<(i64, String)> {
        told(&accepted(200, self.send(media_type, list)).await)
    }

    /// What is told of a list whose wrong row has this number.
    fn only(&self, row: i64) -> Vec<(i64, String)> {
        vec![(row, self.column.to_owned())]
    }
}

/// Row and column of whatever is wrong, in any of the reports.
fn told(report: &Answer) -> Vec<(i64, String)> {
    let column = |row: &Value, it: &Value| {
        (row["row"].as_i64().unwrap(), it["column"].as_str().unwrap_or_default().to_owned())
    };
    let items = |row: &Value, name: &str| row[name].as_array().cloned().unwrap_or_default();
    if let Some(rejections) = report.at("rejections").as_array() {
        return rejections.iter().map(|it| column(it, it)).collect();
    }
    let rows = report.at("rows").as_array().cloned().unwrap_or_default();
    let of_row = |row: &Value| {
        let problems = items(row, "violations").into_iter().chain(items(row, "problems"));
        problems.map(|it| column(row, &it)).collect::<Vec<_>>()
    };
    rows.iter().flat_map(of_row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_read_as_its_writer_sees_it() {
    let parties = ClaimParties::with_rules("1000000").await;
    for list in List::all(&parties) {
        let List { path, header, wrong, .. } = list;

        // Columns that nothing is done with are named.
        let more = format!("{header},Ghi chú,until\n{wrong},a,b\n");
        let report = accepted(200, list.send(CSV, more)).await;
        assert_eq!(report.at("unknownColumns"), &json!(["ghi_chú", "until"]), "{path}");
        assert_eq!(told(&report), list.only(2), "{path}");
        let plain = accepted(200, list.send(CSV, format!("{header}\n{wrong}\n"))).await;
        assert!(plain.at("unknownColumns").as_array().is_none_or(Vec::is_empty), "{path}");
        // A cell without a column belongs to some other row or column.
        let wide = list.told(CSV, format!("{header}\n{wrong},more\n")).await;
        assert!(wide.contains(&(2, String::new())), "{path}: {wide:?}");

        // A quote that is never closed.
        let open = format!("{header},remarks\n{wrong},\n{wrong},\"moved\n{wrong},\n");
        let open = refused(400, "FILE_UNREADABLE", list.send(CSV, open)).await;
        assert_eq!(open.at("row"), 3, "{path}");

        // Which row.
        for ends in ["\n", "\r\n", "\r"] {
            let lines = format!("{header},remarks\n\n{wrong},\"two\nlines\"\n{wrong},\n");
            let rows = list.told(CSV, lines.replace('\n', ends)).await;
            let rows: Vec<i64> = rows.into_iter().map(|(row, _)| row).collect();
            assert_eq!(rows, [3, 4], "{path}, lines end in {ends:?}");
        }

        // The line that tells the separator, and byte order marks.
        let semicolons = format!("{header}\n{wrong}\n").replace(',', ";");
        assert_eq!(list.told(CSV, format!("sep=;\r\n{semicolons}")).await, list.only(3), "{path}");
        assert_eq!(list.told(CSV, format!("\u{feff}{semicolons}")).await, list.only(2), "{path}");
        let utf16 = [0xff, 0xfe].into_iter().chain(semicolons.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(list.told(CSV, utf16.collect::<Vec<u8>>()).await, list.only(2), "{path}");

        // What nobody sees is no part of a cell; U+0000 is no text, another control makes its cell none.
        let unseen = format!("\u{feff}{header}\n\u{200b}{wrong}\u{2060}\n").replace(',', "\u{ad},");
        assert_eq!(list.told(CSV, unseen).await, list.only(2), "{path}");
        let nul = format!("{header}\n{wrong}\0\n");
        refused(400, "FILE_UNREADABLE", list.send(CSV, nul)).await;
        let first = header.split(',').next().unwrap();
        let control = list.told(CSV, format!("{header}\n{}\n", wrong.replace("-1,", "-\u{b}1,"))).await;
        assert!(
            control.iter().any(|(row, column)| (*row, column.as_str()) == (2, first)),
            "{path}: {control:?}"
        );

        // A cell that holds an error is no text.
        for error in ["#N/A", "#REF!"] {
            for (at, column) in (0..).zip(header.split(',')) {
                let rows = list.told(XLSX, with_error(header, wrong, at, error)).await;
                assert!(rows.contains(&(2, column.to_owned())), "{path}, {column}, {error}: {rows:?}");
            }
        }
    }
}

/// A workbook of one row, of which one cell holds an error.
fn with_error(header: &str, row: &str, wrong: u16, error: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, (name, cell)) in (0..).zip(header.split(',').zip(row.split(','))) {
        sheet.write(0, at, name).unwrap();
        match at == wrong {
            true => sheet.write(1, at, Formula::new("=NA()").set_result(error)).unwrap(),
            false => sheet.write(1, at, cell).unwrap(),
        };
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn json_lines_are_read_as_any_list() {
    let parties = ClaimParties::with_rules("1000000").await;
    let [.., claims] = List::all(&parties);
    let line = |reference: &str| {
        let line = json!({
            "visitNumber": "V26-0001234-13", "externalReference": reference, "code": "CONS", "diagnoses": ["J06.9"],
            "madeBy": "x",
        });
        format!("{line}\n")
    };
    let report = accepted(200, claims.send(JSON_LINES, format!("\u{feff}{}", line("INV-1")))).await;
    assert_eq!(report.at("unknownColumns"), &json!(["madeBy"]));
    assert_eq!(told(&report), [(1, "visit_number".to_owned())], "there is no such visit");
    let nul = claims.told(JSON_LINES, format!("\n{}", line("INV\0-1"))).await;
    assert_eq!(nul, [(2, "external_reference".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_are_shown_with_leading_zeros_are_read_as_they_are_shown() {
    let parties = ClaimParties::with_rules("1000000").await;
    let (patient, officer) = (parties.patient().await, &parties.network.payer.officer);
    let import = async |by: &Rest, path: &str, header: &str, padded: &str, row: &[&str]| {
        accepted(200, by.upload(path, XLSX, padded_workbook(header, padded, row))).await
    };
    // Each list says 451 where 00451 is seen.
    let header = "member_number,family_name,given_names,birth_date,sex";
    let row = ["", "Uwase", "Aline", "1990-04-12", "F"];
    let members = import(officer, "/v1/members/import", header, "member_number", &row).await;
    assert_eq!(members.text("rows.0.memberNumber"), "00451");

    let header = "member_number,plan_code,from,to";
    let row = ["", "STANDARD", "2031-01-01", "2031-12-31"];
    // Visits hears of members by events.
    let covered = until("the member to be known to visits", async || {
        let book = padded_workbook(header, "member_number", &row);
        let covered = officer.upload("/v1/coverages/import", XLSX, book).await?;
        Ok((covered.at("created") == 1).then_some(()))
    });
    covered.await.unwrap();
    let covers = accepted(200, officer.get("/v1/coverages?memberNumber=00451")).await;
    assert_eq!(covers.text("coverages.0.from"), "2031-01-01");

    let header = "code,kind,name,benefits,currency,price,from";
    let row = ["", "SERVICE", "X", "CONSULTATION", "RWF", "500", "2020-01-01"];
    import(officer, "/v1/tariffs/import", header, "code", &row).await;
    let price = accepted(200, officer.get("/v1/tariffs?code=00451")).await;
    assert_eq!(price.text("tariffs.0.code"), "00451");

    let header = "visit_number,external_reference,code,diagnoses";
    let row = [patient.visit_number.as_str(), "", "CONS", "J06.9"];
    let claims = import(&parties.clerk, "/v1/claims/import", header, "external_reference", &row).await;
    let claim = accepted(200, parties.clerk.get("/v1/claims?externalReference=00451")).await;
    assert_eq!(claim.at("claims.0.claimId"), claims.at("rows.0.claimId"));
}

/// A workbook of one row, in which this column has the number 451, shown as 00451.
fn padded_workbook(header: &str, padded: &str, row: &[&str]) -> Vec<u8> {
    let (mut book, zeros) = (Workbook::new(), Format::new().set_num_format("00000"));
    let sheet = book.add_worksheet();
    for (at, (name, cell)) in (0..).zip(header.split(',').zip(row)) {
        sheet.write(0, at, name).unwrap();
        match name == padded {
            true => sheet.write_number_with_format(1, at, 451, &zeros).unwrap(),
            false => sheet.write(1, at, *cell).unwrap(),
        };
    }
    book.save_to_buffer().unwrap()
}
