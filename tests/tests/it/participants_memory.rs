//! A list of many participants in constant memory, through all of the platform: gateway, service, database. `CAREWAY_TEST_ROWS=1000000` makes it the largest list there is.

use std::process::Command;

use careway_tests::{Scheme, TestPlatform, accepted};
use futures::StreamExt;

use crate::participant_imports::{HEADER, counts, ended, row};

/// Says that the process is a test's own: what it measures is nobody else's.
const ALONE: &str = "CAREWAY_TEST_ALONE";
/// Rows of a list, unless it is said otherwise.
const ROWS: u64 = 60_000;
/// What any step may take above what the process has when it is idle.
const MOST_KIB: u64 = 64 << 10;
/// Rows that are sent together.
const PIECE: u64 = 1_000;

#[test]
fn a_list_of_any_length_is_taken_in_constant_memory() {
    let name = "participants_memory::a_list_of_any_length_is_taken_in_constant_memory";
    if std::env::var_os(ALONE).is_none() {
        let mut alone = Command::new(std::env::current_exe().unwrap());
        let output = alone.args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("KiB more"), "{said}");
        said.lines().filter(|line| line.contains("KiB more")).for_each(|line| println!("{line}"));
        return;
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(measure());
}

async fn measure() {
    let rows = std::env::var("CAREWAY_TEST_ROWS").map_or(ROWS, |rows| rows.parse().unwrap());
    let platform = TestPlatform::start().await;
    let scheme = Scheme::of(&platform).await;
    // What every first time takes is not the list's.
    import(&scheme, 0, 12_000).await;
    let before = peak_kib();
    let begun = std::time::Instant::now();
    import(&scheme, 12_000, rows).await;
    let more = peak_kib() - before;
    println!("{rows} participants taken: {more} KiB more at the peak, in {:?}", begun.elapsed());
    assert!(more < MOST_KIB, "{more} KiB more at the peak");
}

/// Sends a list of so many people and waits until it was taken.
async fn import(scheme: &Scheme, from: u64, rows: u64) {
    let line = row(scheme, 0).len() as u64;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let officer = &scheme.officer;
    let upload =
        http.post(format!("{}/v1/participants/import", officer.base())).bearer_auth(officer.access_token());
    let length = HEADER.len() as u64 + rows * line;
    let upload = upload.header("content-type", "text/csv").header("content-length", length);
    let code = row(scheme, 0);
    let body = futures::stream::iter((0..rows).step_by(PIECE as usize)).map(move |at| {
        let rows = (at..(at + PIECE).min(rows)).map(|row| format!("{:010}{}", from + row, &code[10..]));
        Ok::<_, std::io::Error>(rows.collect::<String>())
    });
    let head = futures::stream::iter([Ok(HEADER.to_owned())]);
    let answer = upload.body(reqwest::Body::wrap_stream(head.chain(body))).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let path = answer.headers()["location"].to_str().unwrap().to_owned();
    let told = ended(scheme, &path).await;
    assert_eq!(counts(&told)[0], rows);
    accepted(200, officer.get(&format!("{path}/rows?pageSize=1"))).await;
}

/// The most memory that this process ever had.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
