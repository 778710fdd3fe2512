//! The ledger against many at once, strangers and tampering: real Postgres.

use careway_kernel::{Clock, CoverageId, Currency, FamilyId, MemberId, OrganizationId, PlanId, VisitId};
use careway_service::{Call, Caller, Database, Kind, OnConstraint, OrganizationKind, Result, Subject};
use careway_testing::TestDatabase;
use futures::{StreamExt, stream};
use sqlx::types::Json;

use super::*;
use crate::{
    benefits::domain::{
        ledger::{Account, Occasion},
        posting::{Cause, Taking},
        refusal::LimitExceeded,
    },
    coverages::{
        self,
        domain::{Coverage, CoverageStatus},
    },
    plans::{
        self,
        domain::{Code, Limit, PlanDefinition, PlanVersion, Scope, Step, Texts, Unit, period::Period},
    },
};

#[path = "posting_model_tests.rs"]
mod model;

const LIMITS: [i64; 3] = [20, 3, 25];

struct Ledger {
    db: Database,
    clock: Clock,
    database: TestDatabase,
    plan: PlanId,
    payer: OrganizationId,
}

/// A covered member with three accounts: an amount a year, a count a visit, and an amount a year of the family.
struct Covered {
    coverage: CoverageId,
    accounts: [Account; 3],
}

impl Ledger {
    async fn open() -> Self {
        let database = TestDatabase::create("visits", &crate::MIGRATOR).await;
        let clock = Clock::movable();
        let secret = careway_kernel::Redacted::new("a secret of the tests, long enough");
        let answers = careway_service::Sealer::derive(&secret, "tests").unwrap();
        let db = Database::connect(&database.url_app, 16, clock.clone(), answers).await.unwrap();
        let (plan, payer) = (PlanId::new(&clock), OrganizationId::new(&clock));
        let definition = PlanDefinition {
            code: "GOLD".to_owned(),
            names: Texts::new(),
            currency: Currency::Rwf,
            adult_age: 18,
            benefits: vec![],
            ceilings: vec![],
            deductibles: vec![],
            order: Step::DEFAULT_ORDER.to_vec(),
        };
        let version = PlanVersion {
            id: plan,
            payer,
            version: 1,
            latest_version: 1,
            created_at: clock.now(),
            definition,
        };
        let mut tx = db.begin_system("test").await.unwrap();
        plans::store::insert_plan(&mut tx, &version).await.unwrap();
        tx.finish().await.unwrap();
        Self { db, clock, database, plan, payer }
    }

    async fn cover(&self, family: FamilyId) -> Covered {
        let day = |text: &str| text.parse().unwrap();
        let coverage = Coverage {
            id: CoverageId::new(&self.clock),
            payer: self.payer,
            member: MemberId::new(&self.clock),
            family,
            plan: self.plan,
            plan_version: 1,
            from: day("2026-01-01"),
            to: day("2026-12-31"),
            member_since: day("2026-01-01"),
            policy_year_from: day("2026-01-01"),
            status: CoverageStatus::Active,
            suspensions: vec![],
            termination: None,
            replaced_by: None,
            version: 1,
            created_at: self.clock.now(),
        };
        let mut tx = self.db.begin_system("test").await.unwrap();
        coverages::store::insert_coverage(&mut tx, &coverage).await.unwrap();
        tx.finish().await.unwrap();
        let visit = Some(VisitId::new(&self.clock));
        let occasion = Occasion { on: day("2026-06-01"), policy_year_from: coverage.from, visit };
        let account = |code: &str, scope, period, unit| {
            let limit = Limit { period, scope, unit, most: 1, growth: None };
            occasion.limit(&Code::parse(code).unwrap(), &limit).unwrap()
        };
        let accounts = [
            account("CARE", Scope::Member, Period::PolicyYear, Unit::Amount),
            account("CARE", Scope::Member, Period::Visit, Unit::Count),
            account("ALL", Scope::Family, Period::Lifetime, Unit::Amount),
        ];
        Covered { coverage: coverage.id, accounts }
    }

