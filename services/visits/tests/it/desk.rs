//! A visits service per test, with a facility, a payer, a contract and a plan; and the people who use it.

use std::{
    future::Future,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use careway_contract::{
    types::v1::LocalizedText,
    visits::v1::{
        contract_service_client::ContractServiceClient, coverage_service_client::CoverageServiceClient,
        plan_service_client::PlanServiceClient, visit_override_service_client::VisitOverrideServiceClient,
        visit_service_client::VisitServiceClient, *,
    },
};
use careway_kernel::{AccountId, Clock, MemberId, OrganizationId};
use careway_service::{Error, Foundation, OrganizationKind, Service, Settings, Upstream};
use careway_testing::{Leftovers, TestDatabase, TestServers, unique_prefix};
use clap::Parser;
use sqlx::PgPool;
use tonic::{Request, Response};

use crate::fake_identity::{CODE, FakeIdentity};

/// Every permission; what the guard does with them is tested elsewhere.
const PERMISSIONS: [&str; 28] = [
    "visits.start",
    "visits.verify",
    "visits.admit",
    "visits.cancel",
    "visits.read",
    "visits.override",
    "visits.override.approve",
    "visits.override.review",
    "benefits.read",
    "preauthorizations.read",
    "preauthorizations.request",
    "preauthorizations.decide",
    "plans.manage",
    "plans.read",
    "coverages.import",
    "coverages.manage",
    "coverages.read",
    "contracts.manage",
    "contracts.read",
    "documents.add",
    "documents.read",
    "tariffs.manage",
    "tariffs.read",
    "claims.read",
    "claims.submit",
    "claims.import",
    "claims.review",
    "claims.pay",
];

pub(crate) struct Desk {
    pub(crate) clock: Clock,
    pub(crate) identity: FakeIdentity,
    pub(crate) service: Service,
    pub(crate) foundation: Foundation,
    /// Sees every row.
    pub(crate) admin: PgPool,
    /// The database as the service's own role.
    pub(crate) url_app: String,
    /// Where the service keeps documents.
    pub(crate) folder: PathBuf,
    prefix: String,
    pub(crate) facility: Person,
    pub(crate) payer: Person,
    plan: String,
    _leftovers: Leftovers,
}

/// Somebody who works for an organization.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) organization: OrganizationId,
    pub(crate) kind: OrganizationKind,
    pub(crate) account: AccountId,
}

#[derive(Parser)]
struct Config {
    #[command(flatten)]
    visits: careway_visits::Config,
}

#[derive(Parser)]
struct Shared {
    #[command(flatten)]
    settings: Settings,
}

static KEY: AtomicU64 = AtomicU64::new(0);

/// A fresh Idempotency-Key.
pub(crate) fn key() -> String {
    format!("test-key-{:016}", KEY.fetch_add(1, Ordering::Relaxed))
}

/// A plan that covers everything but OPTICAL and WELLNESS.
pub(crate) fn gold() -> PlanDefinition {
    let text = |text: &str| vec![LocalizedText { language: "en".to_owned(), text: text.to_owned() }];
    let benefit = |service_type: &str| PlanBenefit {
        code: service_type.to_owned(),
        service_type: service_type.to_owned(),
        names: text(service_type),
        ..Default::default()
    };
    PlanDefinition {
        code: "GOLD".to_owned(),
        names: text("Gold"),
        currency: "RWF".to_owned(),
        benefits: ["INPATIENT", "OUTPATIENT", "DENTAL"].map(benefit).into(),
        ..Default::default()
    }
}

impl Desk {
    /// Opens the desk of a facility that has a contract for everything but DENTAL.
    pub(crate) async fn open() -> Self {
        Self::open_with(gold()).await
    }

    /// The same, with this plan.
    pub(crate) async fn open_with(plan: PlanDefinition) -> Self {
        let database = TestDatabase::create("visits", &careway_visits::MIGRATOR).await;
        let url = database.url_app.clone();
        Self::open_at(&database, url, plan).await
    }

    /// The same, with the service's database behind this URL.
    pub(crate) async fn open_at(database: &TestDatabase, url_app: String, plan: PlanDefinition) -> Self {
        Self::open_told(database, url_app, plan, &[]).await
    }

    /// The desk of a service that is told more, like `--documents-max-mib=1`.
    pub(crate) async fn told(more: &[&str]) -> Self {
        let database = TestDatabase::create("visits", &careway_visits::MIGRATOR).await;
        let url = database.url_app.clone();
        Self::open_told(&database, url, gold(), more).await
    }

