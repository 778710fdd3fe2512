//! Citations against strangers, other visits and retractions; and what of a document the service itself cannot change.

use careway_contract::visits::v1::*;
use careway_service::{Call, Caller, Database, Error, Kind, Subject};
use careway_testing::{Person, key, refusal};
use sqlx::AssertSqlSafe;

use crate::{
    claim_calls::{input, line},
    document_calls::pdf,
    test_visits::TestVisits,
};

impl TestVisits {
    /// A claim of this visit that cites these documents.
    async fn citing(&self, visit: &Visit, documents: &[&str]) -> Result<Claim, Error> {
        let document_ids = documents.iter().map(ToString::to_string).collect();
        let request = CreateClaimRequest { document_ids, ..input(visit, vec![line("B")], "") };
        self.create(&key(), request).await
    }
}

fn call(by: &Person) -> Call {
    Call::by(Caller::of_organization(Subject::Account(by.account), by.organization, by.kind, [], None))
}

/// What row-level security alone lets a caller see.
async fn seen(db: &Database, by: &Person, table: &str) -> i64 {
    let mut reader = db.read(&call(by)).await.unwrap();
    let count = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")));
    count.fetch_one(&mut *reader).await.unwrap()
}

#[tokio::test]
async fn what_is_cited_is_seen_by_its_payer_alone() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let cited = service.document(&visit.visit_id, pdf(100)).await;
    let hidden = service.document(&visit.visit_id, pdf(200)).await;
    let (db, stranger) = (service.service.database.clone(), service.stranger());
    assert_eq!(seen(&db, &service.payer, "document").await, 0);
    service.citing(&visit, &[&cited.document_id]).await.unwrap();
    for table in ["document", "document_citation"] {
        assert_eq!(seen(&db, &service.payer, table).await, 1, "{table}");
        assert_eq!(seen(&db, &stranger, table).await, 0, "{table}");
    }
    assert_eq!(seen(&db, &service.facility, "document").await, 2);
    assert!(service.download(&service.payer, &cited.document_id, &[]).await.is_ok());
    let absent = refusal(service.download(&service.payer, &hidden.document_id, &[]).await.map(drop));
    assert_eq!(absent.kind(), Kind::NotFound);

    let mut tx = db.begin(&call(&service.payer)).await.unwrap();
    let opened = sqlx::query(
        "insert into document_citation values ($1::uuid, $2, $3, gen_random_uuid(), 'CLAIM', now())",
    );
    let opened = opened.bind(&hidden.document_id).bind(service.facility.organization.uuid());
    let refused = opened.bind(service.payer.organization.uuid()).execute(&mut *tx).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "by the payer itself");
}

#[tokio::test]
async fn a_citation_names_documents_of_its_visit_that_hold() {
    let service = TestVisits::for_claims().await;
    let (visit, other) = (service.outpatient("UM-1").await, service.outpatient("UM-22").await);
    let ours = service.document(&visit.visit_id, pdf(100)).await.document_id;
    let theirs = service.document(&other.visit_id, pdf(200)).await.document_id;
    let retracted = service.document(&visit.visit_id, pdf(300)).await.document_id;
    let request = RetractDocumentRequest { document_id: retracted.clone(), reason: "not hers".to_owned() };
    service.documents().retract_document(service.by(&service.facility, &key(), request)).await.unwrap();
    let unknown = careway_kernel::DocumentId::new(&service.clock).to_string();
    for wrong in [theirs, retracted, unknown] {
        let refused = refusal(service.citing(&visit, &[&ours, &wrong]).await);
        assert_eq!((refused.reason(), refused.fact("documentId")), ("DOCUMENT_UNKNOWN", Some(&*wrong)));
    }
    assert_eq!(service.count("document_citation").await, 0, "all of them or none");

    // Twice in one claim is once; cited again by another, it is cited by both.
    let first = service.citing(&visit, &[&ours, &ours]).await.unwrap();
    assert_eq!(service.count("document_citation").await, 1);
    service.recall(&first).await.unwrap();
    service.citing(&visit, &[&ours]).await.unwrap();
    assert_eq!(service.count("document_citation").await, 2);
    let db = service.service.database.clone();
    assert_eq!(seen(&db, &service.payer, "document").await, 1);
}

#[tokio::test]
async fn nothing_of_a_document_can_be_rewritten_or_deleted_by_the_service() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    service.document(&visit.visit_id, pdf(100)).await;
    let db = service.service.database.clone();
    for forbidden in [
        "delete from document",
        "delete from document_citation",
        "update document set sha256 = sha256",
        "update document set visit_id = visit_id",
        "update document_citation set payer_id = payer_id",
        "update document_place set database_id = gen_random_uuid()",
    ] {
        let mut tx = db.begin(&call(&service.facility)).await.unwrap();
        let refused = sqlx::query(AssertSqlSafe(forbidden)).execute(&mut *tx).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{forbidden}");
    }
    assert_eq!(service.rows().await, 1);
}