    async fn covered(&self) -> Covered {
        self.cover(FamilyId::new(&self.clock)).await
    }

    /// One posting batch in a transaction of its own.
    async fn post(&self, covered: &Covered, kind: Taking, postings: &[Posting]) -> Result<i32> {
        self.post_as(&Call::system("test"), covered, kind, postings).await
    }

    async fn post_as(
        &self,
        call: &Call,
        covered: &Covered,
        kind: Taking,
        postings: &[Posting],
    ) -> Result<i32> {
        let mut tx = self.db.begin_unkeyed(call).await?;
        let now = tx.now();
        let postings: Vec<PostingJson<'_>> = postings.iter().map(Into::into).collect();
        let made = sqlx::query_scalar("select benefit_take($1, $2, $3, $4)")
            .bind(covered.coverage.uuid())
            .bind(kind.as_str())
            .bind(now)
            .bind(Json(postings))
            .fetch_one(&mut *tx)
            .await
            .on_constraint("benefit_balance_within_limit", || LimitExceeded)?;
        tx.finish().await?;
        Ok(made)
    }

    async fn undo(&self, cause: Cause) -> Result<i32> {
        self.undo_all(cause.kind(), &[cause.id()]).await
    }

    async fn undo_all(&self, kind: &str, causes: &[Uuid]) -> Result<i32> {
        let mut tx = self.db.begin_system("test").await?;
        let now = tx.now();
        let sql = match kind {
            "CLAIM_LINE" => "select benefit_reverse($1, $2, $3)",
            _ => "select benefit_release($1, $2, $3)",
        };
        let made = sqlx::query_scalar(sql).bind(kind).bind(causes).bind(now).fetch_one(&mut *tx).await?;
        tx.finish().await?;
        Ok(made)
    }

    async fn standing(&self, covered: &Covered) -> Vec<(i64, i64)> {
        let mut reader = self.db.read(&Call::system("test")).await.unwrap();
        let mut standing = Vec::new();
        for account in &covered.accounts {
            let found: Option<(i64, i64)> = sqlx::query_as(
                "select b.used, b.reserved from benefit_balance b join coverage c on c.plan_id = b.plan_id
                    and b.holder_id = case b.scope when 'FAMILY' then c.family_id else c.member_id end
                 where c.coverage_id = $1 and b.account = $2 and b.scope = $3 and b.period_key = $4 and b.unit = $5",
            )
            .bind(covered.coverage.uuid())
            .bind(account.code.as_str())
            .bind(account.scope.as_str())
            .bind(&account.window.key)
            .bind(account.unit.as_str())
            .fetch_optional(&mut *reader)
            .await
            .unwrap();
            standing.push(found.unwrap_or_default());
        }
        standing
    }

    async fn differences(&self) -> i64 {
        count_differences(&self.db).await
    }
}

/// How many balances are not the sum of their entries: none, ever.
pub(crate) async fn count_differences(db: &Database) -> i64 {
    let mut reader = db.read(&Call::system("test")).await.unwrap();
    sqlx::query_scalar("select count(*) from benefit_difference").fetch_one(&mut *reader).await.unwrap()
}

