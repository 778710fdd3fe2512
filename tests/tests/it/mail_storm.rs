//! Malformed mails by the thousand, through LMTP into a process of its own: each is answered and kept, the process lives, and its
//! memory stays. `CAREWAY_TEST_MAILS` says how many by hand.

use std::{collections::BTreeSet, fs, path::Path};

use careway_service::Call;
use careway_testing::{LmtpClient, spoilt_mail};
use careway_tests::{Layout, Setup, Support, TestPlatform, until};
use rand::{SeedableRng, rngs::StdRng};

/// How many in an ordinary run.
const MAILS: usize = 300;
/// What every first time takes is not theirs.
const FIRST: usize = 100;
/// KiB that the process may take above what it had.
const MOST_KIB: u64 = 64 << 10;

/// The mails of the vectors, with whatever their placeholders stand for left as it is.
fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/cases/mails");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_mails_are_all_answered_and_kept_in_little_memory() {
    let socket = std::env::temp_dir().join(format!("careway-{}.lmtp", uuid::Uuid::new_v4()));
    let settings = [
        ("CAREWAY_CASES_AUTHSERV_ID", "mx.careway.example"),
        ("CAREWAY_CASES_LMTP_LISTEN", &format!("unix:{}", socket.display())),
    ];
    let setup = Setup { layout: Layout::SeparateProcesses, settings: &settings, ..Setup::default() };
    let platform = TestPlatform::of(setup).await;
    // Some of the mails are from people whom identity knows.
    let _support = Support::of(&platform).await;
    let seeds: Vec<Vec<u8>> = seeds()
        .into_iter()
        .map(|seed| {
            String::from_utf8_lossy(&seed).replace("shondhan.example.org", "careway.example").into_bytes()
        })
        .collect();
    let count = std::env::var("CAREWAY_TEST_MAILS").map_or(MAILS, |count| count.parse().unwrap());
    let mut random = StdRng::seed_from_u64(20_261_128);
    let mut client = LmtpClient::connect(&socket).await.unwrap();
    let (mut kept, mut before, mut most) = (BTreeSet::new(), 0, 0);
    for number in 0..FIRST + count {
        if number == FIRST {
            before = platform.processes().memory_kib("cases").await.unwrap();
        }
        let raw = spoilt_mail(&seeds, &mut random);
        let from = if number % 10 == 0 { "" } else { "tanvir@shondhan.example" };
        // What is put off, for somebody who is asked is slow to answer, comes again.
        let taken = until("a mail to be taken", async || {
            let reply = client.deliver(from, &["support@careway.example"], &raw).await?.remove(0);
            anyhow::ensure!(reply.starts_with("250 2.0.0 ") || reply.starts_with("451 4.3.0 "), "{reply}");
            Ok(reply.starts_with("250").then_some(reply))
        });
        let reply = taken.await.unwrap_or_else(|error| panic!("mail {number}: {error:#}"));
        kept.insert(reply.rsplit(' ').next().expect("the id of the mail").to_owned());
        if number >= FIRST && number % 50 == 0 {
            most = platform.processes().memory_kib("cases").await.unwrap().max(most);
        }
    }
    client.quit().await.unwrap();
    let mut reader = platform.database("cases").read(&Call::system("tests")).await.unwrap();
    let rows: i64 =
        sqlx::query_scalar("select count(*) from inbound_mail").fetch_one(&mut *reader).await.unwrap();
    drop(reader);
    assert_eq!(rows, i64::try_from(kept.len()).unwrap(), "none is lost, none is there twice");
    let more = most.saturating_sub(before);
    println!("{count} malformed mails: {} kept, {more} KiB more", kept.len());
    assert!(more <= MOST_KIB, "{more} KiB more");
    let _ = fs::remove_file(&socket);
    platform.end().await;
}