    async fn open_told(
        database: &TestDatabase,
        url_app: String,
        plan: PlanDefinition,
        more: &[&str],
    ) -> Self {
        let (prefix, clock) = (unique_prefix(), Clock::movable());
        let folder = std::env::temp_dir().join(format!("careway-documents-{prefix}"));
        let identity = FakeIdentity::new(&clock);
        let (foundation, service) = serve(&clock, &identity, &prefix, &url_app, &folder, more).await;
        let admin = PgPool::connect(&database.url_admin).await.unwrap();
        let person = |kind| Person {
            organization: OrganizationId::new(&clock),
            kind,
            account: AccountId::new(&clock),
        };
        let (facility, payer) = (person(OrganizationKind::Facility), person(OrganizationKind::Payer));
        let _leftovers = Leftovers::of(&prefix, &foundation.shutdown);
        let mut desk = Self {
            clock,
            identity,
            service,
            foundation,
            admin,
            url_app,
            folder,
            prefix,
            facility,
            payer,
            plan: String::new(),
            _leftovers,
        };
        desk.know(&desk.facility, "Kigali Clinic").await;
        desk.know(&desk.payer, "Umurage Health").await;
        desk.contract(&desk.facility, &["INPATIENT", "OUTPATIENT", "OPTICAL"]).await;
        desk.plan = desk.insure(plan).await;
        desk
    }

    /// Ends the service, and starts another on the same database that is told this.
    pub(crate) async fn restart(&mut self, more: &[&str]) {
        careway_service::run::finish(&self.foundation).await;
        let (prefix, url) = (&self.prefix, &self.url_app);
        (self.foundation, self.service) =
            serve(&self.clock, &self.identity, prefix, url, &self.folder, more).await;
    }

    /// Another facility, known and without a contract.
    pub(crate) async fn other_facility(&self) -> Person {
        let other = Person {
            organization: OrganizationId::new(&self.clock),
            account: AccountId::new(&self.clock),
            ..self.facility.clone()
        };
        self.know(&other, "Huye Hospital").await;
        other
    }

    /// Another payer's officer.
    pub(crate) fn stranger(&self) -> Person {
        Person { organization: OrganizationId::new(&self.clock), ..self.payer.clone() }
    }

    /// Somebody else of the same organization.
    pub(crate) fn colleague(&self, of: &Person) -> Person {
        Person { account: AccountId::new(&self.clock), ..of.clone() }
    }

    /// Identity told of this person's organization.
    pub(crate) async fn know(&self, person: &Person, name: &str) {
        sqlx::query("insert into organization_ref values ($1, $2, $3, 'RW', 'Africa/Kigali', 'rw', 1)")
            .bind(person.organization.uuid())
            .bind(person.kind.as_str())
            .bind(name)
            .execute(&self.admin)
            .await
            .unwrap();
    }

    /// A contract between the payer and a facility.
    pub(crate) async fn contract(&self, facility: &Person, service_types: &[&str]) {
        let request = CreateContractRequest {
            facility_id: facility.organization.to_string(),
            service_types: service_types.iter().map(ToString::to_string).collect(),
            from: "2020-01-01".to_owned(),
            ..Default::default()
        };
        let mut contracts = ContractServiceClient::new(self.service.upstream.clone());
        contracts.create_contract(self.by(&self.payer, &key(), request)).await.unwrap();
    }

    /// Makes the payer's plan.
    async fn insure(&self, definition: PlanDefinition) -> String {
        let request = CreatePlanRequest { definition: Some(definition) };
        let mut plans = PlanServiceClient::new(self.service.upstream.clone());
        plans
            .create_plan(self.by(&self.payer, &key(), request))
            .await
            .unwrap()
            .into_inner()
            .plan
            .unwrap()
            .plan_id
    }

    /// A member that identity's event told of.
    pub(crate) async fn know_member(&self, number: &str) -> MemberId {
        let member = MemberId::new(&self.clock);
        self.heard_of(member, number).await;
        member
    }

    pub(crate) async fn heard_of(&self, member: MemberId, number: &str) {
        sqlx::query(
            "insert into member_ref (member_id, payer_id, member_number, family_id) values ($1, $2, $3, $1)",
        )
        .bind(member.uuid())
        .bind(self.payer.organization.uuid())
        .bind(number)
        .execute(&self.admin)
        .await
        .unwrap();
    }

    /// A covered member.
    pub(crate) async fn member(&self, number: &str, national_id: &str) -> MemberId {
        let member = self.identity.register(self.payer.organization, number, national_id);
        self.heard_of(member, number).await;
        self.cover_for_long(number).await;
        member
    }

    /// Covers a member that visits has heard of.
    pub(crate) async fn cover_for_long(&self, number: &str) {
        let request = CreateCoverageRequest {
            member_number: number.to_owned(),
            plan_id: self.plan.clone(),
            from: "2020-01-01".to_owned(),
            to: "2099-12-31".to_owned(),
            ..Default::default()
        };
        let mut coverages = CoverageServiceClient::new(self.service.upstream.clone());
        coverages.create_coverage(self.by(&self.payer, &key(), request)).await.unwrap();
    }

    pub(crate) fn visits(&self) -> VisitServiceClient<Upstream> {
        VisitServiceClient::new(self.service.upstream.clone())
    }

    pub(crate) fn overrides(&self) -> VisitOverrideServiceClient<Upstream> {
        VisitOverrideServiceClient::new(self.service.upstream.clone())
    }

    /// A request by a person under a key.
    pub(crate) fn by<M>(&self, person: &Person, key: &str, message: M) -> Request<M> {
        let token = self.identity.token(&serde_json::json!({
            "sub": person.account, "org": person.organization, "kind": person.kind, "perms": PERMISSIONS,
        }));
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        request.metadata_mut().insert("idempotency-key", key.parse().unwrap());
        request
    }

