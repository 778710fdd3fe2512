//! Documents of a visit: added, read, shown to the payer, retracted; and who may not.

use careway_contract::visits::v1::*;
use careway_service::Kind;
use careway_testing::{key, refusal};
use sha2::{Digest, Sha256};

use crate::{
    document_calls::{Upload, pdf},
    test_visits::TestVisits,
};

/// With a member whose visit is verified; the visit.
async fn verified() -> (TestVisits, String) {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let visit = service.verified("UM-100200").await.visit.unwrap().visit_id;
    (service, visit)
}

#[tokio::test]
async fn a_document_is_kept_sealed_and_comes_back_whole_and_in_parts() {
    let (service, visit) = verified().await;
    let file = pdf(200_000);
    let sha256 = Sha256::digest(&file);
    let added = service.document(&visit, file.clone()).await;
    assert_eq!((added.kind(), added.title.as_str()), (document::Kind::Imaging, "Chest X-ray"));
    assert_eq!((added.media_type.as_str(), added.size_bytes), ("application/pdf", 200_000));
    assert_eq!((added.sha256.as_str(), added.version), (hex::encode(sha256).as_str(), 1));
    assert_eq!(service.list(&service.facility, &visit).await.unwrap(), std::slice::from_ref(&added));
    let request = GetDocumentRequest { document_id: added.document_id.clone() };
    let read =
        service.documents().get_document(service.by(&service.facility, &key(), request)).await.unwrap();
    assert_eq!(read.into_inner().document, Some(added.clone()));

    let whole = service.download(&service.facility, &added.document_id, &[]).await.unwrap();
    assert!(whole.data == file);
    assert_eq!((whole.status.as_str(), whole.content_type.as_str()), ("200", "application/pdf"));
    assert_eq!(whole.told("careway-content-length"), "200000");
    assert_eq!(whole.told("accept-ranges"), "bytes");
    let disposition = "attachment; filename=\"thorax k_.pdf\"; filename*=UTF-8''thorax%20k%C3%BA.pdf";
    assert_eq!(whole.told("content-disposition"), disposition);
    let etag = format!("\"{}\"", added.sha256);
    assert_eq!(whole.told("etag"), etag);

    let part = service
        .download(&service.facility, &added.document_id, &[("range", "bytes=65530-140000")])
        .await
        .unwrap();
    assert!(part.data == file[65530..=140_000]);
    assert_eq!((part.status.as_str(), part.told("content-range")), ("206", "bytes 65530-140000/200000"));
    let tail = [("range", "bytes=-1"), ("if-range", etag.as_str())];
    assert!(
        service.download(&service.facility, &added.document_id, &tail).await.unwrap().data == file[199_999..]
    );
    let other = [("range", "bytes=-1"), ("if-range", "\"of-something-else\"")];
    assert_eq!(
        service.download(&service.facility, &added.document_id, &other).await.unwrap().data.len(),
        200_000
    );
    let same =
        service.download(&service.facility, &added.document_id, &[("if-none-match", &etag)]).await.unwrap();
    assert_eq!((same.status.as_str(), same.data.len()), ("304", 0));
    let beyond =
        service.download(&service.facility, &added.document_id, &[("range", "bytes=200000-")]).await.unwrap();
    assert_eq!((beyond.status.as_str(), beyond.told("content-range")), ("416", "bytes */200000"));

    // Nothing of it stands readable, in the store or in the row.
    let [object] = &service.files()[..] else { panic!("one object") };
    let object = std::fs::read(object).unwrap();
    assert_eq!(object.len(), 200_000 + 4 * 16);
    assert!(!object.windows(16).any(|window| window == &file[1000..1016]));
    let row: String =
        sqlx::query_scalar("select document::text from document").fetch_one(&service.admin).await.unwrap();
    for word in ["Chest X-ray", "thorax"] {
        assert!(!row.contains(word) && !row.contains(&hex::encode(word)), "{row}");
    }
    assert_eq!(service.said("DocumentAdded").await, 1);
}

