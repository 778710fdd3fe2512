//! Citations against strangers, other visits and retractions: real Postgres.

use careway_kernel::{Clock, Redacted};
use careway_service::{Call, Caller, Database, OrganizationKind, Sealer, Subject};
use careway_testing::TestDatabase;
use sqlx::{AssertSqlSafe, PgPool};

use super::*;
use crate::documents::{
    domain::{Content, Document, Kind as DocumentKind, Retraction, WrappedKey, media_type::MediaType},
    store,
};

/// A facility with two visits, and a payer.
struct Files {
    db: Database,
    clock: Clock,
    sealer: Sealer,
    admin: PgPool,
    facility: Call,
    payer: Call,
    visits: [VisitId; 2],
    _database: TestDatabase,
}

impl Files {
    async fn open() -> Self {
        let database = TestDatabase::create("visits", &crate::MIGRATOR).await;
        let (clock, secret) = (Clock::movable(), Redacted::new("a secret of the tests, long enough"));
        let sealer = Sealer::derive(&secret, "tests").unwrap();
        let db = Database::connect(&database.url_app, 4, clock.clone(), sealer.clone()).await.unwrap();
        let admin = PgPool::connect(&database.url_admin).await.unwrap();
        let caller = |kind| {
            let subject = Subject::Account(careway_kernel::AccountId::new(&clock));
            Call::by(Caller::of_organization(subject, OrganizationId::new(&clock), kind, [], None))
        };
        let (facility, payer) = (caller(OrganizationKind::Facility), caller(OrganizationKind::Payer));
        let visits = [VisitId::new(&clock), VisitId::new(&clock)];
        for visit in visits {
            let at = clock.now();
            sqlx::query(
                "insert into visit (visit_id, version, facility_id, state, service_date, started_at, started_by, \
                 identifier_hash) values ($1, 1, $2, 'CANCELLED', '2026-03-02', $3, $1, '')",
            )
            .bind(visit.uuid())
            .bind(facility.caller.organization().unwrap().uuid())
            .bind(at)
            .execute(&admin)
            .await
            .unwrap();
        }
        Self { db, clock, sealer, admin, facility, payer, visits, _database: database }
    }

    async fn document(&self, visit: VisitId) -> Document {
        let document = Document {
            id: DocumentId::new(&self.clock),
            version: 1,
            visit,
            facility: self.facility.caller.organization().unwrap(),
            kind: DocumentKind::Invoice,
            title: "Invoice".to_owned(),
            file_name: None,
            content: Content {
                media_type: MediaType::Pdf,
                size: 1,
                sha256: [1; 32],
                key: WrappedKey { key_id: "a".to_owned(), sealed: vec![1] },
            },
            added_by: Uuid::now_v7(),
            added_at: self.clock.now(),
            retraction: None,
        };
        let mut tx = self.db.begin_unkeyed(&self.facility).await.unwrap();
        store::insert_document(&mut tx, &self.sealer, &document).await.unwrap();
        tx.finish().await.unwrap();
        document
    }

    async fn cite(&self, by: &Call, visit: VisitId, documents: &[DocumentId]) -> Result<()> {
        let payer = self.payer.caller.organization().unwrap();
        let at = self.clock.now();
        let kind = if documents.len() > 1 { CitationKind::Claim } else { CitationKind::Preauthorization };
        let citation = Citation { visit, payer, kind, by: Uuid::now_v7(), at };
        let mut tx = self.db.begin_unkeyed(by).await?;
        cite(&mut tx, citation, documents).await?;
        tx.finish().await
    }

    /// What row-level security alone lets a caller see.
    async fn seen(&self, by: &Call, table: &str) -> i64 {
        let mut reader = self.db.read(by).await.unwrap();
        let count = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")));
        count.fetch_one(&mut *reader).await.unwrap()
    }
}

#[tokio::test]
async fn what_is_cited_is_seen_by_its_payer_alone() {
    let files = Files::open().await;
    let [visit, _] = files.visits;
    let (cited, hidden) = (files.document(visit).await, files.document(visit).await);
    let stranger = Call::by(Caller::of_organization(
        Subject::Account(careway_kernel::AccountId::new(&files.clock)),
        OrganizationId::new(&files.clock),
        OrganizationKind::Payer,
        [],
        None,
    ));
    assert_eq!(files.seen(&files.payer, "document").await, 0);
    files.cite(&files.facility, visit, &[cited.id]).await.unwrap();
    for table in ["document", "document_citation"] {
        assert_eq!(files.seen(&files.payer, table).await, 1, "{table}");
        assert_eq!(files.seen(&stranger, table).await, 0, "{table}");
    }
    assert_eq!(files.seen(&files.facility, "document").await, 2);
    let payer = files.payer.caller.organization().unwrap();
    let mut reader = files.db.read(&files.payer).await.unwrap();
    assert!(store::find_document(&mut reader, &files.sealer, cited.id, payer).await.unwrap().is_some());
    assert!(store::find_document(&mut reader, &files.sealer, hidden.id, payer).await.unwrap().is_none());
    assert!(files.cite(&files.payer, visit, &[hidden.id]).await.is_err(), "a payer shows itself nothing");
    assert_eq!(files.seen(&files.payer, "document").await, 1);
}

#[tokio::test]
async fn a_citation_names_documents_of_its_visit_that_hold() {
    let files = Files::open().await;
    let [visit, other] = files.visits;
    let (ours, theirs) = (files.document(visit).await, files.document(other).await);
    let unknown = DocumentId::new(&files.clock);
    for wrong in [theirs.id, unknown] {
        let refused = files.cite(&files.facility, visit, &[ours.id, wrong]).await.unwrap_err();
        assert_eq!(
            (refused.reason(), refused.fact("documentId")),
            ("DOCUMENT_UNKNOWN", Some(&*wrong.to_string()))
        );
    }
    assert_eq!(files.seen(&files.facility, "document_citation").await, 0, "all of them or none");

    let (at, by) = (files.clock.now(), Uuid::now_v7());
    let retracted = files.document(visit).await.retract(Retraction { at, by, reason: "not hers".to_owned() });
    let retracted = retracted.unwrap_or_else(|_| panic!("once"));
    let mut tx = files.db.begin_unkeyed(&files.facility).await.unwrap();
    store::update_retraction(&mut tx, &files.sealer, &retracted).await.unwrap();
    tx.finish().await.unwrap();
    assert!(files.cite(&files.facility, visit, &[retracted.id]).await.is_err());

    // Twice in one claim is once; cited again by another, it is cited by both.
    files.cite(&files.facility, visit, &[ours.id, ours.id]).await.unwrap();
    files.cite(&files.facility, visit, &[ours.id]).await.unwrap();
    assert_eq!(files.seen(&files.facility, "document_citation").await, 2);
    assert_eq!(files.seen(&files.payer, "document").await, 1);
}

#[tokio::test]
async fn nothing_of_a_document_can_be_rewritten_or_deleted_by_the_service() {
    let files = Files::open().await;
    files.document(files.visits[0]).await;
    for forbidden in [
        "delete from document",
        "delete from document_citation",
        "update document set sha256 = sha256",
        "update document set visit_id = visit_id",
        "update document_citation set payer_id = payer_id",
    ] {
        let mut tx = files.db.begin_unkeyed(&files.facility).await.unwrap();
        let refused = sqlx::query(AssertSqlSafe(forbidden)).execute(&mut *tx).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{forbidden}");
    }
    let rows: i64 =
        sqlx::query_scalar("select count(*) from document").fetch_one(&files.admin).await.unwrap();
    assert_eq!(rows, 1);
}
