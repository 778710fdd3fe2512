//! Cases started for one test: two partners, support's people, and the calls.

use std::{ops::Deref, path::PathBuf};

use careway_cases::{MIGRATOR, NAME};
use careway_contract::cases::v1::{case_service_client::CaseServiceClient, *};
use careway_events::{Fact, Relay, record};
use careway_service::{Database, Error, OrganizationKind, Upstream};
use careway_testing::{Person, TestDatabase, TestService, TestSetup, TokenSigner, key};
use tokio::sync::OnceCell;
use tonic::Request;

use crate::fake_identity::FakeIdentity;

/// What a partner's editor may do.
pub(crate) const EDITOR: &[&str] = &["cases.read", "cases.write"];
/// What one of support's agents may do.
pub(crate) const AGENT: &[&str] = &["cases.read", "cases.write", "cases.handle"];
/// And a lead.
pub(crate) const LEAD: &[&str] = &["cases.read", "cases.write", "cases.handle", "cases.manage"];

/// Somebody with permissions.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) person: Person,
    pub(crate) permissions: &'static [&'static str],
}

pub(crate) struct TestCases {
    service: TestService,
    signer: TokenSigner,
    pub(crate) identity: FakeIdentity,
    /// Where the service keeps files.
    pub(crate) folder: PathBuf,
    /// Editors of one partner.
    pub(crate) tanvir: Member,
    pub(crate) farhana: Member,
    /// A reader of the same.
    pub(crate) nusrat: Member,
    /// An editor of another partner.
    pub(crate) linh: Member,
    /// Support's agents, and their lead.
    pub(crate) grace: Member,
    pub(crate) jean: Member,
    pub(crate) paul: Member,
    /// From where another context speaks: the service's own relay would publish it as its own.
    elsewhere: OnceCell<(TestDatabase, Database)>,
}

impl Deref for TestCases {
    type Target = TestService;
    fn deref(&self) -> &TestService {
        &self.service
    }
}

