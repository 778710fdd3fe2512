//! A visits service per test, with a facility, a payer, a contract and a plan; and the people who use it.

use std::{ops::Deref, path::PathBuf};

use careway_contract::{
    google::api::HttpBody,
    types::v1::{LocalizedText, Money},
    visits::v1::{
        claim_rules_service_client::ClaimRulesServiceClient, contract_service_client::ContractServiceClient,
        coverage_service_client::CoverageServiceClient, plan_service_client::PlanServiceClient,
        tariff_service_client::TariffServiceClient,
        visit_override_service_client::VisitOverrideServiceClient, visit_service_client::VisitServiceClient,
        *,
    },
};
use careway_kernel::{Clock, MemberId, OrganizationId};
use careway_service::{Error, OrganizationKind, Upstream};
use careway_testing::{FaultProxy, Person, TestService, TestSetup, TokenSigner, key};
use careway_visits::{MIGRATOR, NAME};
use futures::stream;
use tonic::{Request, Response};

use crate::{
    claim_calls::today,
    fake_identity::{CODE, FakeIdentity},
};

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

pub(crate) struct TestVisits {
    service: TestService,
    pub(crate) identity: FakeIdentity,
    /// Where the service keeps documents.
    pub(crate) folder: PathBuf,
    pub(crate) facility: Person,
    pub(crate) payer: Person,
    plan: String,
    signer: TokenSigner,
}

impl Deref for TestVisits {
    type Target = TestService;
    fn deref(&self) -> &TestService {
        &self.service
    }
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

impl TestVisits {
    /// With a facility that has a contract for everything but DENTAL.
    pub(crate) async fn run() -> Self {
        Self::with_plan(gold()).await
    }

    /// The same, with this plan.
    pub(crate) async fn with_plan(plan: PlanDefinition) -> Self {
        Self::of(Self::setup().await, plan).await
    }

    /// The same, with other settings, and at the real time: by it the store says how old its files are.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let mut setup = Self::setup().await.with_all(settings);
        setup.clock = Clock::movable();
        Self::of(setup, gold()).await
    }

    /// What the service is started with: at ten in the morning in Kigali, so that no day ends while a test runs.
    pub(crate) async fn setup() -> TestSetup {
        let mut setup = TestSetup::of(NAME, &MIGRATOR).await;
        let ten = today(&Clock::system()).and_hms_opt(8, 0, 0).unwrap().and_utc();
        setup.clock = Clock::movable_from(ten);
        setup.with_all(&[
            ("CAREWAY_VISITS_TIMER_SECONDS", "1"),
            ("CAREWAY_VISITS_OVERRIDES_PER_DAY", "3"),
            ("CAREWAY_DOCUMENTS_KEYS", "the-first-key-of-documents-of-the-tests"),
            ("CAREWAY_DOCUMENTS_TIMER_SECONDS", "1"),
        ])
    }

    /// Behind a proxy that counts round trips, to which no timer adds any.
    pub(crate) async fn counting_round_trips() -> (FaultProxy, TestSetup) {
        let slow = [("CAREWAY_VISITS_TIMER_SECONDS", "3600"), ("CAREWAY_DOCUMENTS_TIMER_SECONDS", "3600")];
        Self::setup().await.with_all(&slow).behind_a_proxy().await
    }

    /// With this plan, started so.
    pub(crate) async fn of(setup: TestSetup, plan: PlanDefinition) -> Self {
        let folder = std::env::temp_dir().join(format!("careway-documents-{}", setup.prefix));
        let setup = setup.or("CAREWAY_DOCUMENTS_PLACE", folder.to_string_lossy());
        let (identity, signer) = (FakeIdentity::new(&setup.clock), TokenSigner::new(&setup.clock));
        let facility = Person::of(OrganizationKind::Facility, &setup.clock);
        let payer = Person::of(OrganizationKind::Payer, &setup.clock);
        let service = setup.start(identity.beside(&signer), careway_visits::start).await;
        let mut visits = Self { service, identity, folder, facility, payer, plan: String::new(), signer };
        visits.know(&visits.facility, "Kigali Clinic").await;
        visits.know(&visits.payer, "Umurage Health").await;
        visits.contract(&visits.facility, &["INPATIENT", "OUTPATIENT", "OPTICAL"]).await;
        visits.plan = visits.insure(plan).await;
        visits
    }

    /// Ends the service, and starts another on the same database with these settings.
    pub(crate) async fn restart(&mut self, settings: &[(&str, &str)]) {
        let identity = self.identity.beside(&self.signer);
        self.service.restart(settings, identity, careway_visits::start).await;
    }

    /// From now on the service is called as this says.
    pub(crate) fn call_by(&mut self, upstream: Upstream) {
        self.service.service.upstream = upstream;
    }

