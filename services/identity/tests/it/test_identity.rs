//! The service started for one test, with an operator; mails are caught, and requests carry what the gateway sends.

use std::{
    ops::Deref,
    sync::{Arc, Mutex},
};

use careway_contract::{
    identity::v1::{
        AcceptInvitationRequest, CreateInvitationRequest, CreateOrganizationRequest, CreateSessionRequest,
        CreateSessionResponse, Organization, account_service_client::AccountServiceClient,
        api_client_service_client::ApiClientServiceClient, key_service_client::KeyServiceClient,
        organization::Kind as OrganizationKind, organization_service_client::OrganizationServiceClient,
        session_service_client::SessionServiceClient,
    },
    renewals::v1::{
        ReportBounceRequest, ReportBounceResponse, SendRequest, SendResponse,
        notification_service_server::{NotificationService, NotificationServiceServer},
    },
};
use careway_identity::{MIGRATOR, NAME};
use careway_kernel::Clock;
use careway_service::{Foundation, Upstream};
use careway_testing::{TestService, TestSetup, eventually, key};
use tonic::{Request, Response, Status, service::Routes};

pub(crate) const OPERATOR: &str = "operator@careway.example";
pub(crate) const PASSWORD: &str = "umuganda ku wa gatandatu";

/// Catches what would be sent.
#[derive(Clone, Default)]
struct Caught(Arc<Mutex<Vec<SendRequest>>>);

#[tonic::async_trait]
impl NotificationService for Caught {
    async fn send(&self, request: Request<SendRequest>) -> Result<Response<SendResponse>, Status> {
        self.0.lock().unwrap().push(request.into_inner());
        Ok(Response::new(SendResponse { message_id: "caught".to_owned() }))
    }

    async fn report_bounce(
        &self,
        _: Request<ReportBounceRequest>,
    ) -> Result<Response<ReportBounceResponse>, Status> {
        Err(Status::unimplemented("nothing bounces here"))
    }
}

pub(crate) struct TestIdentity {
    service: TestService,
    caught: Caught,
}

/// A request as the gateway sends it.
pub(crate) struct Ask<M>(Request<M>);

/// A request by nobody in particular, with a key of its own.
pub(crate) fn ask<M>(message: M) -> Ask<M> {
    Ask(Request::new(message)).key(&key())
}

impl<M> Ask<M> {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.0.metadata_mut().insert(name, value.parse().unwrap());
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.with("idempotency-key", key)
    }

    pub(crate) fn by(self, access_token: &str) -> Request<M> {
        self.with("authorization", &format!("Bearer {access_token}")).0
    }

    pub(crate) fn version(self, version: i32) -> Self {
        self.with("if-match", &version.to_string())
    }

    pub(crate) fn from(self, address: &str) -> Request<M> {
        self.with("careway-client-ip", address).0
    }

    pub(crate) fn by_nobody(self) -> Request<M> {
        self.0
    }
}

impl Deref for TestIdentity {
    type Target = TestService;
    fn deref(&self) -> &TestService {
        &self.service
    }
}

impl TestIdentity {
    pub(crate) async fn start() -> Self {
        Self::start_by(Clock::movable()).await
    }

    /// By a clock that only the test moves: however slow the requests are, they take no time by it.
    pub(crate) async fn at_a_standstill() -> Self {
        Self::start_by(Clock::manual(Clock::system().now())).await
    }

    async fn start_by(clock: Clock) -> Self {
        let mut setup = TestSetup::of(NAME, &MIGRATOR).await.with_all(&[
            ("CAREWAY_DATABASE_CONNECTIONS", "4"),
            ("CAREWAY_IDENTITY_CODE_PEPPER", "a pepper of the tests, long enough too"),
            ("CAREWAY_IDENTITY_OPERATOR_EMAIL", OPERATOR),
            ("CAREWAY_IDENTITY_OPERATOR_PASSWORD", PASSWORD),
        ]);
        setup.clock = clock;
        let caught = Caught::default();
        let renewals = |foundation: &Foundation| {
            let routes = Routes::new(NotificationServiceServer::new(caught.clone()));
            foundation.registry.provide("renewals", foundation.guard(routes));
        };
        let service = setup.start(renewals, careway_identity::start).await;
        Self { service, caught }
    }

    fn upstream(&self) -> Upstream {
        self.service.service.upstream.clone()
    }

    pub(crate) fn accounts(&self) -> AccountServiceClient<Upstream> {
        AccountServiceClient::new(self.upstream())
    }

