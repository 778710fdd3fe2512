//! A renewals service per test, with an authority, two agencies that it appointed, another authority with an agency of its
//! own, and the participants that a test asks for.

use std::{ops::Deref, path::PathBuf};

use careway_contract::renewals::v1::{
    AppointAgencyRequest, RenewalSettings, SetRenewalSettingsRequest,
    agency_service_client::AgencyServiceClient, data_issue_service_client::DataIssueServiceClient,
    participant_service_client::ParticipantServiceClient,
    renewal_settings_service_client::RenewalSettingsServiceClient,
};
use careway_kernel::{Clock, ParticipantId, text};
use careway_renewals::{MIGRATOR, NAME};
use careway_service::{OrganizationKind, Upstream};
use careway_testing::{FaultProxy, Person, TestService, TestSetup, TokenSigner, key};
use tonic::Request;

use crate::fake_identity::FakeIdentity;

/// Every permission; what the guard does with them is tested elsewhere.
const PERMISSIONS: [&str; 17] = [
    "participants.read",
    "participants.contact",
    "participants.import",
    "data-issues.report",
    "data-issues.resolve",
    "agencies.manage",
    "renewal-settings.manage",
    "renewals.read",
    "renewals.renew",
    "renewals.export",
    "renewals.import",
    "renewals.undo",
    "reminders.read",
    "reminders.manage",
    "reminders.approve",
    "templates.manage",
    "opt-outs.manage",
];

/// The codes of the two agencies of the authority, and of the other authority's.
pub(crate) const CODES: [&str; 3] = ["BI0902I", "BI0902J", "HN0100A"];

pub(crate) struct TestPeople {
    service: TestService,
    pub(crate) identity: FakeIdentity,
    /// Where the service keeps what it sends.
    folder: PathBuf,
    pub(crate) authority: Person,
    pub(crate) agency: Person,
    pub(crate) second_agency: Person,
    pub(crate) other_authority: Person,
    pub(crate) other_agency: Person,
    signer: TokenSigner,
}

impl Deref for TestPeople {
    type Target = TestService;
    fn deref(&self) -> &TestService {
        &self.service
    }
}

/// A participant as a test wants one; what it does not say is made up.
#[derive(Debug, Clone)]
pub(crate) struct Made<'a> {
    pub(crate) name: &'a str,
    pub(crate) number: &'a str,
    pub(crate) household: &'a str,
    pub(crate) last_day: &'a str,
}

/// Somebody with this BHXH number.
pub(crate) fn made(number: &str) -> Made<'_> {
    Made { name: "Trần Thị Hoà", number, household: "", last_day: "2026-12-12" }
}

impl TestPeople {
    /// On 28 November 2026, ten in the morning in Vietnam.
    pub(crate) async fn start() -> Self {
        Self::of(Self::setup().await).await
    }

    /// What the service is started with.
    pub(crate) async fn setup() -> TestSetup {
        let mut setup = TestSetup::of(NAME, &MIGRATOR).await;
        setup.clock = Clock::movable_from("2026-11-28T03:00:00Z".parse().unwrap());
        setup.with("CAREWAY_DATABASE_CONNECTIONS", "4")
    }

    /// Behind a proxy that counts round trips, to which the timer of campaigns adds none.
    pub(crate) async fn counting_round_trips() -> (FaultProxy, TestSetup) {
        Self::setup().await.with("CAREWAY_RENEWALS_TIMER_SECONDS", "3600").behind_a_proxy().await
    }

    /// Started so.
    pub(crate) async fn of(setup: TestSetup) -> Self {
        let folder = std::env::temp_dir().join(format!("careway-{}", setup.prefix));
        Self::without_routes(setup.with("CAREWAY_RENEWALS_FOLDER", folder.display().to_string())).await
    }

    /// Started so, and sending by what these settings say alone.
    pub(crate) async fn without_routes(setup: TestSetup) -> Self {
        let folder = std::env::temp_dir().join(format!("careway-{}", setup.prefix));
        let (identity, signer) = (FakeIdentity::default(), TokenSigner::new(&setup.clock));
        let person = |kind| Person::of(kind, &setup.clock);
        let [authority, other_authority] = [(); 2].map(|()| person(OrganizationKind::Authority));
        let [agency, second_agency, other_agency] = [(); 3].map(|()| person(OrganizationKind::Agency));
        let service = setup.start(identity.beside(&signer), careway_renewals::start).await;
        let people = Self {
            service,
            identity,
            folder,
            authority,
            agency,
            second_agency,
            other_authority,
            other_agency,
            signer,
        };
        people.know(&people.authority, "BHXH Thủ Đức").await;
        people.know(&people.other_authority, "BHXH Hà Nội").await;
        for (agency, code) in
            [&people.agency, &people.second_agency, &people.other_agency].into_iter().zip(CODES)
        {
            people.register(agency, code).await;
        }
        people.appoint(&people.authority, CODES[0]).await;
        people.appoint(&people.authority, CODES[1]).await;
        people.appoint(&people.other_authority, CODES[2]).await;
        people
    }

