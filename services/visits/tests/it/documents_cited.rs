//! Citations against strangers, other visits and retractions; and what of a document the service itself cannot change.

use careway_contract::visits::v1::*;
use careway_service::{Call, Caller, Database, Error, Kind, Sealer, Subject};
use sqlx::AssertSqlSafe;

use crate::{
    claim_desk::{line, wish},
    desk::{Desk, Person, key, refusal},
    documents_desk::pdf,
};

impl Desk {
    /// The service's database, as its own role.
    async fn app_database(&self) -> Database {
        let secret = careway_kernel::Redacted::new("a secret of the tests, long enough");
        let answers = Sealer::derive(&secret, "tests").unwrap();
        Database::connect(&self.url_app, 2, self.clock.clone(), answers).await.unwrap()
    }

    /// A claim of this visit that cites these documents.
    async fn citing(&self, visit: &Visit, documents: &[&str]) -> Result<Claim, Error> {
        let document_ids = documents.iter().map(ToString::to_string).collect();
        let request = CreateClaimRequest { document_ids, ..wish(visit, vec![line("B")], "") };
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
    let desk = Desk::for_claims().await;
    let visit = desk.outpatient("UM-1").await;
    let cited = desk.document(&visit.visit_id, pdf(100)).await;
    let hidden = desk.document(&visit.visit_id, pdf(200)).await;
    let (db, stranger) = (desk.app_database().await, desk.stranger());
    assert_eq!(seen(&db, &desk.payer, "document").await, 0);
    desk.citing(&visit, &[&cited.document_id]).await.unwrap();
    for table in ["document", "document_citation"] {
        assert_eq!(seen(&db, &desk.payer, table).await, 1, "{table}");
        assert_eq!(seen(&db, &stranger, table).await, 0, "{table}");
    }
    assert_eq!(seen(&db, &desk.facility, "document").await, 2);
    assert!(desk.download(&desk.payer, &cited.document_id, &[]).await.is_ok());
    let absent = refusal(desk.download(&desk.payer, &hidden.document_id, &[]).await.map(drop));
    assert_eq!(absent.kind(), Kind::NotFound);

    let mut tx = db.begin(&call(&desk.payer)).await.unwrap();
    let opened = sqlx::query(
        "insert into document_citation values ($1::uuid, $2, $3, gen_random_uuid(), 'CLAIM', now())",
    );
    let opened = opened.bind(&hidden.document_id).bind(desk.facility.organization.uuid());
    let refused = opened.bind(desk.payer.organization.uuid()).execute(&mut *tx).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "by the payer itself");
}

#[tokio::test]
async fn a_citation_names_documents_of_its_visit_that_hold() {
    let desk = Desk::for_claims().await;
    let (visit, other) = (desk.outpatient("UM-1").await, desk.outpatient("UM-22").await);
    let ours = desk.document(&visit.visit_id, pdf(100)).await.document_id;
    let theirs = desk.document(&other.visit_id, pdf(200)).await.document_id;
    let retracted = desk.document(&visit.visit_id, pdf(300)).await.document_id;
    let request = RetractDocumentRequest { document_id: retracted.clone(), reason: "not hers".to_owned() };
    desk.documents().retract_document(desk.by(&desk.facility, &key(), request)).await.unwrap();
    let unknown = careway_kernel::DocumentId::new(&desk.clock).to_string();
    for wrong in [theirs, retracted, unknown] {
        let refused = refusal(desk.citing(&visit, &[&ours, &wrong]).await);
        assert_eq!((refused.reason(), refused.fact("documentId")), ("DOCUMENT_UNKNOWN", Some(&*wrong)));
    }
    assert_eq!(desk.count("document_citation").await, 0, "all of them or none");

    // Twice in one claim is once; cited again by another, it is cited by both.
    let first = desk.citing(&visit, &[&ours, &ours]).await.unwrap();
    assert_eq!(desk.count("document_citation").await, 1);
    desk.recall(&first).await.unwrap();
    desk.citing(&visit, &[&ours]).await.unwrap();
    assert_eq!(desk.count("document_citation").await, 2);
    let db = desk.app_database().await;
    assert_eq!(seen(&db, &desk.payer, "document").await, 1);
}

#[tokio::test]
async fn nothing_of_a_document_can_be_rewritten_or_deleted_by_the_service() {
    let desk = Desk::for_claims().await;
    let visit = desk.outpatient("UM-1").await;
    desk.document(&visit.visit_id, pdf(100)).await;
    let db = desk.app_database().await;
    for forbidden in [
        "delete from document",
        "delete from document_citation",
        "update document set sha256 = sha256",
        "update document set visit_id = visit_id",
        "update document_citation set payer_id = payer_id",
        "update document_place set database_id = gen_random_uuid()",
    ] {
        let mut tx = db.begin(&call(&desk.facility)).await.unwrap();
        let refused = sqlx::query(AssertSqlSafe(forbidden)).execute(&mut *tx).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{forbidden}");
    }
    assert_eq!(desk.rows().await, 1);
}
