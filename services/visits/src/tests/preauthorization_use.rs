//! What claims' lines make of a pre-authorization, as they come and go: real Postgres.

use careway_kernel::Clock;
use careway_service::{Call, Caller, Database, OrganizationKind, Subject};
use careway_testing::TestDatabase;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    MIGRATOR, NAME,
    preauthorizations::{
        domain::{Preauthorization, State, tests::transitions::approved},
        store,
        usage::count_use,
    },
};

struct Used {
    db: Database,
    /// Sees every row, and is bound by no foreign key.
    admin: PgPool,
    facility: Call,
    it: Preauthorization,
}

impl Used {
    /// A pre-authorization of two lines, of two and of one.
    async fn open() -> Self {
        let database = TestDatabase::create(NAME, &MIGRATOR).await;
        let clock = Clock::movable();
        let db = database.open(2, &clock).await;
        let options = sqlx::postgres::PgPoolOptions::new().max_connections(1);
        let admin = options.connect(&database.url_admin).await.unwrap();
        sqlx::query("set session_replication_role = replica").execute(&admin).await.unwrap();
        let it = approved();
        let subject = Subject::Client(careway_kernel::ClientId::new(&clock));
        let caller = Caller::of_organization(subject, it.facility, OrganizationKind::Facility, [], None);
        let case = Self { db, admin, facility: Call::by(caller), it };
        let mut statement = sqlx::QueryBuilder::new("");
        store::push_insert(&mut statement, &case.it);
        statement.build().execute(&case.admin).await.unwrap();
        for (line, quantity) in case.it.lines.iter().zip([2_000, 1_000]) {
            case.insert("PREAUTHORIZATION", line.id, case.it.id.uuid(), line.sequence, quantity, None).await;
        }
        case
    }

    /// A line that counts.
    async fn insert(
        &self,
        kind: &str,
        id: Uuid,
        owner: Uuid,
        position: u16,
        quantity: i64,
        approval: Option<Uuid>,
    ) {
        sqlx::query(
            "insert into service_line (line_id, owner_kind, owner_id, payer_id, facility_id, visit_id, member_id, coverage_id,
                position, code, given_on, quantity, determination, approval_id, approved_quantity, allowed, submitted, write_off,
                not_covered, deductible, copay, coinsurance, over_category, over_ceiling, payer, approved_from,
                approved_to, sealed_details, active)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $1::text, '2026-03-02', $10, 'APPROVED', $11, $10, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0, '2026-03-02', '2026-03-31', '', true)",
        )
        .bind(id)
        .bind(kind)
        .bind(owner)
        .bind(self.it.payer.uuid())
        .bind(self.it.facility.uuid())
        .bind(self.it.visit.uuid())
        .bind(self.it.member.uuid())
        .bind(self.it.coverage.uuid())
        .bind(i32::from(position))
        .bind(quantity)
        .bind(approval)
        .execute(&self.admin)
        .await
        .unwrap();
    }

    /// A claim takes so much of a line; the claim's line.
    async fn take(&self, line: usize, quantity: i64) -> Uuid {
        let id = Uuid::now_v7();
        self.insert("CLAIM", id, Uuid::now_v7(), 1, quantity, Some(self.it.lines[line].id)).await;
        id
    }

    async fn recall(&self, line: Uuid) {
        let recalled = sqlx::query("update service_line set active = false where line_id = $1");
        recalled.bind(line).execute(&self.admin).await.unwrap();
    }

    /// Reckons anew, as the facility that claims; the state afterwards.
    async fn counted(&self, approvals: &[Uuid]) -> State {
        let mut tx = self.db.begin_unkeyed(&self.facility).await.unwrap();
        count_use(&mut tx, approvals).await.unwrap();
        tx.finish().await.unwrap();
        let state: String =
            sqlx::query_scalar("select state from preauthorization").fetch_one(&self.admin).await.unwrap();
        State::find(&state).unwrap()
    }

    async fn said(&self, event: &str) -> i64 {
        sqlx::query_scalar("select count(*) from outbox where type = 'careway.visits.v1.' || $1")
            .bind(event)
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn it_is_used_when_all_is_taken_and_open_again_when_some_is_given_back() {
    let case = Used::open().await;
    let lines = [case.it.lines[0].id, case.it.lines[1].id];
    case.take(0, 1_500).await;
    case.take(1, 1_000).await;
    assert_eq!(case.counted(&lines).await, State::Approved);
    let last = case.take(0, 500).await;
    assert_eq!(case.counted(&lines[..1]).await, State::Used);
    assert_eq!(case.counted(&lines).await, State::Used);
    assert_eq!(
        (case.said("PreauthorizationUsed").await, case.said("PreauthorizationReopened").await),
        (1, 0)
    );

    case.recall(last).await;
    assert_eq!(case.counted(&lines[..1]).await, State::Approved);
    assert_eq!(case.said("PreauthorizationReopened").await, 1);
    // A line that is no approval, and none at all, change nothing.
    assert_eq!(case.counted(&[last]).await, State::Approved);
    assert_eq!(case.counted(&[]).await, State::Approved);
}
