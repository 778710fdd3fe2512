//! A payer, a facility, a plan, prices, and patients who are admitted; and what is done with their lines.

use careway_kernel::{
    ClientId, Clock, FamilyId, OrganizationId, Percent, PlanId, Redacted, ServiceLineId, VisitId,
};
use careway_service::{Call, Caller, Database, OrganizationKind, Result, Subject};
use careway_testing::{SECRET, TestDatabase, database};
use chrono::NaiveDate;
use sqlx::{PgConnection, PgPool, QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{
    MIGRATOR, NAME,
    adjudication::{diagnosis::Diagnosis, quantity::Quantity},
    benefits::domain::posting::Taking,
    coverages::domain::{
        Coverage,
        entitlement::{CoverageRef, Entitlement},
    },
    organizations::store::{OrganizationRef, upsert_organization},
    plans::{
        self,
        domain::{
            Benefit, Ceiling, Code, Limit, PlanDefinition, PlanVersion, Preauthorization, Scope, Unit,
            period::Period,
        },
    },
    seal::Keys,
    service_lines::{
        domain::{
            Owner, OwnerKind, ServiceLine,
            facts::{ServiceFacts, Settlement},
            requested::{LineQuery, RequestedLine},
        },
        store::{
            SaveLines,
            facts::{FactsQuery, lock_facts},
            list_lines, push_save, push_undo, refusal,
        },
    },
    tests::covers::cover,
};

/// What the family's shared ceiling allows.
pub(crate) const CEILING: i64 = 10_000;

/// A facility that admits patients.
pub(crate) struct Admissions {
    pub(crate) db: Database,
    _database: TestDatabase,
    pub(crate) admin: PgPool,
    pub(crate) clock: Clock,
    pub(crate) keys: Keys,
    pub(crate) payer: OrganizationId,
    pub(crate) facility: OrganizationId,
    pub(crate) plan: PlanVersion,
}

/// An admitted patient.
pub(crate) struct Admitted {
    pub(crate) visit: VisitId,
    pub(crate) coverage: Coverage,
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

/// CONS with a fifth for the patient under the family's ceiling; SCAN, for which the payer is asked first; GLASSES, not
/// again within a year.
fn definition() -> PlanDefinition {
    let benefit = |name: &str| Benefit {
        coinsurance: Percent::parse("20").unwrap(),
        ceilings: vec![code("ALL")],
        ..plans::domain::tests::plan::benefit(name, "OUTPATIENT")
    };
    let limit = Limit {
        period: Period::PolicyYear,
        scope: Scope::Family,
        unit: Unit::Amount,
        most: CEILING,
        growth: None,
    };
    PlanDefinition {
        ceilings: vec![Ceiling {
            code: code("ALL"),
            names: plans::domain::tests::plan::plan(vec![]).names,
            limit,
        }],
        ..plans::domain::tests::plan::plan(vec![
            benefit("CONS"),
            Benefit { preauthorization: Preauthorization::Always, ..benefit("SCAN") },
            Benefit { frequency_days: Some(365), ..benefit("GLASSES") },
        ])
    }
}

impl Admissions {
    pub(crate) async fn open() -> Self {
        let database = TestDatabase::create(NAME, &MIGRATOR).await;
        let url = database.url_app.clone();
        Self::open_at(database, &url).await
    }

    pub(crate) async fn open_at(database: TestDatabase, url: &str) -> Self {
        let clock = Clock::manual("2026-06-10T09:00:00Z".parse().unwrap());
        let db = database::open(url, 16, &clock).await;
        let admin = PgPool::connect(&database.url_admin).await.unwrap();
        let payer = OrganizationId::new(&clock);
        let plan = PlanVersion {
            id: PlanId::new(&clock),
            payer,
            version: 1,
            latest_version: 1,
            created_at: clock.now(),
            definition: definition(),
        };
        let admissions = Self {
            keys: Keys::derive(&Redacted::new(SECRET)).unwrap(),
            facility: OrganizationId::new(&clock),
            db,
            _database: database,
            admin,
            clock,
            payer,
            plan,
        };
        let mut tx = admissions.db.begin_system("test").await.unwrap();
        plans::store::insert_plan(&mut tx, &admissions.plan).await.unwrap();
        tx.finish().await.unwrap();
        admissions.contract(admissions.facility).await;
        for (name, benefit, price) in
            [("CONS-GP", "CONS", 500), ("SCAN-CT", "SCAN", 4_000), ("LENS", "GLASSES", 900)]
        {
            admissions.price(None, name, benefit, price, "2026-01-01").await;
        }
        admissions
    }

    /// Known to visits, and contracted.
    pub(crate) async fn contract(&self, facility: OrganizationId) {
        let known = OrganizationRef {
            organization_id: facility.uuid(),
            kind: OrganizationKind::Facility.as_str().to_owned(),
            name: "Kigali Clinic".to_owned(),
            country: "RW".to_owned(),
            time_zone: "Africa/Kigali".to_owned(),
            locale: "rw".to_owned(),
            version: 1,
        };
        let mut tx = self.db.begin_system("test").await.unwrap();
        upsert_organization(&mut tx, &known).await.unwrap();
        tx.finish().await.unwrap();
        sqlx::query(
            "insert into contract (contract_id, payer_id, facility_id, service_types, valid_from, version, created_at)
             values ($1, $2, $3, '{OUTPATIENT}', '2026-01-01', 1, now())",
        )
        .bind(Uuid::now_v7())
        .bind(self.payer.uuid())
        .bind(facility.uuid())
        .execute(&self.admin)
        .await
        .unwrap();
    }

    pub(crate) async fn price(
        &self,
        facility: Option<OrganizationId>,
        name: &str,
        benefit: &str,
        price: i64,
        from: &str,
    ) {
        sqlx::query(
            "insert into tariff (tariff_id, payer_id, facility_id, code, kind, names, search, benefits, currency, price,
                valid_from, created_at, changed_at)
             values ($1, $2, $3, $4, 'SERVICE', '{}', '', array[$5], 'RWF', $6, $7, now(), now())",
        )
        .bind(Uuid::now_v7())
        .bind(self.payer.uuid())
        .bind(facility.map(OrganizationId::uuid))
        .bind(name)
        .bind(benefit)
        .bind(price)
        .bind(day(from))
        .execute(&self.admin)
        .await
        .unwrap();
    }

    pub(crate) async fn admitted(&self) -> Admitted {
        self.admitted_to(self.facility, FamilyId::new(&self.clock), "2026-06-10").await
    }

    pub(crate) async fn admitted_to(&self, facility: OrganizationId, family: FamilyId, on: &str) -> Admitted {
        let coverage = cover(&self.db, &self.clock, self.payer, self.plan.id, family).await;
        Admitted { visit: self.visit(facility, &coverage, on).await, coverage }
    }

    pub(crate) async fn visit(&self, facility: OrganizationId, coverage: &Coverage, on: &str) -> VisitId {
        let visit = VisitId::new(&self.clock);
        let entitlement = Entitlement {
            coverage: Some(CoverageRef::from(coverage)),
            refusal: None,
            adult: true,
            service_types: vec![],
            asked: vec![],
        };
        sqlx::query(
            "insert into visit (visit_id, version, facility_id, payer_id, state, service_date, started_at, started_by,
                identifier_hash, verified_at, verified_by, member_id, family_id, sealed_member, coverage_id, plan_id,
                plan_version, entitlement, service_type, visit_number, admitted_at)
             values ($1, 1, $2, $3, 'ADMITTED', $4, now(), $1, '', now(), $1, $5, $6, '', $7, $8, 1, $9, 'OUTPATIENT',
                $1::text, now())",
        )
        .bind(visit.uuid())
        .bind(facility.uuid())
        .bind(self.payer.uuid())
        .bind(day(on))
        .bind(coverage.member.uuid())
        .bind(coverage.family.uuid())
        .bind(coverage.id.uuid())
        .bind(coverage.plan.uuid())
        .bind(Json(entitlement))
        .execute(&self.admin)
        .await
        .unwrap();
        visit
    }

    pub(crate) fn by(&self, organization: OrganizationId) -> Call {
        let kind =
            if organization == self.payer { OrganizationKind::Payer } else { OrganizationKind::Facility };
        let subject = Subject::Client(ClientId::new(&self.clock));
        Call::by(Caller::of_organization(subject, organization, kind, [], None))
    }

    pub(crate) fn line(&self, position: u16, name: &str, on: &str) -> ServiceLine {
        let asked = RequestedLine {
            code: name.to_owned(),
            quantity: Quantity::ONE,
            unit_price: None,
            diagnoses: vec![Diagnosis::parse("J06.9").unwrap()],
            date: day(on),
            preauthorization: None,
        };
        ServiceLine::new(ServiceLineId::new(&self.clock).uuid(), position, asked)
    }

    pub(crate) async fn facts(
        &self,
        by: OrganizationId,
        at: &Admitted,
        owner: Option<Uuid>,
        lines: &[ServiceLine],
    ) -> Option<ServiceFacts> {
        let mut tx = self.db.begin_unkeyed(&self.by(by)).await.unwrap();
        let now = tx.now();
        let wanted: Vec<LineQuery<'_>> = lines.iter().map(|it| it.asked.query()).collect();
        let query = FactsQuery { visit: at.visit, party: Some(by), owner, lines: &wanted };
        lock_facts(&mut tx, &query, now).await.unwrap()
    }

    /// What a claim's submission or a pre-authorization's approval does with its lines.
    pub(crate) async fn submit(
        &self,
        kind: OwnerKind,
        at: &Admitted,
        lines: &mut [ServiceLine],
    ) -> Result<(Settlement, Owner)> {
        let facility = self.facility;
        let owner = Owner { kind, id: Uuid::now_v7(), number: Some(format!("N-{}", at.visit)) };
        let mut tx = self.db.begin_unkeyed(&self.by(facility)).await?;
        let now = tx.now();
        let wanted: Vec<LineQuery<'_>> = lines.iter().map(|it| it.asked.query()).collect();
        let query = FactsQuery { visit: at.visit, party: Some(facility), owner: None, lines: &wanted };
        let facts = lock_facts(&mut tx, &query, now).await?.unwrap();
        let settlement = facts.adjudicate(&self.plan.definition, kind, lines);
        for line in lines.iter_mut() {
            line.active = line.stands();
            if kind == OwnerKind::Preauthorization {
                line.approved = Some((line.asked.date, facts.last_day.max(line.asked.date)));
            }
        }
        let taking = match kind {
            OwnerKind::Claim => Taking::Commit,
            OwnerKind::Preauthorization => Taking::Reserve,
        };
        let keeping = SaveLines {
            owner: &owner,
            parties: &facts.parties,
            lines,
            undone: &[],
            taking,
            postings: &settlement.postings,
            at: now,
        };
        save_lines(&mut tx, &self.keys, &keeping).await?;
        tx.finish().await?;
        Ok((settlement, owner))
    }

    pub(crate) async fn undo(&self, owner: &Owner) -> i32 {
        let mut tx = self.db.begin_unkeyed(&self.by(self.facility)).await.unwrap();
        let now = tx.now();
        let mut statement = QueryBuilder::new("");
        push_undo(&mut statement, (owner.kind, owner.id), false, now);
        let made = statement.build_query_scalar().fetch_one(&mut *tx).await.unwrap();
        tx.finish().await.unwrap();
        made
    }

    pub(crate) async fn kept(&self, by: OrganizationId, owner: &Owner) -> Vec<ServiceLine> {
        let mut reader = self.db.read(&self.by(by)).await.unwrap();
        let mut lines = list_lines(&mut reader, &self.keys, Some(by), &[owner.id]).await.unwrap();
        lines.remove(&owner.id).unwrap_or_default()
    }

    /// What is used and reserved of the family's ceiling.
    pub(crate) async fn ceiling(&self) -> (i64, i64) {
        let found = sqlx::query_as("select used, reserved from benefit_balance where account = 'ALL'");
        found.fetch_optional(&self.admin).await.unwrap().unwrap_or_default()
    }
}

/// Lines without their owner's row: how many entries the ledger got.
pub(crate) async fn save_lines(conn: &mut PgConnection, keys: &Keys, lines: &SaveLines<'_>) -> Result<i32> {
    let mut statement = QueryBuilder::new("");
    push_save(&mut statement, keys, lines)?;
    statement.build_query_scalar().fetch_one(conn).await.map_err(refusal)
}
