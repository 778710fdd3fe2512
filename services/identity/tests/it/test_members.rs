//! An identity service per test with a payer, facilities and their people; its codes arrive at a phone we hold.

use std::{
    ops::Deref,
    sync::{Arc, Mutex},
};

use careway_contract::{
    identity::v1::{
        challenge_service_client::ChallengeServiceClient, member_identifier::Identifier,
        member_service_client::MemberServiceClient, *,
    },
    renewals::v1::{
        ReportBounceRequest, ReportBounceResponse, SendRequest, SendResponse,
        notification_service_server::{NotificationService, NotificationServiceServer},
    },
};
use careway_identity::{MIGRATOR, NAME};
use careway_kernel::Clock;
use careway_service::{Error, Foundation, OrganizationKind, Upstream};
use careway_testing::{Person, SECRET, TestService, TestSetup, TokenSigner, key, upstream};
use tokio::sync::watch;
use tonic::{Request, Response, Status, async_trait, service::Routes};

/// Every permission; what the guard does with them is tested elsewhere.
const PERMISSIONS: [&str; 6] = [
    "members.read",
    "members.write",
    "members.import",
    "members.access-log",
    "challenges.unlock",
    "visits.start",
];

pub(crate) struct TestMembers {
    service: TestService,
    pub(crate) facility: Person,
    pub(crate) payer: Person,
    pub(crate) phone: Phone,
    signer: TokenSigner,
}

impl Deref for TestMembers {
    type Target = TestService;
    fn deref(&self) -> &TestService {
        &self.service
    }
}

impl TestMembers {
    /// With the limits an installation has that says nothing.
    pub(crate) async fn run() -> Self {
        Self::with(&[]).await
    }

    /// With other settings.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::of(TestSetup::of(NAME, &MIGRATOR).await.with_all(settings)).await
    }

    /// With those limits, by this clock.
    pub(crate) async fn run_by(clock: Clock) -> Self {
        let mut setup = TestSetup::of(NAME, &MIGRATOR).await;
        setup.clock = clock;
        Self::of(setup).await
    }

    async fn of(setup: TestSetup) -> Self {
        let setup = setup.or("CAREWAY_IDENTITY_CODE_PEPPER", SECRET);
        let (phone, signer) = (Phone::default(), TokenSigner::new(&setup.clock));
        let (facility, payer) = (
            Person::of(OrganizationKind::Facility, &setup.clock),
            Person::of(OrganizationKind::Payer, &setup.clock),
        );
        let renewals = |foundation: &Foundation| {
            let routes = Routes::new(NotificationServiceServer::new(phone.clone()));
            foundation.registry.provide("renewals", upstream(routes));
        };
        let service = setup.start(renewals, careway_identity::start).await;
        // After it has made itself known: its callers' tokens are the signer's.
        service.foundation.registry.provide(NAME, upstream(Routes::new(signer.keys())));
        let members = Self { service, facility, payer, phone, signer };
        members.know(&members.facility, "Kigali Clinic").await;
        members.know(&members.payer, "Umurage Health").await;
        members
    }

    /// Somebody of another organization of this kind.
    pub(crate) async fn other(&self, kind: OrganizationKind, name: &str) -> Person {
        let other = Person::of(kind, &self.clock);
        self.know(&other, name).await;
        other
    }

    /// Somebody else of the same organization.
    pub(crate) fn colleague(&self, of: &Person) -> Person {
        of.colleague(&self.clock)
    }

    async fn know(&self, person: &Person, name: &str) {
        sqlx::query(
            "insert into organization (organization_id, kind, name, country, time_zone, locale, status, version, \
             created_at) values ($1, $2, $3, 'RW', 'Africa/Kigali', 'rw', 'ACTIVE', 1, now())",
        )
        .bind(person.organization.uuid())
        .bind(person.kind.as_str())
        .bind(name)
        .execute(&self.admin)
        .await
        .unwrap();
    }

    pub(crate) fn members(&self) -> MemberServiceClient<Upstream> {
        MemberServiceClient::new(self.service.service.upstream.clone())
    }

    pub(crate) fn challenges(&self) -> ChallengeServiceClient<Upstream> {
        ChallengeServiceClient::new(self.service.service.upstream.clone())
    }

    /// A request by a person under a key.
    pub(crate) fn by<M>(&self, person: &Person, key: &str, message: M) -> Request<M> {
        self.signer.request(person, &PERMISSIONS, key, message)
    }

    /// Registers a member with a mobile phone.
    pub(crate) async fn register(&self, number: &str, national_id: &str, mobile: &str) -> Member {
        let national_id = NationalIdInput { country: String::new(), number: national_id.to_owned() };
        let request = CreateMemberRequest {
            national_ids: Some(national_id).filter(|id| !id.number.is_empty()).into_iter().collect(),
            mobile: mobile.to_owned(),
            ..new_member(number)
        };
        let created = self.members().create_member(self.by(&self.payer, &key(), request)).await.unwrap();
        created.into_inner().member.unwrap()
    }

    /// How the facility names a member.
    pub(crate) fn by_number(&self, number: &str) -> MemberIdentifier {
        self.named(Identifier::MemberNumber(number.to_owned()))
    }

    /// How the facility names a member by national id.
    pub(crate) fn by_national_id(&self, number: &str) -> MemberIdentifier {
        self.named(Identifier::NationalId(number.to_owned()))
    }

    fn named(&self, identifier: Identifier) -> MemberIdentifier {
        MemberIdentifier {
            identifier: Some(identifier),
            payer_id: String::new(),
            payer_ids: vec![self.payer.organization.to_string()],
            country: "RW".to_owned(),
        }
    }

    pub(crate) async fn start(
        &self,
        by: &Person,
        key: &str,
        member: &MemberIdentifier,
    ) -> Result<StartChallengeResponse, Error> {
        let request = StartChallengeRequest {
            member: Some(member.clone()),
            purpose: "VISIT".to_owned(),
            facility_name: "Kigali Clinic".to_owned(),
            service_date: "2026-03-01".to_owned(),
        };
        Ok(self.challenges().start_challenge(self.by(by, key, request)).await?.into_inner())
    }

    pub(crate) async fn resend(
        &self,
        by: &Person,
        challenge: &str,
        member: &MemberIdentifier,
    ) -> Result<ResendChallengeResponse, Error> {
        let request = ResendChallengeRequest {
            challenge_id: challenge.to_owned(),
            member: Some(member.clone()),
            purpose: "VISIT".to_owned(),
            facility_name: "Kigali Clinic".to_owned(),
            service_date: "2026-03-01".to_owned(),
        };
        Ok(self.challenges().resend_challenge(self.by(by, &key(), request)).await?.into_inner())
    }

    pub(crate) async fn verify(
        &self,
        by: &Person,
        key: &str,
        challenge: &str,
        member: &MemberIdentifier,
        code: &str,
    ) -> Result<VerifyChallengeResponse, Error> {
        let request = VerifyChallengeRequest {
            challenge_id: challenge.to_owned(),
            code: code.to_owned(),
            member: Some(member.clone()),
            purpose: "VISIT".to_owned(),
            facility_name: "Kigali Clinic".to_owned(),
            service_date: "2026-03-01".to_owned(),
        };
        Ok(self.challenges().verify_challenge(self.by(by, key, request)).await?.into_inner())
    }

    /// A challenge and the code that was sent for it.
    pub(crate) async fn started(&self, member: &MemberIdentifier) -> (String, String) {
        let challenge = self.start(&self.facility, &key(), member).await.unwrap();
        (challenge.challenge_id.clone(), self.phone.code().await)
    }

    /// Redis forgets everything of this test.
    pub(crate) async fn flush_redis(&self) {
        let mut redis = self.foundation.redis.clone();
        let keys: Vec<String> = redis::cmd("KEYS")
            .arg(format!("{}*", self.foundation.prefix))
            .query_async(&mut redis)
            .await
            .unwrap();
        redis::cmd("DEL").arg(keys).query_async::<()>(&mut redis).await.unwrap();
    }
}