    pub(crate) async fn start(
        &self,
        by: &Person,
        key: &str,
        number: &str,
    ) -> Result<Response<StartVisitResponse>, Error> {
        let identifier = Some(start_visit_request::Identifier::MemberNumber(number.to_owned()));
        let request = StartVisitRequest { identifier, ..Default::default() };
        Ok(self.visits().start_visit(self.by(by, key, request)).await?)
    }

    pub(crate) async fn verify(
        &self,
        by: &Person,
        key: &str,
        visit_id: &str,
        code: &str,
    ) -> Result<Response<VerifyVisitResponse>, Error> {
        let request = VerifyVisitRequest { visit_id: visit_id.to_owned(), code: code.to_owned() };
        Ok(self.visits().verify_visit(self.by(by, key, request)).await?)
    }

    pub(crate) async fn admit(&self, visit_id: &str, service_type: &str) -> Result<Visit, Error> {
        let request = AdmitVisitRequest {
            visit_id: visit_id.to_owned(),
            service_type: service_type.to_owned(),
            ..Default::default()
        };
        let admitted = self.visits().admit_visit(self.by(&self.facility, &key(), request)).await?;
        Ok(admitted.into_inner().visit.unwrap())
    }

    pub(crate) async fn discharge(&self, visit_id: &str) {
        let request = DischargeVisitRequest { visit_id: visit_id.to_owned() };
        self.visits().discharge_visit(self.by(&self.facility, &key(), request)).await.unwrap();
    }

    pub(crate) async fn get(&self, by: &Person, visit_id: &str) -> Result<GetVisitResponse, Error> {
        let request = GetVisitRequest { visit_id: visit_id.to_owned() };
        Ok(self.visits().get_visit(self.by(by, &key(), request)).await?.into_inner())
    }

    /// A visit of this member that awaits its code.
    pub(crate) async fn started(&self, number: &str) -> Visit {
        self.start(&self.facility, &key(), number).await.unwrap().into_inner().visit.unwrap()
    }

    /// A verified visit of this member.
    pub(crate) async fn verified(&self, number: &str) -> VerifyVisitResponse {
        let visit = self.started(number).await;
        self.verify(&self.facility, &key(), &visit.visit_id, CODE).await.unwrap().into_inner()
    }

    /// An admitted visit of this member.
    pub(crate) async fn admitted(&self, number: &str, service_type: &str) -> Visit {
        let visit = self.verified(number).await.visit.unwrap();
        self.admit(&visit.visit_id, service_type).await.unwrap()
    }

    /// How many events of a type were said.
    pub(crate) async fn said(&self, event: &str) -> i64 {
        sqlx::query_scalar("select count(*) from outbox where type = 'careway.visits.v1.' || $1")
            .bind(event)
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }
}

async fn serve(
    clock: &Clock,
    identity: &FakeIdentity,
    prefix: &str,
    url_app: &str,
    folder: &Path,
    more: &[&str],
) -> (Foundation, Service) {
    let servers = TestServers::from_env();
    let secret = "a service secret of 32 characters!";
    let shared = Shared::parse_from([
        "test",
        "--redis-url",
        &servers.redis,
        "--nats-url",
        &servers.nats,
        "--prefix",
        prefix,
        "--service-secret",
        secret,
    ]);
    let settings = [
        ("--visits-database-url", url_app),
        ("--visits-master-key", secret),
        ("--visits-timer-seconds", "1"),
        ("--visits-overrides-per-day", "3"),
        ("--documents-place", &folder.to_string_lossy()),
        ("--documents-keys", "the-first-key-of-documents-of-the-tests"),
        ("--documents-timer-seconds", "1"),
    ];
    let told = |name: &str| more.iter().any(|setting| setting.starts_with(name));
    let settings = settings.iter().filter(|(name, _)| !told(&format!("{name}=")));
    let arguments = settings.map(|(name, value)| format!("{name}={value}"));
    let arguments = arguments.chain(more.iter().map(ToString::to_string));
    let config = Config::parse_from(["test".to_owned()].into_iter().chain(arguments));
    let foundation = Foundation::build(&shared.settings, clock.clone()).await.unwrap();
    foundation.registry.provide("identity", identity.upstream());
    let service = careway_visits::start(config.visits, foundation.clone()).await.unwrap();
    (foundation, service)
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Waits until it is so; a timer is at work meanwhile.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    let patient = async {
        let mut every = tokio::time::interval(Duration::from_millis(50));
        loop {
            every.tick().await;
            if so().await {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), patient).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// A status as the refusal it carries.
pub(crate) fn refusal<T: std::fmt::Debug>(outcome: Result<T, impl Into<Error>>) -> Error {
    outcome.expect_err("a refusal").into()
}

/// The answer without what differs between any two visits.
pub(crate) fn anonymous(visit: Visit) -> Visit {
    Visit {
        visit_id: String::new(),
        started_at: None,
        expires_at: None,
        code_expires_at: None,
        resend_available_at: None,
        ..visit
    }
}