fn postings(covered: &Covered, amounts: [i64; 3], cause: Cause, reservation: Option<Uuid>) -> Vec<Posting> {
    let posting = |(at, amount): (usize, i64)| Posting {
        account: covered.accounts[at].clone(),
        amount,
        most: Some(LIMITS[at]),
        cause,
        reservation,
    };
    amounts.into_iter().enumerate().filter(|(_, amount)| *amount > 0).map(posting).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_once_never_overspend_a_limit() {
    let ledger = Ledger::open().await;
    let family = FamilyId::new(&ledger.clock);
    let members = [ledger.cover(family).await, ledger.cover(family).await];
    let outcomes: Vec<bool> = stream::iter(0..1000_usize)
        .map(|n| {
            let (ledger, covered) = (&ledger, &members[n % 2]);
            async move {
                // The family's account and the member's own, in the one order or the other.
                let (kind, cause) = if n % 3 == 0 {
                    (Taking::Reserve, Cause::PreauthorizationLine(Uuid::now_v7()))
                } else {
                    (Taking::Commit, Cause::ClaimLine(Uuid::now_v7()))
                };
                let posting = |at: usize, most| Posting {
                    account: covered.accounts[at].clone(),
                    amount: 1,
                    most: Some(most),
                    cause,
                    reservation: None,
                };
                let mut postings = vec![posting(0, 1000), posting(2, 100)];
                if n % 2 == 0 {
                    postings.reverse();
                }
                match ledger.post(covered, kind, &postings).await {
                    Ok(made) => made == 2,
                    Err(refusal) => {
                        assert_eq!(refusal.reason(), "LIMIT_EXCEEDED", "{refusal}");
                        false
                    }
                }
            }
        })
        .buffer_unordered(14)
        .collect()
        .await;
    assert_eq!(outcomes.iter().filter(|won| **won).count(), 100);
    let family = ledger.standing(&members[0]).await[2];
    assert_eq!(family.0 + family.1, 100);
    let own = [ledger.standing(&members[0]).await[0], ledger.standing(&members[1]).await[0]];
    assert_eq!(own.iter().map(|(used, reserved)| used + reserved).sum::<i64>(), 100);
    assert_eq!(ledger.differences().await, 0);
}

#[tokio::test]
async fn a_limit_reached_refuses_the_whole_batch() {
    let ledger = Ledger::open().await;
    let covered = ledger.covered().await;
    let claim = Cause::ClaimLine(Uuid::now_v7());
    let refused = ledger.post(&covered, Taking::Commit, &postings(&covered, [5, 4, 5], claim, None)).await;
    let refused = refused.unwrap_err();
    assert_eq!((refused.kind(), refused.reason()), (Kind::Refused, "LIMIT_EXCEEDED"));
    assert_eq!(ledger.standing(&covered).await, [(0, 0), (0, 0), (0, 0)]);
}

#[tokio::test]
async fn two_lines_of_one_batch_share_their_reservation() {
    let ledger = Ledger::open().await;
    let covered = ledger.covered().await;
    let approved = Uuid::now_v7();
    let held = postings(&covered, [10, 0, 0], Cause::PreauthorizationLine(approved), None);
    assert_eq!(ledger.post(&covered, Taking::Reserve, &held).await.unwrap(), 1);
    let line = |amount| {
        postings(&covered, [amount, 0, 0], Cause::ClaimLine(Uuid::now_v7()), Some(approved)).remove(0)
    };
    let (first, second) = (line(7), line(6));
    let lines = [first.clone(), second.clone()];
    assert_eq!(ledger.post(&covered, Taking::Commit, &lines).await.unwrap(), 2);
    assert_eq!(ledger.post(&covered, Taking::Commit, &lines).await.unwrap(), 0, "repeated");
    assert_eq!(ledger.standing(&covered).await[0], (13, 0));
    // The second drew only 3; the first gives its 7 back to the reservation.
    ledger.undo(first.cause).await.unwrap();
    assert_eq!(ledger.standing(&covered).await[0], (6, 7));
    ledger.undo(Cause::PreauthorizationLine(approved)).await.unwrap();
    ledger.undo(second.cause).await.unwrap();
    assert_eq!(ledger.standing(&covered).await[0], (0, 0));
    assert_eq!(ledger.differences().await, 0);
}

#[tokio::test]
async fn many_lines_are_undone_at_once() {
    let ledger = Ledger::open().await;
    let covered = ledger.covered().await;
    let approved = [Uuid::now_v7(), Uuid::now_v7()];
    for id in approved {
        let held = postings(&covered, [4, 1, 4], Cause::PreauthorizationLine(id), None);
        ledger.post(&covered, Taking::Reserve, &held).await.unwrap();
    }
    let claimed = [Uuid::now_v7(), Uuid::now_v7()];
    let line = |at: usize| postings(&covered, [3, 1, 3], Cause::ClaimLine(claimed[at]), Some(approved[at]));
    ledger.post(&covered, Taking::Commit, &[line(0), line(1)].concat()).await.unwrap();
    assert_eq!(ledger.standing(&covered).await, [(6, 2), (2, 0), (6, 2)]);
    assert_eq!(ledger.undo_all("CLAIM_LINE", &claimed).await.unwrap(), 6);
    assert_eq!(ledger.standing(&covered).await, [(0, 8), (0, 2), (0, 8)]);
    assert_eq!(ledger.undo_all("PREAUTHORIZATION_LINE", &approved).await.unwrap(), 6);
    assert_eq!(ledger.undo_all("PREAUTHORIZATION_LINE", &approved).await.unwrap(), 0, "repeated");
    assert_eq!(ledger.standing(&covered).await, [(0, 0), (0, 0), (0, 0)]);
    assert_eq!(ledger.differences().await, 0);
}

#[tokio::test]
async fn only_the_parties_post() {
    let ledger = Ledger::open().await;
    let covered = ledger.covered().await;
    let facility = OrganizationId::new(&ledger.clock);
    let by = |organization, kind| {
        let subject = Subject::Client(careway_kernel::ClientId::new(&ledger.clock));
        Call::by(Caller::of_organization(subject, organization, kind, [], None))
    };
    let claim = |_: u8| postings(&covered, [1, 0, 0], Cause::ClaimLine(Uuid::now_v7()), None);
    let stranger = by(facility, OrganizationKind::Facility);
    assert!(ledger.post_as(&stranger, &covered, Taking::Commit, &claim(0)).await.is_err());
    let other_payer = by(OrganizationId::new(&ledger.clock), OrganizationKind::Payer);
    assert!(ledger.post_as(&other_payer, &covered, Taking::Commit, &claim(1)).await.is_err());
    let payer = by(ledger.payer, OrganizationKind::Payer);
    assert_eq!(ledger.post_as(&payer, &covered, Taking::Commit, &claim(2)).await.unwrap(), 1);

    let contracted =
        "insert into contract (contract_id, payer_id, facility_id, service_types, valid_from, version,
        created_at) values ($1, $2, $3, '{DENTAL}', '2026-01-01', 1, now())";
    let mut tx = ledger.db.begin_system("test").await.unwrap();
    sqlx::query(contracted)
        .bind(Uuid::now_v7())
        .bind(ledger.payer.uuid())
        .bind(facility.uuid())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.finish().await.unwrap();
    assert_eq!(ledger.post_as(&stranger, &covered, Taking::Commit, &claim(3)).await.unwrap(), 1);
    // It posts, and still sees neither the balance nor the entries.
    let mut reader = ledger.db.read(&stranger).await.unwrap();
    let seen: i64 = sqlx::query_scalar(
        "select (select count(*) from benefit_balance) + (select count(*) from benefit_entry)",
    )
    .fetch_one(&mut *reader)
    .await
    .unwrap();
    assert_eq!(seen, 0);
}

#[tokio::test]
async fn entries_are_never_changed() {
    let ledger = Ledger::open().await;
    let covered = ledger.covered().await;
    let claim = Cause::ClaimLine(Uuid::now_v7());
    ledger.post(&covered, Taking::Commit, &postings(&covered, [1, 1, 1], claim, None)).await.unwrap();
    let tamperings = [
        "update benefit_entry set amount = 2, used_delta = 2",
        "delete from benefit_entry",
        "truncate benefit_entry",
        "update benefit_balance set used = 0",
        "delete from benefit_balance",
    ];
    for sql in tamperings {
        let mut tx = ledger.db.begin_system("test").await.unwrap();
        let refused = sqlx::query(sql).execute(&mut *tx).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501", "{sql}");
    }
    // Not even by the superuser.
    let admin = sqlx::PgPool::connect(&ledger.database.url_admin).await.unwrap();
    for sql in &tamperings[..3] {
        let refused = sqlx::query(*sql).execute(&admin).await.unwrap_err();
        assert_eq!(
            refused.as_database_error().unwrap().constraint(),
            Some("benefit_entry_append_only"),
            "{sql}"
        );
    }
}
