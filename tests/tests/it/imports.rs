//! Lists of members and of coverages, as CSV and as workbooks: tried, taken, and the same again.

use std::time::Duration;

use careway_tests::{Answer, Network, Payer, Request, TestPlatform, accepted, refused};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use tokio::time::Instant;

/// Less than what a bomb says it holds would take to read, on however slow a machine.
const SOON: Duration = Duration::from_secs(60);
const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const MEMBERS: &str = "/v1/members/import";
const COVERAGES: &str = "/v1/coverages/import";

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_members_is_tried_taken_and_the_same_again_changes_nothing() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let list = "member_number;Family name;given_names;birth_date;SEX;mobile;national_id;principal_member_number\n\
        R-2;Uwase;Éric;2015-01-02;M;;;R-1\n\
        R-1;Uwase;Aline;1990-04-12;F;0788 123 456;1 1985 7 0012345 6 01;\n\
        R-3;;;1990-13-01;F;0252570000;;\n\
        R-1;Twice;Aline;1990-04-12;F;;;\n\
        R-4;Mugisha;Jean;1980-01-01;M;;;R-2\n";
    let outcomes =
        [(2, "CREATED"), (3, "CREATED"), (4, "REJECTED"), (5, "REJECTED"), (6, "REJECTED")].map(owned);

    let tried = accepted(200, upload(&payer, &format!("{MEMBERS}?dryRun=true"), CSV, list)).await;
    assert_eq!((tried.at("dryRun"), rows(&tried)), (&json!(true), outcomes.to_vec()));
    assert!(accepted(200, payer.officer.get("/v1/members")).await.list("members").is_empty());

    let taken = accepted(200, upload(&payer, MEMBERS, CSV, list)).await;
    assert_eq!((rows(&taken), counts(&taken)), (outcomes.to_vec(), [5, 2, 0, 0, 3]));
    let columns = |row: usize, kind: &str| {
        let told = taken.list(&format!("rows.{row}.{kind}"));
        told.iter().map(|it| it["column"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(columns(1, "warnings"), ["national_id"], "another year than the birth date");
    assert_eq!(
        columns(2, "violations"),
        ["family_name", "given_names", "birth_date", "mobile"],
        "all of them at once"
    );
    assert_eq!(columns(3, "violations"), ["member_number"]);
    assert_eq!(columns(4, "violations"), ["principal_member_number"]);

    let again = accepted(200, upload(&payer, MEMBERS, CSV, list)).await;
    assert_eq!(counts(&again), [5, 0, 0, 2, 3]);
    let moved =
        accepted(200, upload(&payer, MEMBERS, CSV, &list.replace("0788 123 456", "0788999999"))).await;
    assert_eq!(counts(&moved), [5, 0, 1, 1, 3]);
    let found = accepted(200, payer.officer.get("/v1/members?q=R-1")).await;
    let member = format!("/v1/members/{}", found.text("members.0.memberId"));
    assert_eq!(accepted(200, payer.officer.get(&member)).await.text("member.mobile"), "+250788999999");
    let history = accepted(200, payer.officer.get(&format!("{member}/contact-changes"))).await;
    assert_eq!(history.list("changes").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_read_as_people_fill_it_in() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let header = ["Member number", "Family name", "Given names", "Birth date", "Sex", "National id"];
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(header) {
        sheet.write(0, column, name).unwrap();
    }
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let born = ExcelDateTime::from_ymd(1990, 4, 12).unwrap();
    // A number where a text is meant, a real date, and a row left blank between.
    sheet.write(1, 0, 451).unwrap();
    for (column, text) in [(1, "Nguyễn"), (2, "Văn An"), (4, "male"), (5, "1199080012345601")] {
        sheet.write(1, column, text).unwrap();
    }
    sheet.write_with_format(1, 3, &born, &date).unwrap();
    // A national id typed as a number: the workbook has lost its last digit.
    for (column, text) in [(0, "R-2"), (1, "Uwase"), (2, "Aline"), (3, "1990-04-12"), (4, "F")] {
        sheet.write(3, column, text).unwrap();
    }
    sheet.write(3, 5, 1_199_070_012_345_601_f64).unwrap();
    let book = book.save_to_buffer().unwrap();

    let tried = payer.officer.upload(&format!("{MEMBERS}?dryRun=true"), XLSX, book.clone());
    assert_eq!(counts(&accepted(200, tried).await), [2, 1, 0, 0, 1]);
    let taken = accepted(200, payer.officer.upload(MEMBERS, XLSX, book.clone())).await;
    assert_eq!(rows(&taken), [(2, "CREATED"), (4, "REJECTED")].map(owned));
    assert_eq!(taken.text("rows.1.violations.0.column"), "national_id");
    let found = accepted(200, payer.officer.get("/v1/members?q=451")).await;
    assert_eq!(
        (found.text("members.0.familyName"), found.text("members.0.birthDate")),
        ("Nguyễn", "1990-04-12")
    );
    let again = accepted(200, payer.officer.upload(MEMBERS, XLSX, book)).await;
    assert_eq!(counts(&again), [2, 0, 0, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_list_is_refused_as_a_whole_and_soon() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let bomb = include_bytes!("../../vectors/renewals/files/bomb.xlsx").to_vec();
    assert!(bomb.len() < 256 << 10, "a bomb is small before it goes off");

    for path in [MEMBERS, COVERAGES] {
        let started = Instant::now();
        refused(400, "FILE_TOO_LARGE", payer.officer.upload(path, XLSX, bomb.clone())).await;
        assert!(started.elapsed() < SOON, "refused after {:?}", started.elapsed());
        let nonsense = b"PK\x03\x04 no workbook".to_vec();
        refused(400, "FILE_UNREADABLE", payer.officer.upload(path, XLSX, nonsense)).await;
        let missing =
            refused(400, "COLUMN_MISSING", upload(&payer, path, CSV, "sex,from\nF,2026-01-01\n")).await;
        assert_eq!(missing.text("column"), "member_number");
        let empty = upload(&payer, path, CSV, "").await.unwrap();
        assert_eq!(empty.status.as_u16(), 400, "{empty}");
        let picture = upload(&payer, path, "image/png", "no list").await.unwrap();
        assert_eq!((picture.status.as_u16(), picture.reason()), (415, "UNSUPPORTED_MEDIA_TYPE"), "{picture}");
        refused(403, "PERMISSION_DENIED", desk.upload(path, CSV, "member_number\n")).await;
    }
    assert!(accepted(200, payer.officer.get("/v1/members")).await.list("members").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_coverages_is_taken_row_by_row() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let members = "member_number,family_name,given_names,birth_date,sex\n\
        UM-1,Uwase,Aline,1990-04-12,F\nUM-2,Keza,Ange,1991-01-01,F\nUM-3,Mugisha,Jean,1980-01-01,M\n";
    accepted(200, upload(&payer, MEMBERS, CSV, members)).await;
    let list = "member_number,plan_code,from,to\n\
        UM-1,standard,2026-01-01,2026-12-31\n\
        UM-2,STANDARD,2026-01-01,2026-12-31\n\
        UM-2,STANDARD,2026-12-31,2027-12-31\n\
        UM-9,STANDARD,2026-01-01,2026-12-31\n\
        UM-3,BRASS,2026-01-01,2026-12-31\n\
        UM-3,STANDARD,2026-01-01,2025-12-31\n";
    // Whoever was registered a moment ago is known, whether or not visits has heard of them.
    let tried = accepted(200, upload(&payer, &format!("{COVERAGES}?dryRun=true"), CSV, list)).await;
    assert_eq!(tried.at("created"), 2);
    assert_eq!(tried.at("dryRun"), true);
    assert!(accepted(200, payer.officer.get("/v1/coverages")).await.list("coverages").is_empty());

    let taken = accepted(200, upload(&payer, COVERAGES, CSV, list)).await;
    let rejections: Vec<_> = taken
        .list("rejections")
        .iter()
        .map(|it| (it["row"].as_i64().unwrap(), it["column"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(rejections, [(4, ""), (5, "member_number"), (6, "plan_code"), (7, "to")]);
    assert_eq!(
        ["rows", "created", "rejected"].map(|it| taken.at(it).clone()),
        [json!(6), json!(2), json!(4)]
    );
    assert_eq!(taken.at("rejections"), tried.at("rejections"), "as it was foretold");
    let covered = accepted(200, payer.officer.get("/v1/coverages?memberNumber=UM-1")).await;
    assert_eq!(
        (covered.text("coverages.0.from"), covered.at("coverages.0.planVersion")),
        ("2026-01-01", &json!(1))
    );

    // The same, now as a workbook with real dates.
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["Member number", "Plan code", "From", "To"]) {
        sheet.write(0, column, name).unwrap();
    }
    for (row, number) in [(1, "UM-1"), (2, "UM-3")] {
        sheet.write(row, 0, number).unwrap();
        sheet.write(row, 1, "STANDARD").unwrap();
        sheet.write_with_format(row, 2, ExcelDateTime::from_ymd(2026, 1, 1).unwrap(), &date).unwrap();
        sheet.write_with_format(row, 3, ExcelDateTime::from_ymd(2026, 12, 31).unwrap(), &date).unwrap();
    }
    let book = book.save_to_buffer().unwrap();
    for (created, unchanged) in [(1, 1), (0, 2)] {
        let taken = accepted(200, payer.officer.upload(COVERAGES, XLSX, book.clone())).await;
        let told = ["created", "unchanged", "rejected"].map(|it| count(&taken, it));
        assert_eq!(told, [created, unchanged, 0]);
    }
}

fn upload(payer: &Payer, path: &str, media_type: &'static str, list: &str) -> Request {
    payer.officer.upload(path, media_type, list.to_owned())
}

fn rows(report: &Answer) -> Vec<(i64, String)> {
    let row = |it: &Value| (it["row"].as_i64().unwrap(), it["outcome"].as_str().unwrap().to_owned());
    report.list("rows").iter().map(row).collect()
}

fn owned((row, outcome): (i64, &str)) -> (i64, String) {
    (row, outcome.to_owned())
}

/// Total, created, updated, unchanged, rejected.
fn counts(report: &Answer) -> [i64; 5] {
    ["total", "created", "updated", "unchanged", "rejected"].map(|name| count(report, name))
}

/// What is nothing is left out.
fn count(report: &Answer, name: &str) -> i64 {
    report.at(name).as_i64().unwrap_or_default()
}
