//! A channels service per test, with a provider, a channel and Careway's support; and what they do with it.

use std::ops::Deref;

use careway_channels::{MIGRATOR, NAME};
use careway_contract::channels::v1::{
    booking_service_client::BookingServiceClient,
    channel_booking_service_client::ChannelBookingServiceClient,
    channel_contract_service_client::ChannelContractServiceClient,
    channel_notice_service_client::ChannelNoticeServiceClient, channel_service_client::ChannelServiceClient,
    closure_service_client::ClosureServiceClient, connection_service_client::ConnectionServiceClient,
    consent_service_client::ConsentServiceClient, edit_prices_request::Edit,
    hold_service_client::HoldServiceClient, offered_service_service_client::OfferedServiceServiceClient,
    price_service_client::PriceServiceClient, resource_service_client::ResourceServiceClient,
    slot_service_client::SlotServiceClient, *,
};
use careway_kernel::Clock;
use careway_service::{OrganizationKind, Upstream};
use careway_testing::{Person, TestService, TestSetup, TokenSigner, eventually, key};
use tonic::Request;

use crate::fake_renewals::{ChannelSystem, FakeRenewals};

/// Every permission; what the guard does with them is tested elsewhere.
const PERMISSIONS: [&str; 20] = [
    "channels.read",
    "channels.connect",
    "channels.contract",
    "channels.suspend",
    "channels.test",
    "channels.set-up",
    "channels.acknowledge",
    "channels.go-live",
    "services.manage",
    "calendars.manage",
    "prices.manage",
    "consents.publish",
    "organizations.read",
    "claims.read",
    "visits.read",
    "webhooks.manage",
    "catalogue.read",
    "bookings.make",
    "bookings.manage",
    "bookings.read",
];

pub(crate) struct TestChannels {
    pub(crate) service: TestService,
    pub(crate) renewals: FakeRenewals,
    signer: TokenSigner,
    pub(crate) provider: Person,
    pub(crate) channel: Person,
    pub(crate) support: Person,
    pub(crate) system: ChannelSystem,
}

impl Deref for TestChannels {
    type Target = TestService;
    fn deref(&self) -> &TestService {
        &self.service
    }
}

impl TestChannels {
    pub(crate) async fn run() -> Self {
        Self::run_by(Clock::movable()).await
    }

    /// From a Wednesday morning on, far from where days and weeks of a calendar end.
    pub(crate) async fn run_midweek() -> Self {
        Self::run_by(Clock::movable_from("2027-02-03T08:00:00Z".parse().unwrap())).await
    }

    /// By a clock that stands until the test moves it: nothing is due by itself.
    pub(crate) async fn run_standing() -> Self {
        Self::run_by(Clock::manual("2027-02-03T08:00:00Z".parse().unwrap())).await
    }

    /// By this clock.
    pub(crate) async fn run_by(clock: Clock) -> Self {
        Self::run_with(clock, &[]).await
    }

    /// By this clock, with more settings.
    pub(crate) async fn run_with(clock: Clock, settings: &[(&str, &str)]) -> Self {
        let setup = TestSetup::of(NAME, &MIGRATOR).await.with_all(&[
            ("CAREWAY_CHANNELS_TIMER_SECONDS", "1"),
            ("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true"),
        ]);
        let mut setup = setup.with_all(settings);
        setup.clock = clock;
        let (renewals, signer) = (FakeRenewals::new(&setup.clock), TokenSigner::new(&setup.clock));
        let clock = setup.clock.clone();
        let service = setup.start(renewals.beside(&signer), careway_channels::start).await;
        let channels = Self {
            provider: Person::of(OrganizationKind::Facility, &clock),
            channel: Person::of(OrganizationKind::Channel, &clock),
            support: Person::of(OrganizationKind::Platform, &clock),
            system: ChannelSystem::start().await,
            service,
            renewals,
            signer,
        };
        channels.know(&channels.provider, "Clinica Sănătatea").await;
        channels.know(&channels.channel, "Global Assistance").await;
        channels
    }

    /// A second instance of the service beside it, on the same database.
    pub(crate) async fn twin(&self) -> TestService {
        let beside = self.renewals.beside(&self.signer);
        self.setup.clone().start(beside, careway_channels::start).await
    }

