//! An identity service per test with a payer, facilities and their people; its codes arrive at a phone we hold.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use careway_contract::{
    identity::v1::{
        challenge_service_client::ChallengeServiceClient,
        key_service_server::{KeyService, KeyServiceServer},
        member_identifier::Identifier,
        member_service_client::MemberServiceClient,
        *,
    },
    renewals::v1::{
        SendRequest, SendResponse,
        notification_service_server::{NotificationService, NotificationServiceServer},
    },
};
use careway_kernel::{AccountId, Clock, OrganizationId};
use careway_service::{Error, Foundation, OrganizationKind, Service, Settings, Upstream};
use careway_testing::{Leftovers, TestDatabase, TestServers, unique_prefix};
use clap::Parser;
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{AlgorithmParameters, Jwk},
};
use sqlx::PgPool;
use tokio::sync::watch;
use tonic::{Request, Response, Status, async_trait, service::Routes};
use tower::{ServiceExt, util::BoxCloneSyncService};

/// Every permission; what the guard does with them is tested elsewhere.
const PERMISSIONS: [&str; 6] = [
    "members.read",
    "members.write",
    "members.import",
    "members.access-log",
    "challenges.unlock",
    "visits.start",
];

const SECRET: &str = "a secret of the tests, long enough";

pub(crate) struct Desk {
    pub(crate) clock: Clock,
    pub(crate) foundation: Foundation,
    pub(crate) service: Service,
    /// Sees every row.
    pub(crate) admin: PgPool,
    pub(crate) facility: Person,
    pub(crate) payer: Person,
    pub(crate) phone: Phone,
    signing: EncodingKey,
    _leftovers: Leftovers,
}

/// Somebody who works for an organization.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) organization: OrganizationId,
    kind: OrganizationKind,
    pub(crate) account: AccountId,
}

#[derive(Parser)]
struct Whole {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    config: careway_identity::Config,
}

static KEY: AtomicU64 = AtomicU64::new(0);

/// A fresh Idempotency-Key.
pub(crate) fn key() -> String {
    format!("test-key-{:016}", KEY.fetch_add(1, Ordering::Relaxed))
}

impl Desk {
    /// Opens the desk, with the limits an installation has that says nothing.
    pub(crate) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// Opens the desk with other settings.
    pub(crate) async fn open_with(more: &[&str]) -> Self {
        let database = TestDatabase::create(careway_identity::NAME, &careway_identity::MIGRATOR).await;
        let (servers, prefix) = (TestServers::from_env(), unique_prefix());
        let redis = ["--redis-url", &servers.redis];
        let mut arguments = vec!["test"];
        arguments.extend(redis.iter().filter(|_| !more.contains(&"--redis-url")));
        arguments.extend([
            "--nats-url",
            &servers.nats,
            "--prefix",
            &prefix,
            "--service-secret",
            SECRET,
            "--identity-database-url",
            &database.url_app,
            "--identity-master-key",
            SECRET,
            "--code-pepper",
            SECRET,
        ]);
        arguments.extend(more);
        let whole = Whole::parse_from(arguments);
        let clock = Clock::movable();
        let foundation = Foundation::build(&whole.settings, clock.clone()).await.unwrap();
        let phone = Phone::default();
        foundation
            .registry
            .provide("renewals", upstream(Routes::new(NotificationServiceServer::new(phone.clone()))));
        let service = careway_identity::start(whole.config, foundation.clone()).await.unwrap();
        let signing = signing_key();
        // The tests' tokens are signed by a key of their own: signing in is tested elsewhere.
        let keys = KeyServiceServer::new(Keys(signing.clone()));
        foundation.registry.provide("identity", upstream(Routes::new(keys)));
        let admin = PgPool::connect(&database.url_admin).await.unwrap();
        let person = |kind| Person {
            organization: OrganizationId::new(&clock),
            kind,
            account: AccountId::new(&clock),
        };
        let (facility, payer) = (person(OrganizationKind::Facility), person(OrganizationKind::Payer));
        let _leftovers = Leftovers::of(&prefix, &foundation.shutdown);
        let desk = Self { clock, foundation, service, admin, facility, payer, phone, signing, _leftovers };
        desk.know(&desk.facility, "Kigali Clinic").await;
        desk.know(&desk.payer, "Umurage Health").await;
        desk
    }

    /// Somebody of another organization of this kind.
    pub(crate) async fn other(&self, kind: OrganizationKind, name: &str) -> Person {
        let other = Person {
            organization: OrganizationId::new(&self.clock),
            kind,
            account: AccountId::new(&self.clock),
        };
        self.know(&other, name).await;
        other
    }

    /// Somebody else of the same organization.
    pub(crate) fn colleague(&self, of: &Person) -> Person {
        Person { account: AccountId::new(&self.clock), ..of.clone() }
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
        MemberServiceClient::new(self.service.upstream.clone())
    }

    pub(crate) fn challenges(&self) -> ChallengeServiceClient<Upstream> {
        ChallengeServiceClient::new(self.service.upstream.clone())
    }

    /// A request by a person under a key.
    pub(crate) fn by<M>(&self, person: &Person, key: &str, message: M) -> Request<M> {
        let now = self.clock.now().timestamp();
        let claims = serde_json::json!({
            "iss": "careway", "aud": "careway-api", "iat": now, "nbf": now, "exp": now + 600,
            "sub": person.account, "org": person.organization, "kind": person.kind, "perms": PERMISSIONS,
        });
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some("test".to_owned());
        let token = jsonwebtoken::encode(&header, &claims, &self.signing).unwrap();
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        request.metadata_mut().insert("idempotency-key", key.parse().unwrap());
        request
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

    /// How many events of a type were said.
    pub(crate) async fn said(&self, event: &str) -> i64 {
        self.count(&format!("select count(*) from outbox where type = 'careway.identity.v1.{event}'")).await
    }

    pub(crate) async fn count(&self, query: &str) -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned())).fetch_one(&self.admin).await.unwrap()
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

/// A status as the refusal it carries.
pub(crate) fn refusal<T: std::fmt::Debug>(outcome: Result<T, impl Into<Error>>) -> Error {
    outcome.expect_err("a refusal").into()
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
        let patience = std::time::Duration::from_secs(10);
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
}

struct Keys(EncodingKey);

#[async_trait]
impl KeyService for Keys {
    async fn get_jwks(&self, _: Request<GetJwksRequest>) -> Result<Response<GetJwksResponse>, Status> {
        let jwk = Jwk::from_encoding_key(&self.0, Algorithm::EdDSA).unwrap();
        let AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else { panic!("an Ed25519 key") };
        let key = JsonWebKey { kid: "test".to_owned(), x: pair.x, alg: "EdDSA".to_owned() };
        Ok(Response::new(GetJwksResponse { keys: vec![key] }))
    }

    async fn rotate_signing_key(
        &self,
        _: Request<RotateSigningKeyRequest>,
    ) -> Result<Response<RotateSigningKeyResponse>, Status> {
        Err(Status::unimplemented("not here"))
    }
}

fn signing_key() -> EncodingKey {
    // RFC 8410: a PKCS#8 Ed25519 private key is this prefix and the seed.
    let mut pkcs8 = hex::decode("302e020100300506032b657004220420").unwrap();
    pkcs8.extend_from_slice(&[7; 32]);
    EncodingKey::from_ed_der(&pkcs8)
}

fn upstream(routes: Routes) -> Upstream {
    type HttpRequest = http::Request<tonic::body::Body>;
    let answered = ServiceExt::<HttpRequest>::map_err(routes.prepare(), |never| -> Status { match never {} });
    BoxCloneSyncService::new(answered)
}
