//! A workbook of ours, read by a reader that is not: openpyxl, which `cargo dev test` installs.

use std::{path::PathBuf, process::Command};

use careway_tests::{Scheme, TestPlatform, accepted};
use chrono::Days;
use serde_json::{Value, json};

/// Every cell: its value, what openpyxl takes it for, its format, and whether it is marked as a text that was quoted.
const SCRIPT: &str = "
import json, sys, openpyxl
sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]
cell = lambda it: [str(it.value), it.data_type, it.number_format, bool(it.quotePrefix)]
print(json.dumps([[cell(it) for it in row] for row in sheet.iter_rows()]))
";

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_texts_days_are_days_and_nothing_is_a_formula() {
    let platform = TestPlatform::start().await;
    let scheme = Scheme::of(&platform).await;
    let due = Scheme::today(&platform) + Days::new(14);
    let code = &scheme.agencies[0].code;
    let people = format!(
        "bhxh_number,full_name,birth,address,mobile,card_from,card_to,agency_code\n\
         0123456789,Nguyễn Thị Điểm,1950,\"=HYPERLINK(\"\"http://x.example\"\")\",0912345678,2020-01-01,{due},{code}\n"
    );
    assert_eq!(scheme.import("/v1/participants/import", people).await.at("import.created"), 1);
    let cards = format!("bhxh_number,card_to,agency_code\n0123456789,{due},{code}\n");
    assert_eq!(scheme.import("/v1/renewals/import", cards).await.at("import.created"), 1);
    let listed = accepted(200, scheme.officer.get("/v1/renewals")).await;
    assert_eq!(listed.at("total"), &json!(1));

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let book = http.get(format!("{}/v1/renewals/export", scheme.officer.base()));
    let book = book.bearer_auth(scheme.officer.access_token()).send().await.unwrap();
    assert_eq!(book.status(), 200);
    let path = std::env::temp_dir().join(format!("careway-workbook-{}.xlsx", std::process::id()));
    std::fs::write(&path, book.bytes().await.unwrap()).unwrap();
    let tools = std::env::var_os("CAREWAY_TEST_TOOLS").expect("run `cargo dev test`: it installs the reader");
    let output =
        Command::new(PathBuf::from(tools).join("python")).args(["-c", SCRIPT]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::remove_file(&path).unwrap();
    let rows: Vec<Vec<Value>> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rows.len(), 2, "the heading, and the rows of the screen");
    let cell = |title: &str| {
        let at = rows[0].iter().position(|cell| cell[0] == title).unwrap();
        rows[1][at].clone()
    };
    assert_eq!(cell("Mã số BHXH"), json!(["0123456789", "s", "@", false]));
    assert_eq!(cell("Họ và tên"), json!(["Nguyễn Thị Điểm", "s", "@", false]));
    assert_eq!(cell("Địa chỉ"), json!(["=HYPERLINK(\"http://x.example\")", "s", "@", true]));
    assert_eq!(cell("Di động"), json!(["+84912345678", "s", "@", true]));
    assert_eq!(cell("Đến ngày"), json!([format!("{due} 00:00:00"), "d", "dd/mm/yyyy", false]));
}
