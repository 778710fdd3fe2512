//! Uploads take turns, of which no organization has all.

use careway_kernel::{Clock, DocumentId, OrganizationId};
use tempfile::TempDir;

use crate::rows::{open, pdf, upload};

#[tokio::test]
async fn one_organizations_slow_uploads_hold_up_no_other() {
    let (place, clock) = (TempDir::new().unwrap(), Clock::system());
    let store = open(&place, "visits", &["--documents-uploads=8"]);
    let [slow, other] = [OrganizationId::new(&clock), OrganizationId::new(&clock)];
    let begin = |of| store.begin_upload(DocumentId::new(&clock), None, Some(of));
    let dripping = [begin(slow).await.unwrap(), begin(slow).await.unwrap()];
    assert!(begin(slow).await.is_err(), "a quarter of them at once");
    let theirs = begin(other).await.unwrap();
    upload(&store, &pdf(100)).await.unwrap();
    drop((dripping, theirs));
    begin(slow).await.unwrap();
}
