//! Two services in one place, a folder or a bucket: neither reads, sweeps or counts what is the other's.

use careway_documents::{DocumentStore, Sweep, Swept};
use careway_kernel::Clock;
use careway_testing::FakeS3;
use chrono::{Days, TimeDelta};
use tempfile::TempDir;

use crate::rows::{Rows, files, open, pdf, upload};

/// What both have in common with any place, which `names` lists.
async fn share(visits: DocumentStore, cases: DocumentStore, names: impl Fn() -> Vec<String>) {
    let (ours, theirs) = (Rows::new(), Rows::new());
    let later = Clock::system().now() + TimeDelta::hours(25);
    let document = ours.add(&visits, &pdf(1000)).await;
    let attachment = theirs.add(&cases, &pdf(2000)).await;
    assert!(ours.reads(&visits, document).await && theirs.reads(&cases, attachment).await);
    assert!(!ours.reads(&cases, document).await, "by another service");
    for (store, rows) in [(&visits, &ours), (&cases, &theirs)] {
        // Owners are known before anything is old.
        let early = store.sweep(rows, Clock::system().now()).await.unwrap();
        assert_eq!(early, Sweep::Done(Swept::default()));
    }
    let before = names();
    assert_eq!(before.len(), 4, "{before:?}");

    let (orphan, _) = upload(&cases, &pdf(3000)).await.unwrap();
    let swept = visits.sweep(&ours, later).await.unwrap();
    assert_eq!(swept, Sweep::Done(Swept::default()), "cases' objects are not visits'");
    let set_aside = Swept { set_aside: 1, ..Swept::default() };
    assert_eq!(cases.sweep(&theirs, later).await.unwrap(), Sweep::Done(set_aside));
    let aside = format!("cases/swept/{}/{orphan}", later.date_naive());
    assert!(names().iter().any(|name| name.ends_with(&aside)), "{:?}", names());

    let much_later = later + Days::new(31);
    assert_eq!(visits.sweep(&ours, much_later).await.unwrap(), Sweep::Done(Swept::default()));
    let deleted = Swept { deleted: 1, ..Swept::default() };
    assert_eq!(cases.sweep(&theirs, much_later).await.unwrap(), Sweep::Done(deleted));
    assert_eq!(names(), before);
    assert!(ours.reads(&visits, document).await && theirs.reads(&cases, attachment).await);
}

#[tokio::test]
async fn two_services_share_a_folder() {
    let place = TempDir::new().unwrap();
    share(open(&place, "visits", &[]), open(&place, "cases", &[]), || files(place.path())).await;
}

#[tokio::test]
async fn two_services_share_a_bucket() {
    let s3 = FakeS3::default();
    let endpoint = format!("--documents-s3-endpoint={}", s3.serve().await);
    let told = [
        endpoint.as_str(),
        "--documents-s3-access-key-id=the-key-id",
        "--documents-s3-secret-access-key=the-secret",
    ];
    let open = |service| open("s3://medical/careway", service, &told);
    share(open("visits"), open("cases"), || s3.objects.lock().unwrap().keys().cloned().collect()).await;
}