/// A woman born in 1990.
pub(crate) fn new_member(number: &str) -> CreateMemberRequest {
    CreateMemberRequest {
        member_number: number.to_owned(),
        given_names: "Aline".to_owned(),
        family_name: "Uwase".to_owned(),
        birth_date: "1990-04-12".to_owned(),
        sex: member::Sex::Female.into(),
        ..Default::default()
    }
}

/// Takes every message that is sent.
#[derive(Clone)]
pub(crate) struct Phone {
    messages: Arc<Mutex<Vec<SendRequest>>>,
    arrived: watch::Sender<usize>,
}

impl Default for Phone {
    fn default() -> Self {
        Self { messages: Arc::default(), arrived: watch::Sender::new(0) }
    }
}

impl Phone {
    /// The message that arrives next, after those that were taken.
    pub(crate) async fn message(&self) -> SendRequest {
        let mut arrived = self.arrived.subscribe();
        let patience = std::time::Duration::from_secs(180);
        tokio::time::timeout(patience, arrived.wait_for(|waiting| *waiting > 0))
            .await
            .expect("a message")
            .unwrap();
        self.arrived.send_modify(|waiting| *waiting -= 1);
        self.messages.lock().unwrap().remove(0)
    }

    /// The code that arrives next.
    pub(crate) async fn code(&self) -> String {
        self.message().await.values["code"].clone()
    }

    /// Messages that nobody has taken.
    pub(crate) fn waiting(&self) -> usize {
        *self.arrived.borrow()
    }
}

#[async_trait]
impl NotificationService for Phone {
    async fn send(&self, request: Request<SendRequest>) -> Result<Response<SendResponse>, Status> {
        self.messages.lock().unwrap().push(request.into_inner());
        self.arrived.send_modify(|waiting| *waiting += 1);
        Ok(Response::new(SendResponse { message_id: "1".to_owned() }))
    }

    async fn report_bounce(
        &self,
        _: Request<ReportBounceRequest>,
    ) -> Result<Response<ReportBounceResponse>, Status> {
        Err(Status::unimplemented("nothing bounces here"))
    }
}