    /// Identity told of this person's organization.
    pub(crate) async fn know(&self, person: &Person, name: &str) {
        sqlx::query(
            "insert into organization_ref (organization_id, kind, name, country, time_zone, locale, version)
             values ($1, $2, $3, 'RO', 'Europe/Bucharest', 'ro', 1)",
        )
        .bind(person.organization.uuid())
        .bind(person.kind.as_str())
        .bind(name)
        .execute(&self.admin)
        .await
        .unwrap();
    }

    /// A person's request under a key of its own.
    pub(crate) fn by<M>(&self, person: &Person, message: M) -> Request<M> {
        self.signer.request(person, &PERMISSIONS, &key(), message)
    }

    /// The same with these permissions alone.
    pub(crate) fn by_one_who_may<M>(&self, person: &Person, permissions: &[&str], message: M) -> Request<M> {
        self.signer.request(person, permissions, &key(), message)
    }

    /// The same under this key.
    pub(crate) fn by_key<M>(&self, person: &Person, key: &str, message: M) -> Request<M> {
        self.signer.request(person, &PERMISSIONS, key, message)
    }

    /// The same, meant for a version.
    pub(crate) fn by_at<M>(&self, person: &Person, version: i32, message: M) -> Request<M> {
        let mut request = self.by(person, message);
        request.metadata_mut().insert("if-match", version.to_string().parse().unwrap());
        request
    }

    pub(crate) fn upstream(&self) -> Upstream {
        self.service.service.upstream.clone()
    }

    pub(crate) fn connections(&self) -> ConnectionServiceClient<Upstream> {
        ConnectionServiceClient::new(self.upstream())
    }

    pub(crate) fn notices(&self) -> ChannelNoticeServiceClient<Upstream> {
        ChannelNoticeServiceClient::new(self.upstream())
    }

    pub(crate) fn contracts(&self) -> ChannelContractServiceClient<Upstream> {
        ChannelContractServiceClient::new(self.upstream())
    }

    pub(crate) fn channels(&self) -> ChannelServiceClient<Upstream> {
        ChannelServiceClient::new(self.upstream())
    }

    pub(crate) fn consents(&self) -> ConsentServiceClient<Upstream> {
        ConsentServiceClient::new(self.upstream())
    }

    pub(crate) fn resources(&self) -> ResourceServiceClient<Upstream> {
        ResourceServiceClient::new(self.upstream())
    }

    pub(crate) fn services(&self) -> OfferedServiceServiceClient<Upstream> {
        OfferedServiceServiceClient::new(self.upstream())
    }

    pub(crate) fn slots(&self) -> SlotServiceClient<Upstream> {
        SlotServiceClient::new(self.upstream())
    }

    pub(crate) fn prices(&self) -> PriceServiceClient<Upstream> {
        PriceServiceClient::new(self.upstream())
    }

    pub(crate) fn holds(&self) -> HoldServiceClient<Upstream> {
        HoldServiceClient::new(self.upstream())
    }

    pub(crate) fn bookings(&self) -> BookingServiceClient<Upstream> {
        BookingServiceClient::new(self.upstream())
    }

    pub(crate) fn channel_bookings(&self) -> ChannelBookingServiceClient<Upstream> {
        ChannelBookingServiceClient::new(self.upstream())
    }

    pub(crate) fn closures(&self) -> ClosureServiceClient<Upstream> {
        ClosureServiceClient::new(self.upstream())
    }

    /// The date of the provider, so many days from now.
    pub(crate) fn day(&self, days: i64) -> String {
        let now = self.clock.now().with_timezone(&chrono_tz::Europe::Bucharest);
        (now.date_naive() + chrono::TimeDelta::days(days)).to_string()
    }

    /// The channel says where it is written to, and where its system is told of events.
    pub(crate) async fn profile(&self) {
        let request = SetChannelProfileRequest {
            channel_id: self.channel.organization.to_string(),
            onboarding_address: "onboarding@assistance.example".to_owned(),
            language: "ro".to_owned(),
        };
        self.channels().set_channel_profile(self.by_at(&self.channel, 0, request)).await.unwrap();
        let (endpoint, _) = self.endpoint(&self.channel, &self.system.url).await;
        assert!(self.test_endpoint(&self.channel, &endpoint.endpoint_id).await.answered);
    }

