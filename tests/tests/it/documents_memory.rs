//! A large document in constant memory, both ways and through all of the platform: gateway, service, store.

use std::process::Command;

use careway_tests::{Network, TestPlatform, accepted};
use futures::StreamExt;
use serde_json::json;
use sha2::{Digest, Sha256};

/// Says that the process is a test's own: what it measures is nobody else's.
const ALONE: &str = "CAREWAY_TEST_ALONE";
const SIZE: usize = 200 << 20;
const PIECE: usize = 1 << 20;
/// Far less than the document, and room for what any upload takes: parts on their way to the store, sockets, frames.
const MOST_KIB: u64 = 32 << 10;

#[test]
fn two_hundred_megabytes_are_taken_and_given_in_constant_memory() {
    let name = "documents_memory::two_hundred_megabytes_are_taken_and_given_in_constant_memory";
    if std::env::var_os(ALONE).is_none() {
        let mut alone = Command::new(std::env::current_exe().unwrap());
        let output = alone.args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("KiB more"), "{said}");
        return;
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(measure());
}

async fn measure() {
    let platform = TestPlatform::start().await;
    let Network { payer, facility, desk } = Network::of(&platform).await;
    let clinician = facility.staff(&platform, &["CLINICIAN"]).await;
    let member = payer.covered_member(&platform).await;
    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let carry = async |size: usize| {
        let path = format!("{}{visit}/documents?kind=IMAGING&title=Scan", desk.base());
        let upload =
            http.post(path).bearer_auth(clinician.access_token()).header("content-type", "application/pdf");
        let upload =
            upload.header("content-length", size).header("idempotency-key", format!("scan-of-{size:016}"));
        let mut hash = Sha256::new();
        let pieces = (0..size / PIECE).map(piece);
        pieces.clone().for_each(|piece| hash.update(&piece));
        let pieces = futures::stream::iter(pieces.map(Ok::<_, std::io::Error>));
        let answer = upload.body(reqwest::Body::wrap_stream(pieces)).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        let location = answer.headers()["location"].to_str().unwrap().to_owned();

        let download = format!("{}{location}/content", desk.base());
        let answer = http.get(download).bearer_auth(clinician.access_token()).send().await.unwrap();
        assert_eq!(answer.headers()["content-length"], size.to_string());
        let mut pieces = answer.bytes_stream();
        let mut given = Sha256::new();
        while let Some(piece) = pieces.next().await {
            given.update(piece.unwrap());
        }
        assert_eq!(given.finalize(), hash.finalize(), "what was given is what was taken");
    };
    // What every first time takes is not the document's.
    carry(64 * PIECE).await;
    let before = peak_kib();
    let begun = std::time::Instant::now();
    carry(SIZE).await;
    let more = peak_kib() - before;
    println!("{} MiB there and back: {more} KiB more at the peak, in {:?}", SIZE >> 20, begun.elapsed());
    assert!(more < MOST_KIB, "{more} KiB more at the peak");
}

/// A piece of the file, made when it is asked for.
fn piece(index: usize) -> Vec<u8> {
    let mut piece = vec![index as u8; PIECE];
    if index == 0 {
        piece[..9].copy_from_slice(b"%PDF-1.7\n");
    }
    piece
}

/// The most memory that this process ever had.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