#[tokio::test]
async fn every_read_is_noted_with_the_member_and_the_visit() {
    let (service, visit) = verified().await;
    let added = service.document(&visit, b"A plain letter.".to_vec()).await;
    service.list(&service.facility, &visit).await.unwrap();
    let request = GetDocumentRequest { document_id: added.document_id.clone() };
    service.documents().get_document(service.by(&service.facility, &key(), request)).await.unwrap();
    service.download(&service.facility, &added.document_id, &[]).await.unwrap();
    let noted: Vec<String> = sqlx::query_scalar(
        "select action from audit_entry where action like 'document%' and member_id is not null \
         and visit_id::text = $1 and organization_id = $2 order by audit_id",
    )
    .bind(&visit)
    .bind(service.facility.organization.uuid())
    .fetch_all(&service.admin)
    .await
    .unwrap();
    assert_eq!(noted, ["document.add", "documents.list", "document.read", "document.download"]);
}

#[tokio::test]
async fn a_key_stands_for_all_of_the_upload() {
    let (service, visit) = verified().await;
    let upload = Upload::of(&visit, pdf(100_000));
    let first = service.upload(&service.facility, &upload).await.unwrap();
    let again = service.upload(&service.facility, &upload).await.unwrap();
    assert_eq!(again.metadata().get("idempotency-replayed").unwrap(), "true");
    let first = first.into_inner();
    assert_eq!(again.into_inner(), first);

    let other_content = Upload { file: pdf(100_001), ..upload.clone() };
    let other_title = Upload { title: "Another".to_owned(), ..upload.clone() };
    for other in [other_content, other_title] {
        let refused = refusal(service.upload(&service.facility, &other).await);
        assert_eq!(refused.reason(), "IDEMPOTENCY_KEY_REUSED");
    }
    let mut without = service.by(&service.facility, &key(), futures::stream::empty());
    without.metadata_mut().remove("idempotency-key");
    assert_eq!(refusal(service.documents().add_document(without).await).reason(), "IDEMPOTENCY_KEY_REQUIRED");

    // The answer stands whatever has become of the visit meanwhile.
    service.admit(&visit, "OUTPATIENT").await.unwrap();
    service.discharge(&visit).await;
    service.clock.advance(std::time::Duration::from_secs(73 * 3600));
    let late = service.upload(&service.facility, &upload).await.unwrap().into_inner();
    assert_eq!(late, first);
    let fresh = Upload { key: key(), ..upload };
    assert_eq!(refusal(service.upload(&service.facility, &fresh).await).reason(), "VISIT_OVER");
    service.nothing_but(1).await;
}

#[tokio::test]
async fn documents_belong_to_the_visit_and_are_shown_while_it_is() {
    let (service, visit) = verified().await;
    let added = service.document(&visit, pdf(1000)).await;
    let other = service.other_facility().await;
    for stranger in [&other, &service.stranger()] {
        let absent = refusal(service.download(stranger, &added.document_id, &[]).await.map(|_| ()));
        assert_eq!(absent.kind(), Kind::NotFound);
        assert_eq!(refusal(service.list(stranger, &visit).await).kind(), Kind::NotFound);
    }
    assert_eq!(refusal(service.upload(&other, &Upload::of(&visit, pdf(10))).await).kind(), Kind::NotFound);
    assert_eq!(
        refusal(service.upload(&service.payer, &Upload::of(&visit, pdf(10))).await).kind(),
        Kind::Forbidden
    );
    let waiting = service.started("UM-100200").await.visit_id;
    let early = refusal(service.upload(&service.facility, &Upload::of(&waiting, pdf(10))).await);
    assert_eq!(early.reason(), "VISIT_NOT_VERIFIED");
    assert_eq!(refusal(service.list(&service.facility, &waiting).await).reason(), "VISIT_NOT_VERIFIED");

    service.admit(&visit, "OUTPATIENT").await.unwrap();
    service.discharge(&visit).await;
    service.document(&visit, b"Written after the discharge.".to_vec()).await;
    service.clock.advance(std::time::Duration::from_secs(73 * 3600));
    let over = [
        refusal(service.download(&service.facility, &added.document_id, &[]).await.map(|_| ())),
        refusal(service.list(&service.facility, &visit).await),
        refusal(service.upload(&service.facility, &Upload::of(&visit, pdf(10))).await),
    ];
    assert!(over.iter().all(|refusal| refusal.reason() == "VISIT_OVER"), "{over:?}");
}

