//! A ledger with its plan, members who are covered, and postings on their accounts.

use careway_kernel::{Clock, CoverageId, Currency, FamilyId, OrganizationId, PlanId, VisitId};
use careway_service::{Call, Database, OnConstraint, Result};
use careway_testing::TestDatabase;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    MIGRATOR, NAME,
    benefits::{
        domain::{
            ledger::{Account, Occasion},
            posting::{Cause, Posting, Taking},
            refusal::LimitExceeded,
        },
        store::posting::PostingJson,
    },
    plans::{
        self,
        domain::{Code, Limit, PlanDefinition, PlanVersion, Scope, Step, Texts, Unit, period::Period},
    },
    tests::covers::cover,
};

pub(super) const LIMITS: [i64; 3] = [20, 3, 25];

pub(super) struct Ledger {
    pub(super) db: Database,
    pub(super) clock: Clock,
    pub(super) database: TestDatabase,
    pub(super) plan: PlanId,
    pub(super) payer: OrganizationId,
}

/// A covered member with three accounts: an amount a year, a count a visit, and an amount a year of the family.
pub(super) struct Covered {
    pub(super) coverage: CoverageId,
    pub(super) accounts: [Account; 3],
}

impl Ledger {
    pub(super) async fn open() -> Self {
        let database = TestDatabase::create(NAME, &MIGRATOR).await;
        let clock = Clock::movable();
        let db = database.open(16, &clock).await;
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

    pub(super) async fn cover(&self, family: FamilyId) -> Covered {
        let day = |text: &str| text.parse().unwrap();
        let coverage = cover(&self.db, &self.clock, self.payer, self.plan, family).await;
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

    pub(super) async fn covered(&self) -> Covered {
        self.cover(FamilyId::new(&self.clock)).await
    }

    /// One posting batch in a transaction of its own.
    pub(super) async fn post(&self, covered: &Covered, kind: Taking, postings: &[Posting]) -> Result<i32> {
        self.post_as(&Call::system("test"), covered, kind, postings).await
    }

    pub(super) async fn post_as(
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

    pub(super) async fn undo(&self, cause: Cause) -> Result<i32> {
        self.undo_all(cause.kind(), &[cause.id()]).await
    }

    pub(super) async fn undo_all(&self, kind: &str, causes: &[Uuid]) -> Result<i32> {
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

    pub(super) async fn standing(&self, covered: &Covered) -> Vec<(i64, i64)> {
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

    pub(super) async fn differences(&self) -> i64 {
        count_differences(&self.db).await
    }
}

/// How many balances are not the sum of their entries: none, ever.
pub(crate) async fn count_differences(db: &Database) -> i64 {
    let mut reader = db.read(&Call::system("test")).await.unwrap();
    sqlx::query_scalar("select count(*) from benefit_difference").fetch_one(&mut *reader).await.unwrap()
}

pub(super) fn postings(
    covered: &Covered,
    amounts: [i64; 3],
    cause: Cause,
    reservation: Option<Uuid>,
) -> Vec<Posting> {
    let posting = |(at, amount): (usize, i64)| Posting {
        account: covered.accounts[at].clone(),
        amount,
        most: Some(LIMITS[at]),
        cause,
        reservation,
    };
    amounts.into_iter().enumerate().filter(|(_, amount)| *amount > 0).map(posting).collect()
}