    /// Identity knows the agency by this code, and has told of it.
    pub(crate) async fn register(&self, agency: &Person, code: &str) {
        self.know(agency, &format!("Đại lý {code}")).await;
        self.identity.register(code, agency, &format!("Đại lý {code}"));
    }

    /// Identity told of this person's organization.
    pub(crate) async fn know(&self, person: &Person, name: &str) {
        sqlx::query(
            "insert into organization_ref (organization_id, kind, name, country, time_zone, locale, version)
             values ($1, $2, $3, 'VN', 'Asia/Ho_Chi_Minh', 'vi', 1)",
        )
        .bind(person.organization.uuid())
        .bind(person.kind.as_str())
        .bind(name)
        .execute(&self.admin)
        .await
        .unwrap();
    }

    /// Where the service keeps what it sends.
    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// The service, as it is called.
    pub(crate) fn upstream(&self) -> Upstream {
        self.service.service.upstream.clone()
    }

    /// A request by a person under a key of its own.
    pub(crate) fn by<M>(&self, person: &Person, message: M) -> Request<M> {
        self.keyed(person, &key(), message)
    }

    /// The same under this key.
    pub(crate) fn keyed<M>(&self, person: &Person, key: &str, message: M) -> Request<M> {
        self.signer.request(person, &PERMISSIONS, key, message)
    }

    /// A request that changes this version, and is not keyed.
    pub(crate) fn versioned<M>(&self, person: &Person, version: i32, message: M) -> Request<M> {
        let mut request = self.by(person, message);
        request.metadata_mut().remove("idempotency-key");
        request.metadata_mut().insert("if-match", version.into());
        request
    }

    pub(crate) fn agencies(&self) -> AgencyServiceClient<Upstream> {
        AgencyServiceClient::new(self.upstream())
    }

    pub(crate) fn participants(&self) -> ParticipantServiceClient<Upstream> {
        ParticipantServiceClient::new(self.upstream())
    }

    pub(crate) fn issues(&self) -> DataIssueServiceClient<Upstream> {
        DataIssueServiceClient::new(self.upstream())
    }

    pub(crate) fn settings(&self) -> RenewalSettingsServiceClient<Upstream> {
        RenewalSettingsServiceClient::new(self.upstream())
    }

    /// Appoints an agency by its code.
    pub(crate) async fn appoint(&self, authority: &Person, code: &str) {
        let request = AppointAgencyRequest { code: code.to_owned() };
        self.agencies().appoint_agency(self.by(authority, request)).await.unwrap();
    }

    /// Sets the authority's first settings.
    pub(crate) async fn set_settings(&self, settings: RenewalSettings) {
        let request = SetRenewalSettingsRequest { settings: Some(settings) };
        self.settings().set_renewal_settings(self.versioned(&self.authority, 0, request)).await.unwrap();
    }

    /// A participant of the agency, with a card of a year.
    pub(crate) async fn participant(
        &self,
        authority: &Person,
        agency: &Person,
        made: Made<'_>,
    ) -> ParticipantId {
        // Ids of one millisecond have no order.
        self.clock.advance(std::time::Duration::from_millis(1));
        let id = ParticipantId::new(&self.clock);
        let given = made
            .name
            .rsplit_once(' ')
            .map_or(made.name.to_owned(), |(rest, given)| format!("{given} {rest}"));
        sqlx::query(
            "with person as (
                insert into participant (participant_id, authority_id, agency_id, bhxh_number, full_name, folded_name,
                    given_name_first, birth, household, last_day, created_at, updated_at)
                values ($1, $2, $3, $4, $5, $6, $7, '1950', $8, $9::date, $10, $10) returning participant_id)
             insert into card_period (participant_id, valid_from, valid_to)
             select participant_id, $9::date - 364, $9::date from person",
        )
        .bind(id.uuid())
        .bind(authority.organization.uuid())
        .bind(agency.organization.uuid())
        .bind(made.number)
        .bind(made.name)
        .bind(text::fold(made.name))
        .bind(given)
        .bind(made.household)
        .bind(made.last_day.parse::<chrono::NaiveDate>().unwrap())
        .bind(self.clock.now())
        .execute(&self.admin)
        .await
        .unwrap();
        id
    }

    /// A participant of the first agency.
    pub(crate) async fn person(&self, made: Made<'_>) -> ParticipantId {
        self.participant(&self.authority, &self.agency, made).await
    }
}

impl Drop for TestPeople {
    fn drop(&mut self) {
        self.foundation.shutdown.cancel();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
