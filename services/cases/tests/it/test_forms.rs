//! The service started for one test of its forms; identity registers partners and renewals catches mails, both faked.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, Mutex},
};

use careway_cases::{MIGRATOR, NAME};
use careway_contract::{
    cases::v1::{
        case_form_service_client::CaseFormServiceClient,
        interest_form_service_client::InterestFormServiceClient,
    },
    renewals::v1::{
        ReportBounceRequest, ReportBounceResponse, SendRequest, SendResponse,
        notification_service_server::{NotificationService, NotificationServiceServer},
    },
};
use careway_service::{Foundation, OrganizationKind, Upstream};
use careway_testing::{Person, TestService, TestSetup, TokenSigner, eventually, key, upstream};
use tonic::{Request, Response, Status, service::Routes};

/// Catches what would be sent; refuses while it is away.
#[derive(Clone, Default)]
struct Caught {
    mails: Arc<Mutex<HashMap<String, SendRequest>>>,
    away: Arc<Mutex<bool>>,
}

#[tonic::async_trait]
impl NotificationService for Caught {
    async fn send(&self, request: Request<SendRequest>) -> Result<Response<SendResponse>, Status> {
        if *self.away.lock().unwrap() {
            return Err(Status::unavailable("away"));
        }
        let mail = request.into_inner();
        self.mails.lock().unwrap().entry(mail.dedupe_key.clone()).or_insert(mail);
        Ok(Response::new(SendResponse { message_id: "caught".to_owned() }))
    }

    async fn report_bounce(
        &self,
        _: Request<ReportBounceRequest>,
    ) -> Result<Response<ReportBounceResponse>, Status> {
        Err(Status::unimplemented("nothing bounces here"))
    }
}

pub(crate) struct TestForms {
    service: TestService,
    signer: TokenSigner,
    caught: Caught,
    pub(crate) lead: Person,
    pub(crate) partner: Person,
}

impl Deref for TestForms {
    type Target = TestService;
    fn deref(&self) -> &TestService {
        &self.service
    }
}

impl TestForms {
    pub(crate) async fn start() -> Self {
        let setup = TestSetup::of(NAME, &MIGRATOR)
            .await
            .with_all(&[("CAREWAY_DATABASE_CONNECTIONS", "4"), ("CAREWAY_CASES_TIMER_SECONDS", "1")])
            .with("CAREWAY_DOCUMENTS_KEYS", "the-first-key-of-documents-of-the-tests");
        let folder = std::env::temp_dir().join(format!("careway-documents-{}", setup.prefix));
        let setup = setup.or("CAREWAY_DOCUMENTS_PLACE", folder.to_string_lossy());
        let signer = TokenSigner::new(&setup.clock);
        let lead = Person::of(OrganizationKind::Platform, &setup.clock);
        let partner = Person::of(OrganizationKind::Partner, &setup.clock);
        let (keys, caught) = (signer.clone(), Caught::default());
        let mails = caught.clone();
        let beside = move |foundation: &Foundation| {
            foundation.registry.provide("identity", upstream(Routes::new(keys.keys())));
            let routes = Routes::new(NotificationServiceServer::new(mails.clone()));
            foundation.registry.provide("renewals", upstream(routes));
        };
        let service = setup.start(beside, careway_cases::start).await;
        Self { service, signer, caught, lead, partner }
    }

    fn upstream(&self) -> Upstream {
        self.service.service.upstream.clone()
    }

    pub(crate) fn forms(&self) -> CaseFormServiceClient<Upstream> {
        CaseFormServiceClient::new(self.upstream())
    }

    pub(crate) fn interest(&self) -> InterestFormServiceClient<Upstream> {
        InterestFormServiceClient::new(self.upstream())
    }

    /// A lead's request.
    pub(crate) fn lead<M>(&self, message: M) -> Request<M> {
        self.signer.request(
            &self.lead,
            &["cases.read", "cases.write", "cases.handle", "cases.manage"],
            &key(),
            message,
        )
    }

    /// A partner's request.
    pub(crate) fn partner<M>(&self, message: M) -> Request<M> {
        self.signer.request(&self.partner, &["cases.read", "cases.write"], &key(), message)
    }

    /// Whether renewals answers.
    pub(crate) fn renewals_is_away(&self, away: bool) {
        *self.caught.away.lock().unwrap() = away;
    }

    /// The mails to an address.
    pub(crate) fn mails_to(&self, email: &str) -> Vec<SendRequest> {
        self.caught.mails.lock().unwrap().values().filter(|mail| mail.to == email).cloned().collect()
    }

    /// The mail in this template to an address, once it comes.
    pub(crate) async fn mail(&self, template: &str, email: &str) -> SendRequest {
        let find = || self.mails_to(email).into_iter().find(|mail| mail.template == template);
        eventually(&format!("{template} comes"), async || find().is_some()).await;
        find().unwrap()
    }
}

/// The stable reason of a refusal.
pub(crate) fn reason(status: &Status) -> String {
    use tonic_types::StatusExt as _;
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

/// The fields that a refusal names.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    use tonic_types::StatusExt as _;
    let details = status.get_error_details();
    let bad = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    bad.into_iter().map(|violation| violation.field).collect()
}