    /// The service, as it is called.
    pub(crate) fn upstream(&self) -> Upstream {
        self.service.service.upstream.clone()
    }

    /// Another facility, known and without a contract.
    pub(crate) async fn other_facility(&self) -> Person {
        let other = Person::of(OrganizationKind::Facility, &self.clock);
        self.know(&other, "Huye Hospital").await;
        other
    }

    /// Another payer's officer.
    pub(crate) fn stranger(&self) -> Person {
        Person { organization: OrganizationId::new(&self.clock), ..self.payer.clone() }
    }

    /// Somebody else of the same organization.
    pub(crate) fn colleague(&self, of: &Person) -> Person {
        of.colleague(&self.clock)
    }

    /// Identity told of this person's organization.
    pub(crate) async fn know(&self, person: &Person, name: &str) {
        sqlx::query(
            "insert into organization_ref (organization_id, kind, name, country, time_zone, locale, version)
             values ($1, $2, $3, 'RW', 'Africa/Kigali', 'rw', 1)",
        )
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
        let mut contracts = ContractServiceClient::new(self.upstream());
        contracts.create_contract(self.by(&self.payer, &key(), request)).await.unwrap();
    }

    /// Makes the payer's plan.
    async fn insure(&self, definition: PlanDefinition) -> String {
        let request = CreatePlanRequest { definition: Some(definition) };
        let mut plans = PlanServiceClient::new(self.upstream());
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
        let mut coverages = CoverageServiceClient::new(self.upstream());
        coverages.create_coverage(self.by(&self.payer, &key(), request)).await.unwrap();
    }

    pub(crate) fn visits(&self) -> VisitServiceClient<Upstream> {
        VisitServiceClient::new(self.upstream())
    }

    pub(crate) fn overrides(&self) -> VisitOverrideServiceClient<Upstream> {
        VisitOverrideServiceClient::new(self.upstream())
    }

    /// A request by a person under a key.
    pub(crate) fn by<M>(&self, person: &Person, key: &str, message: M) -> Request<M> {
        self.signer.request(person, &PERMISSIONS, key, message)
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

    /// Prices of services that the payer agreed with everybody: code, benefit and francs.
    pub(crate) async fn price_list(&self, prices: &[(&str, &str, i64)]) {
        let rows = prices.iter().map(|(code, benefit, price)| {
            format!("{code},SERVICE,Service {code},Soin {code},{benefit},RWF,{price},2020-01-01\n")
        });
        let list =
            format!("code,kind,name,name_fr,benefits,currency,price,from\n{}", rows.collect::<String>());
        let file = HttpBody { content_type: "text/csv".to_owned(), data: list.into(), ..Default::default() };
        let list = stream::iter([ImportTariffsRequest { dry_run: false, file: Some(file) }]);
        let mut tariffs = TariffServiceClient::new(self.upstream());
        let imported = tariffs.import_tariffs(self.by(&self.payer, &key(), list)).await.unwrap().into_inner();
        assert_eq!(imported.created as usize, prices.len(), "{imported:?}");
    }

    /// Up to so many francs no person is needed; else the payer's rules are these.
    pub(crate) async fn decide_up_to(&self, francs: Option<i64>, rules: ClaimRules) {
        let mut client = ClaimRulesServiceClient::new(self.upstream());
        let known =
            client.get_claim_rules(self.by(&self.payer, &key(), GetClaimRulesRequest {})).await.unwrap();
        let known = known.into_inner().rules.unwrap().version.unwrap();
        let automatic_up_to =
            francs.map(|francs| Money { currency: "RWF".to_owned(), amount: francs.to_string() });
        let rules = Some(ClaimRules { automatic_up_to, ..rules });
        let mut request = self.by(&self.payer, &key(), SetClaimRulesRequest { rules });
        request.metadata_mut().remove("idempotency-key");
        request.metadata_mut().insert("if-match", known.into());
        client.set_claim_rules(request).await.unwrap();
    }
}

impl Drop for TestVisits {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The answer without what differs between any two visits.
pub(crate) fn anonymous(visit: Visit) -> Visit {
    Visit {
        visit_id: String::new(),
        started_at: None,
        expires_at: None,
        code_expires_at: None,
        resend_available_at: None,
        code_reference: String::new(),
        ..visit
    }
}

/// What becomes of a request that is made again while it is refused only for now.
pub(crate) async fn insistently<T>(mut ask: impl AsyncFnMut() -> Result<T, Error>) -> Result<T, Error> {
    loop {
        match ask().await {
            Err(error)
                if matches!(error.reason(), "IDEMPOTENCY_KEY_IN_USE" | "BUSY" | "DATABASE_UNAVAILABLE") => {}
            outcome => return outcome,
        }
    }
}