    /// A contract from 30 days ago until that many days from now, confirmed by both.
    pub(crate) async fn contract_until(&self, days: i64) {
        let request = CreateChannelContractRequest {
            partner_id: self.channel.organization.to_string(),
            number: "GA-2027-014".to_owned(),
            from: self.day(-30),
            to: self.day(days),
            currency: "RON".to_owned(),
        };
        let made = self.contracts().create_channel_contract(self.by(&self.provider, request)).await.unwrap();
        let contract_id = made.into_inner().channel_contract.unwrap().contract_id;
        let confirm = ConfirmChannelContractRequest { contract_id };
        self.contracts().confirm_channel_contract(self.by(&self.channel, confirm)).await.unwrap();
    }

    /// A declaration in force from today; its hash.
    pub(crate) async fn consent(&self, from: &str, text: &str) -> Consent {
        let texts =
            vec![ConsentText { language: "ro".to_owned(), text: text.to_owned(), ..Default::default() }];
        let request = PublishConsentRequest { from: from.to_owned(), texts };
        let made = self.consents().publish_consent(self.by(&self.support, request)).await.unwrap();
        made.into_inner().consent.unwrap()
    }

    /// A doctor who works on Mondays.
    pub(crate) async fn doctor(&self) -> String {
        let request = CreateResourceRequest {
            kind: resource::Kind::Practitioner.into(),
            name: "Dr. Elena Marin".to_owned(),
        };
        let made = self.resources().create_resource(self.by(&self.provider, request)).await.unwrap();
        let id = made.into_inner().resource.unwrap().resource_id;
        self.set_hours(&id, 0, &[("09:00", "17:00")]).await;
        id
    }

    /// What a resource's Mondays are like.
    pub(crate) async fn set_hours(&self, resource: &str, version: i32, hours: &[(&str, &str)]) {
        let hours = hours.iter().map(|(from, to)| Hours { from: (*from).to_owned(), to: (*to).to_owned() });
        let calendar = Calendar {
            zone: "Europe/Bucharest".to_owned(),
            weekly: vec![DayHours { day: "MON".to_owned(), hours: hours.collect() }],
            ..Default::default()
        };
        let request = SetCalendarRequest { resource_id: resource.to_owned(), calendar: Some(calendar) };
        self.resources().set_calendar(self.by_at(&self.provider, version, request)).await.unwrap();
    }

    /// An examination by this resource.
    pub(crate) async fn service(&self, code: &str, resource: &str) -> String {
        let request = CreateServiceRequest {
            code: code.to_owned(),
            name: format!("Examination {code}"),
            duration_minutes: 30,
            needs: vec![Need { resource_ids: vec![resource.to_owned()] }],
            ..Default::default()
        };
        let made = self.services().create_service(self.by(&self.provider, request)).await.unwrap();
        made.into_inner().service.unwrap().service_id
    }

    /// A request to edit the channel's prices.
    pub(crate) fn edit(&self, edit: Edit) -> EditPricesRequest {
        EditPricesRequest {
            channel_id: self.channel.organization.to_string(),
            edit: Some(edit),
            ..Default::default()
        }
    }

    /// Sets the channel's price of everything.
    pub(crate) async fn price(&self, amount: &str) {
        let request = self.edit(Edit::Set(amount.to_owned()));
        self.prices().edit_prices(self.by(&self.provider, request)).await.unwrap();
    }

    pub(crate) async fn connect(&self) -> String {
        let request = CreateConnectionRequest { channel_id: self.channel.organization.to_string() };
        let made = self.connections().create_connection(self.by(&self.provider, request)).await.unwrap();
        made.into_inner().connection.unwrap().connection_id
    }

    pub(crate) async fn connection(&self, id: &str) -> Connection {
        let request = GetConnectionRequest { connection_id: id.to_owned() };
        let found = self.connections().get_connection(self.by(&self.provider, request)).await.unwrap();
        found.into_inner().connection.unwrap()
    }

    pub(crate) async fn tick(&self, id: &str, services: &[&str]) -> Connection {
        let service_ids = services.iter().map(|service| (*service).to_owned()).collect();
        let request = TickServicesRequest { connection_id: id.to_owned(), service_ids };
        let ticked = self.connections().tick_services(self.by(&self.provider, request)).await.unwrap();
        ticked.into_inner().connection.unwrap()
    }