#[tokio::test]
async fn the_payer_sees_what_is_cited_and_nothing_else() {
    let (service, visit) = verified().await;
    let cited = service.document(&visit, pdf(1000)).await;
    service.document(&visit, pdf(2000)).await;
    assert!(service.list(&service.payer, &visit).await.unwrap().is_empty());
    let absent = refusal(service.download(&service.payer, &cited.document_id, &[]).await.map(|_| ()));
    assert_eq!(absent.kind(), Kind::NotFound);

    service.cite(&cited).await;
    assert_eq!(service.list(&service.payer, &visit).await.unwrap(), std::slice::from_ref(&cited));
    assert_eq!(service.download(&service.payer, &cited.document_id, &[]).await.unwrap().data.len(), 1000);
    service.clock.advance(std::time::Duration::from_secs(1000 * 3600));
    assert_eq!(service.download(&service.payer, &cited.document_id, &[]).await.unwrap().data.len(), 1000);
    let refused = refusal(service.download(&service.stranger(), &cited.document_id, &[]).await.map(|_| ()));
    assert_eq!(refused.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_retracted_document_is_marked_and_stays() {
    let (service, visit) = verified().await;
    let added = service.document(&visit, pdf(1000)).await;
    let other = service.other_facility().await;
    let retract = async |by, reason: &str| {
        let document_id = added.document_id.clone();
        let request = RetractDocumentRequest { document_id, reason: reason.to_owned() };
        service.documents().retract_document(service.by(by, &key(), request)).await
    };
    assert_eq!(refusal(retract(&service.facility, " ").await).kind(), Kind::Invalid);
    assert_eq!(refusal(retract(&other, "not ours").await).kind(), Kind::NotFound);
    assert_eq!(refusal(retract(&service.payer, "not ours").await).kind(), Kind::Forbidden);
    let retracted = retract(&service.facility, "another patient's").await.unwrap().into_inner();
    assert_eq!((retracted.version, retracted.retracted_at.is_some()), (2, true));
    assert_eq!(refusal(retract(&service.facility, "again").await).reason(), "DOCUMENT_RETRACTED");

    let listed = service.list(&service.facility, &visit).await.unwrap().remove(0);
    assert_eq!((listed.retraction_reason.as_str(), listed.version), ("another patient's", 2));
    assert_eq!(service.download(&service.facility, &added.document_id, &[]).await.unwrap().data.len(), 1000);
    let clear: i64 =
        sqlx::query_scalar("select count(*) from document where document::text like '%' || $1 || '%'")
            .bind(hex::encode("another"))
            .fetch_one(&service.admin)
            .await
            .unwrap();
    assert_eq!(clear, 0, "the reason stands readable");
}

#[tokio::test]
async fn a_page_ends_where_the_next_begins() {
    let (service, visit) = verified().await;
    for size in [100, 200, 300] {
        service.document(&visit, pdf(size)).await;
    }
    let page = async |token: &str| {
        let request =
            ListDocumentsRequest { visit_id: visit.clone(), page_size: 2, page_token: token.to_owned() };
        let page =
            service.documents().list_documents(service.by(&service.facility, &key(), request)).await.unwrap();
        let page = page.into_inner();
        (page.documents.iter().map(|it| it.size_bytes).collect::<Vec<_>>(), page.next_page_token)
    };
    let (newest, token) = page("").await;
    assert_eq!((newest, page(&token).await), (vec![300, 200], (vec![100], String::new())));
}
