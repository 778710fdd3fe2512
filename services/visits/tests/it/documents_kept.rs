//! Documents at rest: under keys that change, in a store that may be damaged, in a bucket.

use careway_contract::visits::v1::Document;
use careway_service::Kind;
use careway_testing::{FakeS3, eventually, refusal};

use crate::{
    document_calls::{Upload, pdf},
    test_visits::TestVisits,
};

const OLD: &str = "the-older-key-of-documents-of-the-tests";
const NEW: &str = "the-newer-key-of-documents-of-the-tests";

async fn verified(settings: &[(&str, &str)]) -> (TestVisits, String) {
    let service = TestVisits::with(settings).await;
    service.member("UM-100200", "1199070012345601").await;
    let visit = service.verified("UM-100200").await.visit.unwrap().visit_id;
    (service, visit)
}

impl TestVisits {
    async fn reads(&self, document: &Document) -> Result<Vec<u8>, Kind> {
        let download = self.download(&self.facility, &document.document_id, &[]).await;
        download.map(|download| download.data).map_err(|error| error.kind())
    }

    async fn key_ids(&self) -> Vec<String> {
        let ids = sqlx::query_scalar("select distinct key_id from document");
        ids.fetch_all(&self.admin).await.unwrap()
    }
}

#[tokio::test]
async fn keys_take_over_from_one_another_and_no_document_is_written_again() {
    let (mut service, visit) = verified(&[("CAREWAY_DOCUMENTS_KEYS", OLD)]).await;
    let file = pdf(100_000);
    let document = service.document(&visit, file.clone()).await;
    let [object] = &service.files()[..] else { panic!("one object") };
    let sealed = std::fs::read(object).unwrap();
    let old = service.key_ids().await;

    service.restart(&[("CAREWAY_DOCUMENTS_KEYS", &format!("{NEW},{OLD}"))]).await;
    assert!(service.reads(&document).await.unwrap() == file);
    let newer = service.document(&visit, pdf(10)).await;
    eventually("every document is under the newest key", async || {
        let ids = service.key_ids().await;
        ids.len() == 1 && ids != old
    })
    .await;
    assert!(std::fs::read(object).unwrap() == sealed, "the object is as it was");

    service.restart(&[("CAREWAY_DOCUMENTS_KEYS", NEW)]).await;
    assert!(service.reads(&document).await.unwrap() == file, "the older key is not needed any more");
    assert_eq!(service.list(&service.facility, &visit).await.unwrap(), [newer, document.clone()]);

    service.restart(&[("CAREWAY_DOCUMENTS_KEYS", OLD)]).await;
    assert_eq!(service.reads(&document).await, Err(Kind::Internal), "its key is gone");
}

#[tokio::test]
async fn what_was_changed_in_the_store_is_not_given_out() {
    let (service, visit) = verified(&[]).await;
    let document = service.document(&visit, pdf(200_000)).await;
    let object = service.files().remove(0);
    let sealed = std::fs::read(&object).unwrap();
    assert!(service.reads(&document).await.is_ok());

    let mut flipped = sealed.clone();
    flipped[150_000] ^= 1;
    std::fs::write(&object, &flipped).unwrap();
    assert_eq!(service.reads(&document).await, Err(Kind::Internal));
    let before = service
        .download(&service.facility, &document.document_id, &[("range", "bytes=0-65535")])
        .await
        .unwrap();
    assert_eq!(before.data.len(), 65_536, "what comes before is as it was");
    std::fs::write(&object, &sealed[..65_552]).unwrap();
    assert_eq!(service.reads(&document).await, Err(Kind::Internal), "cut off");
    std::fs::remove_file(&object).unwrap();
    assert_eq!(service.reads(&document).await, Err(Kind::Internal), "gone");
    std::fs::write(&object, &sealed).unwrap();
    assert!(service.reads(&document).await.is_ok());

    // Two documents that change places, with their keys.
    let other = service.document(&visit, pdf(200_000)).await;
    let objects = service.files();
    let [one, two] = [0, 1].map(|index| std::fs::read(&objects[index]).unwrap());
    std::fs::write(&objects[0], two).unwrap();
    std::fs::write(&objects[1], one).unwrap();
    sqlx::query("update document d set sealed_key = o.sealed_key from document o where o.document_id <> d.document_id")
        .execute(&service.admin)
        .await
        .unwrap();
    for document in [document, other] {
        assert_eq!(service.reads(&document).await, Err(Kind::Internal));
    }
}

#[tokio::test]
async fn a_bucket_keeps_documents_as_a_folder_does() {
    let s3 = FakeS3::default();
    let (service, visit) = verified(&[
        ("CAREWAY_DOCUMENTS_PLACE", "s3://medical/careway"),
        ("CAREWAY_DOCUMENTS_S3_ENDPOINT", &s3.serve().await),
        ("CAREWAY_DOCUMENTS_S3_ACCESS_KEY_ID", "the-key-id"),
        ("CAREWAY_DOCUMENTS_S3_SECRET_ACCESS_KEY", "the-secret"),
    ])
    .await;
    let owned = async || s3.objects.lock().unwrap().contains_key("careway/visits/owner");
    eventually("the place has its owner", owned).await;
    let (small, large) = (pdf(1000), pdf(12 << 20));
    let first = service.document(&visit, small.clone()).await;
    let second = service.document(&visit, large.clone()).await;
    assert!(service.reads(&first).await.unwrap() == small && service.reads(&second).await.unwrap() == large);
    let range = [("range", "bytes=6000000-6099999")];
    let part = service.download(&service.facility, &second.document_id, &range).await.unwrap();
    assert!(part.data == large[6_000_000..6_100_000]);
    assert_eq!(*s3.multipart.lock().unwrap(), 1, "the small one went in one request");
    let keys: Vec<String> = s3.objects.lock().unwrap().keys().cloned().collect();
    assert!(keys.len() == 3 && keys.iter().all(|key| key.starts_with("careway/visits/")), "{keys:?}");

    let mut refused = Upload::of(&visit, [vec![b'a'; 12 << 20], b"\0".to_vec()].concat());
    assert_eq!(refusal(service.upload(&service.facility, &refused).await).reason(), "DOCUMENT_TYPE_REFUSED");
    refused.file = large;
    refused.told = vec![("content-digest", format!("sha-256=:{}:", "A".repeat(43) + "="))];
    assert_eq!(refusal(service.upload(&service.facility, &refused).await).reason(), "DIGEST_MISMATCH");
    eventually("what was begun is taken back", async || s3.unfinished.lock().unwrap().is_empty()).await;
    assert_eq!((*s3.multipart.lock().unwrap(), s3.objects.lock().unwrap().len()), (3, 3));

    let orphan = careway_kernel::DocumentId::new(&service.clock).to_string();
    let orphan = format!("careway/visits/{}/{orphan}", &orphan[34..]);
    s3.objects.lock().unwrap().insert(orphan, "an object without its row".into());
    service.clock.advance(std::time::Duration::from_secs(25 * 3600));
    let swept = |key: &String| key.starts_with("careway/visits/swept/");
    eventually("the orphan is set aside", async || s3.objects.lock().unwrap().keys().any(swept)).await;
    assert!(
        keys.iter().all(|key| s3.objects.lock().unwrap().contains_key(key)),
        "the others are where they were"
    );

    *s3.down.lock().unwrap() = true;
    service.cite(&first).await;
    let away = service.download(&service.payer, &first.document_id, &[]).await.map(|_| ()).unwrap_err();
    assert_eq!((away.kind(), away.reason()), (Kind::Unavailable, "DOCUMENTS_UNAVAILABLE"));
}
