//! An authority's list of participants through REST: sent, watched, mended; and taken to its end by replicas that are killed.

use std::time::Duration;

use careway_tests::{Answer, Layout, Scheme, Setup, TestPlatform, accepted, refused};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

const IMPORT: &str = "/v1/participants/import";
const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub(crate) const HEADER: &str = "bhxh_number,full_name,birth,mobile,card_from,card_to,agency_code\n";

/// A row of the list, of somebody of the first agency.
pub(crate) fn row(scheme: &Scheme, number: u64) -> String {
    format!("{number:010},Uwase Aline,1990,0912345678,2026-01-01,2026-12-31,{}\n", scheme.agencies[0].code)
}

/// The import, once it has ended: of a long list late, and perhaps by a replica that is just starting.
pub(crate) async fn ended(scheme: &Scheme, path: &str) -> Answer {
    let begun = Instant::now();
    loop {
        if let Ok(told) = scheme.officer.get(path).await
            && told.text("import.state") == "DONE"
        {
            return told;
        }
        assert!(begun.elapsed() < Duration::from_secs(1800), "{path} has not ended");
        sleep(Duration::from_millis(100)).await;
    }
}

pub(crate) fn counts(told: &Answer) -> [Value; 4] {
    ["created", "updated", "unchanged", "rejected"].map(|count| told.at(&format!("import.{count}")).clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_sent_followed_and_its_rejected_rows_come_back() {
    let platform = TestPlatform::start().await;
    let scheme = Scheme::of(&platform).await;
    let list =
        format!("{HEADER}{}{}7,Keza,soon,,,,\n", row(&scheme, 7_936_491_863), row(&scheme, 7_936_491_864));
    refused(403, "PERMISSION_DENIED", scheme.authority.officer.upload(IMPORT, CSV, list.clone())).await;
    let missing = scheme.officer.upload(IMPORT, CSV, "bhxh_number\n1\n".to_owned());
    refused(400, "COLUMN_MISSING", missing).await;

    let tried = scheme.officer.upload(&format!("{IMPORT}?dryRun=true"), CSV, list.clone());
    let tried = accepted(201, tried).await;
    let path = tried.header("location").unwrap().to_owned();
    assert_eq!(path, format!("/v1/imports/{}", tried.text("import.importId")));
    assert_eq!(counts(&ended(&scheme, &path).await), [2, 0, 0, 1].map(Value::from));

    let sent = accepted(201, scheme.officer.upload(IMPORT, CSV, list)).await;
    let path = sent.header("location").unwrap().to_owned();
    let told = ended(&scheme, &path).await;
    assert_eq!((counts(&told), told.at("import.rows")), ([2, 0, 0, 1].map(Value::from), &json!(3)));
    let rows = accepted(200, scheme.officer.get(&format!("{path}/rows?outcome=REJECTED"))).await;
    assert_eq!(rows.list("rows").len(), 1);
    let reasons: Vec<_> = rows.list("rows.0.violations").iter().map(|it| it["reason"].clone()).collect();
    assert_eq!(reasons, ["NOT_A_CODE", "NOT_A_DATE", "REQUIRED", "REQUIRED", "REQUIRED"]);

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let rejected = http.get(format!("{}{path}/rejected", scheme.officer.base()));
    let rejected = rejected.bearer_auth(scheme.officer.access_token()).send().await.unwrap();
    assert_eq!(
        (rejected.status().as_u16(), &rejected.headers()["content-type"]),
        (200, &XLSX.parse().unwrap())
    );
    assert_eq!(rejected.headers()["content-disposition"], "attachment; filename=\"rejected.xlsx\"");
    let book = rejected.bytes().await.unwrap();
    assert!(book.starts_with(b"PK\x03\x04"));
    // Sent again as it is, it is rejected as it was: with its own columns, and one that nothing is done with.
    let again = accepted(201, scheme.officer.upload(IMPORT, XLSX, book.to_vec())).await;
    let again = ended(&scheme, again.header("location").unwrap()).await;
    assert_eq!(
        (counts(&again), again.at("import.unknownColumns")),
        ([0, 0, 0, 1].map(Value::from), &json!(["why"]))
    );

    let other = Scheme::of(&platform).await;
    for path in [path.clone(), format!("{path}/rows"), format!("{path}/rejected"), format!("{path}/watch")] {
        refused(404, "NOT_FOUND", other.officer.get(&path)).await;
    }
    assert!(accepted(200, other.officer.get("/v1/imports")).await.list("imports").is_empty());
}

/// `CAREWAY_TEST_KILLS` says how often by hand.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_taken_to_its_end_though_whoever_takes_it_is_killed() {
    let kills: u64 = std::env::var("CAREWAY_TEST_KILLS").map_or(6, |kills| kills.parse().unwrap());
    let rows = 40_000.max(2_000 * kills);
    let setup = Setup { layout: Layout::SeparateProcesses, ..Setup::default() };
    let platform = TestPlatform::of(setup).await;
    let scheme = Scheme::of(&platform).await;
    let list: String = (0..rows).map(|at| row(&scheme, 7_000_000_000 + at)).collect();
    let sent = accepted(201, scheme.officer.upload(IMPORT, CSV, format!("{HEADER}{list}"))).await;
    assert_eq!(
        sent.at("import.rows"),
        &json!(rows),
        "it was answered: from now on nothing of it may be lost"
    );
    let path = sent.header("location").unwrap().to_owned();
    for kill in 0..kills {
        // Sooner and later after its start: in a batch, and between two.
        sleep(Duration::from_millis(150 * (kill % 6))).await;
        platform.processes().kill("renewals").await;
        platform.processes().restart("renewals").await;
    }
    let told = ended(&scheme, &path).await;
    assert_eq!(counts(&told), [rows, 0, 0, 0].map(Value::from));
    let listed = accepted(200, scheme.officer.get(&format!("{path}/rows?outcome=UPDATED"))).await;
    assert!(listed.list("rows").is_empty(), "no row was taken twice");
    let again = accepted(201, scheme.officer.upload(IMPORT, CSV, format!("{HEADER}{list}"))).await;
    let again = ended(&scheme, again.header("location").unwrap()).await;
    assert_eq!(counts(&again), [0, 0, rows, 0].map(Value::from), "every row is there");
    platform.end().await;
}