    pub(crate) fn api_clients(&self) -> ApiClientServiceClient<Upstream> {
        ApiClientServiceClient::new(self.upstream())
    }

    pub(crate) fn keys(&self) -> KeyServiceClient<Upstream> {
        KeyServiceClient::new(self.upstream())
    }

    pub(crate) fn organizations(&self) -> OrganizationServiceClient<Upstream> {
        OrganizationServiceClient::new(self.upstream())
    }

    pub(crate) fn sessions(&self) -> SessionServiceClient<Upstream> {
        SessionServiceClient::new(self.upstream())
    }

    /// Tries to sign in.
    pub(crate) async fn try_sign_in(
        &self,
        email: &str,
        password: &str,
    ) -> Result<CreateSessionResponse, Status> {
        let message = CreateSessionRequest {
            email: email.to_owned(),
            password: password.to_owned(),
            ..CreateSessionRequest::default()
        };
        Ok(self.sessions().create_session(ask(message).by_nobody()).await?.into_inner())
    }

    /// Signs in with the password of all.
    pub(crate) async fn sign_in(&self, email: &str) -> CreateSessionResponse {
        self.try_sign_in(email, PASSWORD).await.unwrap()
    }

    /// An organization, and its administrator's session.
    pub(crate) async fn organization(
        &self,
        kind: OrganizationKind,
        name: &str,
    ) -> (Organization, CreateSessionResponse) {
        let operator = self.sign_in(OPERATOR).await.access_token;
        let message = CreateOrganizationRequest {
            kind: kind.into(),
            name: name.to_owned(),
            country: "RW".to_owned(),
            time_zone: "Africa/Kigali".to_owned(),
            ..CreateOrganizationRequest::default()
        };
        let created = self.organizations().create_organization(ask(message).by(&operator)).await.unwrap();
        let organization = created.into_inner().organization.unwrap();
        let email = format!("admin@{}.example", name.to_lowercase());
        self.invite(&operator, &email, "ADMINISTRATOR", &organization.organization_id).await;
        self.accept(&email).await;
        (organization, self.sign_in(&email).await)
    }

    /// A person who works for the administrator's organization, signed in.
    pub(crate) async fn staff(&self, administrator: &str, email: &str, role: &str) -> CreateSessionResponse {
        self.invite(administrator, email, role, "").await;
        self.accept(email).await;
        self.sign_in(email).await
    }

    /// Invites; returns the account to be.
    pub(crate) async fn invite(&self, by: &str, email: &str, role: &str, organization_id: &str) -> String {
        let message = CreateInvitationRequest {
            email: email.to_owned(),
            name: "Aline Uwase".to_owned(),
            roles: vec![role.to_owned()],
            organization_id: organization_id.to_owned(),
        };
        self.accounts().create_invitation(ask(message).by(by)).await.unwrap().into_inner().account_id
    }

    /// Follows the link that was last sent to the address.
    pub(crate) async fn accept(&self, email: &str) -> String {
        let message = AcceptInvitationRequest {
            token: self.token_sent_to(email),
            password: PASSWORD.to_owned(),
            ..AcceptInvitationRequest::default()
        };
        self.accounts().accept_invitation(ask(message).by_nobody()).await.unwrap().into_inner().account_id
    }

    /// What was sent to the address.
    pub(crate) fn sent_to(&self, email: &str) -> Vec<SendRequest> {
        let caught = self.caught.0.lock().unwrap();
        caught.iter().filter(|message| message.to == email).cloned().collect()
    }

    /// Waits until this many mails were sent to the address: some are sent after the answer.
    pub(crate) async fn mails_to(&self, email: &str, wanted: usize) {
        eventually("the mail comes", async || self.sent_to(email).len() >= wanted).await;
    }

    /// The token of the link that was last sent to the address.
    pub(crate) fn token_sent_to(&self, email: &str) -> String {
        let sent = self.sent_to(email);
        let link = &sent.last().expect("something was sent").values["link"];
        link.split_once('#').expect("the token is in the fragment").1.to_owned()
    }

    /// Lets every service read the revocations, as it does once a second.
    pub(crate) async fn hear_revocations(&self) {
        let mut redis = self.foundation.redis.clone();
        self.foundation.verifier.read_revocations(&mut redis, &self.foundation.prefix).await.unwrap();
    }
}

/// The stable reason of a refusal.
pub(crate) fn reason(status: &Status) -> String {
    use tonic_types::StatusExt as _;
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}
