//! The virus scanner looks at everything before it is kept.

use careway_testing::clamd::{self, VIRUS};
use tempfile::TempDir;

use crate::rows::{files, open, pdf, upload};

#[tokio::test]
async fn what_the_scanner_refuses_or_cannot_see_is_not_kept() {
    let place = TempDir::new().unwrap();
    let scanner = format!("--documents-scanner={}", clamd::serve_tcp().await);
    let store = open(&place, "visits", &[&scanner]);
    let mut infected = pdf(300_000);
    infected[99_990..][..VIRUS.len()].copy_from_slice(VIRUS);
    assert_eq!(upload(&store, &infected).await.unwrap_err().reason(), "DOCUMENT_INFECTED");
    let away = open(&place, "visits", &["--documents-scanner=unix:///nobody/listens"]);
    assert_eq!(upload(&away, &pdf(1000)).await.unwrap_err().reason(), "SCANNER_UNAVAILABLE");
    assert!(files(place.path()).is_empty());
    upload(&store, &pdf(300_000)).await.unwrap();
    assert_eq!(files(place.path()).len(), 1);
}