    /// Declares the intent; the mail ends so.
    pub(crate) async fn declare(&self, id: &str, accepted: bool) {
        let message = self.renewals.expect();
        sqlx::query("insert into message_outcome (message_id, accepted, at) values ($1, $2, now())")
            .bind(message.uuid())
            .bind(accepted)
            .execute(&self.admin)
            .await
            .unwrap();
        let request = DeclareIntentRequest { connection_id: id.to_owned() };
        self.connections().declare_intent(self.by(&self.provider, request)).await.unwrap();
        let outcome = if accepted { "ACCEPTED" } else { "FAILED" };
        eventually("the mail has ended", async || self.connection(id).await.intent == outcome).await;
    }

    pub(crate) async fn activate(&self, id: &str) {
        let request = ActivateConnectionRequest { connection_id: id.to_owned() };
        self.connections().activate_connection(self.by(&self.provider, request)).await.unwrap();
    }

    pub(crate) async fn accept(&self, id: &str, consent: &Consent) -> Connection {
        let request = AcceptConsentRequest {
            connection_id: id.to_owned(),
            consent_version: consent.consent_version,
            text_hash: consent.texts[0].text_hash.clone(),
        };
        let accepted = self.connections().accept_consent(self.by(&self.provider, request)).await.unwrap();
        accepted.into_inner().connection.unwrap()
    }

    /// What the channel sets up, with its codes for these services.
    pub(crate) fn set_up(&self, id: &str, services: &[&str]) -> SetUpConnectionRequest {
        let contact = "Ben Ionescu, +40 21 555 0100".to_owned();
        SetUpConnectionRequest {
            connection_id: id.to_owned(),
            health_url: self.system.url.clone(),
            codes: services.iter().map(|service| ((*service).to_owned(), "GA-1".to_owned())).collect(),
            contacts: Some(Contacts {
                technical: contact.clone(),
                emergency: contact.clone(),
                operations: contact,
            }),
        }
    }

    pub(crate) async fn start_test(&self, id: &str) -> Connection {
        let request = StartJointTestRequest {
            connection_id: id.to_owned(),
            provider_person: "Ana Pop".to_owned(),
            channel_person: "Ben Ionescu".to_owned(),
            ..Default::default()
        };
        let begun = self.connections().start_joint_test(self.by(&self.channel, request)).await.unwrap();
        begun.into_inner().connection.unwrap()
    }

    pub(crate) async fn sign(
        &self,
        id: &str,
        test: &str,
        person: &Person,
    ) -> Result<Connection, tonic::Status> {
        let request = SignJointTestRequest { connection_id: id.to_owned(), test_id: test.to_owned() };
        let signed = self.connections().sign_joint_test(self.by(person, request)).await?;
        Ok(signed.into_inner().connection.unwrap())
    }

    /// Every step of the test is green: its row says so. `joint_tests` shows how each becomes so.
    pub(crate) async fn all_green(&self, test: &str) {
        sqlx::query(
            "update joint_test set green = '{AVAILABILITY,BOOKING,CANCELLATION,CATALOGUE,CHANGE,DOUBLE_REFUSED,
                DURATION_RECEIVED,HEALTH,HOLD,PRICE,SIGNATURE}' where test_id = $1::uuid",
        )
        .bind(test)
        .execute(&self.admin)
        .await
        .unwrap();
    }

    pub(crate) async fn go_live(&self, id: &str) -> Result<Connection, tonic::Status> {
        let request = GoLiveRequest { connection_id: id.to_owned() };
        let live = self.connections().go_live(self.by(&self.channel, request)).await?;
        Ok(live.into_inner().connection.unwrap())
    }

    /// A connection that is set up with these services, which all have hours and a price.
    pub(crate) async fn set_up_with(&self, services: &[&str]) -> String {
        self.profile().await;
        self.contract_until(200).await;
        self.price("149.00").await;
        let id = self.connect().await;
        self.declare(&id, true).await;
        self.tick(&id, services).await;
        self.activate(&id).await;
        let consent = self.consent(&self.day(0), "Sunt de acord.").await;
        self.accept(&id, &consent).await;
        let set_up = self.set_up(&id, services);
        self.connections().set_up_connection(self.by(&self.channel, set_up)).await.unwrap();
        id
    }

    /// A live connection with these services, which all have hours and a price.
    pub(crate) async fn live(&self, services: &[&str]) -> String {
        let id = self.set_up_with(services).await;
        let test = self.start_test(&id).await.joint_test.unwrap().test_id;
        self.all_green(&test).await;
        self.sign(&id, &test, &self.channel).await.unwrap();
        self.sign(&id, &test, &self.provider).await.unwrap();
        self.go_live(&id).await.unwrap();
        id
    }
}