impl Drop for TestCases {
    fn drop(&mut self) {
        self.foundation.shutdown.cancel();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl TestCases {
    pub(crate) async fn start() -> Self {
        Self::of(Self::setup().await).await
    }

    pub(crate) async fn setup() -> TestSetup {
        let setup = TestSetup::of(NAME, &MIGRATOR).await;
        setup
            .with("CAREWAY_DATABASE_CONNECTIONS", "6")
            .with("CAREWAY_CASES_TIMER_SECONDS", "1")
            .with("CAREWAY_DOCUMENTS_KEYS", "the-first-key-of-documents-of-the-tests")
    }

    pub(crate) async fn of(setup: TestSetup) -> Self {
        let folder = std::env::temp_dir().join(format!("careway-documents-{}", setup.prefix));
        let setup = setup.or("CAREWAY_DOCUMENTS_PLACE", folder.to_string_lossy());
        let clock = setup.clock.clone();
        let (signer, identity) = (TokenSigner::new(&clock), FakeIdentity::default());
        let partner = |clock| Person::of(OrganizationKind::Partner, clock);
        let (tanvir, linh) = (partner(&clock), partner(&clock));
        let grace = Person::of(OrganizationKind::Platform, &clock);
        let member = |person: Person, permissions: &'static [&'static str]| {
            identity.knows(&person, permissions);
            Member { person, permissions }
        };
        let (farhana, nusrat) = (tanvir.colleague(&clock), tanvir.colleague(&clock));
        let (jean, paul) = (grace.colleague(&clock), grace.colleague(&clock));
        let members = [
            member(tanvir, EDITOR),
            member(farhana, EDITOR),
            member(nusrat, &EDITOR[..1]),
            member(linh, EDITOR),
            member(grace, AGENT),
            member(jean, AGENT),
            member(paul, LEAD),
        ];
        let service = setup.start(identity.beside(&signer), careway_cases::start).await;
        let [tanvir, farhana, nusrat, linh, grace, jean, paul] = members;
        let elsewhere = OnceCell::new();
        let cases = Self {
            service,
            signer,
            identity,
            folder,
            tanvir,
            farhana,
            nusrat,
            linh,
            grace,
            jean,
            paul,
            elsewhere,
        };
        cases.know_organizations().await;
        cases
    }

    /// What identity's events would have told.
    async fn know_organizations(&self) {
        for (member, kind, name, zone) in [
            (&self.tanvir, "PARTNER", "Shondhan Appointments", "Asia/Dhaka"),
            (&self.linh, "PARTNER", "Lotus Booking", "Asia/Ho_Chi_Minh"),
            (&self.grace, "PLATFORM", "Careway", "Africa/Kigali"),
        ] {
            sqlx::query(
                "insert into organization_ref (organization_id, kind, name, country, time_zone, locale, version)
                 values ($1, $2, $3, 'BD', $4, 'bn', 1)",
            )
            .bind(member.person.organization.uuid())
            .bind(kind)
            .bind(name)
            .bind(zone)
            .execute(&self.admin)
            .await
            .unwrap();
        }
    }

    /// Another context says something; one of them in a test.
    pub(crate) async fn hears(&self, context: &'static str, fact: Fact) {
        self.says(fact).await;
        self.relay(context).await;
    }

    /// Another context says something, and its relay has not told it yet.
    pub(crate) async fn says(&self, fact: Fact) {
        let mut tx = self.elsewhere().await.begin_system("tests").await.unwrap();
        record(&mut tx, fact);
        tx.finish().await.unwrap();
    }

    /// What the other context said is told.
    pub(crate) async fn relay(&self, context: &'static str) {
        Relay::new(&self.foundation, self.elsewhere().await, context).start();
    }

    /// The other context's database.
    async fn elsewhere(&self) -> &Database {
        let opened = async || {
            let database = TestDatabase::create(NAME, &MIGRATOR).await;
            let opened = database.open(2, &self.clock).await;
            (database, opened)
        };
        &self.elsewhere.get_or_init(opened).await.1
    }

    pub(crate) fn client(&self) -> CaseServiceClient<Upstream> {
        CaseServiceClient::new(self.foundation.registry.upstream(NAME))
    }

    /// A request of somebody. Ids of one millisecond have no order, so that time passes.
    pub(crate) fn by<M>(&self, member: &Member, message: M) -> Request<M> {
        self.keyed(member, &key(), message)
    }

    pub(crate) fn keyed<M>(&self, member: &Member, key: &str, message: M) -> Request<M> {
        self.clock.advance(std::time::Duration::from_millis(1));
        self.signer.request(&member.person, member.permissions, key, message)
    }

    /// The same for the version that somebody read.
    pub(crate) fn of_version<M>(&self, member: &Member, version: i32, message: M) -> Request<M> {
        let mut request = self.by(member, message);
        request.metadata_mut().insert("if-match", version.to_string().parse().unwrap());
        request
    }

    pub(crate) async fn open(&self, by: &Member, subject: &str) -> Case {
        self.try_open(by, opening(subject)).await.unwrap()
    }

    pub(crate) async fn try_open(&self, by: &Member, request: OpenCaseRequest) -> Result<Case, Error> {
        Ok(self.client().open_case(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    pub(crate) async fn get(&self, by: &Member, case_id: &str) -> Result<Case, Error> {
        let request = GetCaseRequest { case_id: case_id.to_owned() };
        Ok(self.client().get_case(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    pub(crate) async fn list(&self, by: &Member, request: ListCasesRequest) -> Vec<String> {
        let page = self.client().list_cases(self.by(by, request)).await.unwrap().into_inner();
        page.cases.into_iter().map(|case| case.subject).collect()
    }

    pub(crate) async fn say(&self, by: &Member, case_id: &str, body: &str) -> Result<Case, Error> {
        let request = AddCaseMessageRequest {
            case_id: case_id.to_owned(),
            body: body.to_owned(),
            ..Default::default()
        };
        Ok(self.client().add_case_message(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    pub(crate) async fn note(&self, by: &Member, case_id: &str, body: &str) -> Result<CaseMessage, Error> {
        let request = AddCaseMessageRequest {
            case_id: case_id.to_owned(),
            body: body.to_owned(),
            internal: true,
            ..Default::default()
        };
        Ok(self.client().add_case_message(self.by(by, request)).await?.into_inner().message.unwrap())
    }

    pub(crate) async fn wait_for(&self, by: &Member, case_id: &str) -> Result<Case, Error> {
        let request = WaitForPartnerRequest {
            case_id: case_id.to_owned(),
            message: "Which booking was it?".to_owned(),
            ..Default::default()
        };
        Ok(self.client().wait_for_partner(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    pub(crate) async fn solve(&self, by: &Member, case_id: &str) -> Result<Case, Error> {
        let request = SolveCaseRequest {
            case_id: case_id.to_owned(),
            message: "It is mended.".to_owned(),
            ..Default::default()
        };
        Ok(self.client().solve_case(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    pub(crate) async fn close(&self, by: &Member, case_id: &str, reason: &str) -> Result<Case, Error> {
        let request = CloseCaseRequest { case_id: case_id.to_owned(), reason: reason.to_owned() };
        Ok(self.client().close_case(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    pub(crate) async fn follow_up(&self, by: &Member, case_id: &str) -> Result<Case, Error> {
        let request = FollowUpCaseRequest {
            case_id: case_id.to_owned(),
            description: "It happened again.".to_owned(),
            ..Default::default()
        };
        Ok(self.client().follow_up_case(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    pub(crate) async fn assign(&self, by: &Member, case_id: &str, to: &Member) -> Result<Case, Error> {
        let request =
            AssignCaseRequest { case_id: case_id.to_owned(), assignee_id: to.person.account.to_string() };
        Ok(self.client().assign_case(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    pub(crate) async fn messages(&self, by: &Member, case_id: &str) -> Vec<CaseMessage> {
        let request = ListCaseMessagesRequest { case_id: case_id.to_owned(), ..Default::default() };
        self.client().list_case_messages(self.by(by, request)).await.unwrap().into_inner().messages
    }

    pub(crate) async fn history(&self, by: &Member, case_id: &str) -> Vec<CaseChange> {
        let request = ListCaseHistoryRequest { case_id: case_id.to_owned(), ..Default::default() };
        self.client().list_case_history(self.by(by, request)).await.unwrap().into_inner().changes
    }
}

/// A question about appointments.
pub(crate) fn opening(subject: &str) -> OpenCaseRequest {
    OpenCaseRequest {
        kind: case::Kind::Question.into(),
        topic: "appointments".to_owned(),
        form_version: 1,
        subject: subject.to_owned(),
        description: "The page says 40 taka, the tariff 35.".to_owned(),
        answers: Some(answers(&[("problem", "OTHER")])),
        ..Default::default()
    }
}

/// Answers to these questions of a form.
pub(crate) fn answers(given: &[(&str, &str)]) -> prost_types::Struct {
    let text = |text: &str| prost_types::Value {
        kind: Some(prost_types::value::Kind::StringValue(text.to_owned())),
    };
    prost_types::Struct {
        fields: given.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect(),
    }
}
