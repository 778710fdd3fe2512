//! Connections over gRPC: the eight steps, what each needs, and who sees them.

use careway_contract::channels::v1::{connection::State, *};
use careway_service::{Kind, OrganizationKind};
use careway_testing::{Person, refusal};

use crate::test_channels::TestChannels;

impl TestChannels {
    async fn missing(&self, id: &str) -> Vec<String> {
        let request = GetReadinessRequest { connection_id: id.to_owned() };
        let readiness = self.connections().get_readiness(self.by(&self.provider, request)).await.unwrap();
        readiness.into_inner().missing.into_iter().map(|lacking| lacking.code).collect()
    }
}

#[tokio::test]
async fn the_whole_way_and_what_is_missing_on_it() {
    let service = TestChannels::run().await;
    let id = service.connect().await;
    assert_eq!(
        service.missing(&id).await,
        [
            "CONSENT_MISSING",
            "CONTACT_MISSING",
            "CONTRACT_MISSING",
            "ENDPOINT_UNVERIFIED",
            "INTENT_NOT_DELIVERED",
            "NO_SERVICE_TICKED",
            "TEST_NOT_PASSED"
        ]
    );
    let declare = DeclareIntentRequest { connection_id: id.clone() };
    let early = service.connections().declare_intent(service.by(&service.provider, declare)).await;
    let early = refusal(early);
    assert_eq!((early.kind(), early.reason()), (Kind::Refused, "NOT_READY"));
    assert_eq!(early.fact("missing"), Some("CONTACT_MISSING CONTRACT_MISSING"));

    service.profile().await;
    service.contract_until(200).await;
    service.declare(&id, false).await;
    let doctor = service.doctor().await;
    let (x_ray, ultrasound) = (service.service("X", &doctor).await, service.service("U", &doctor).await);
    service.tick(&id, &[&x_ray]).await;
    let activate = ActivateConnectionRequest { connection_id: id.clone() };
    let refused = service.connections().activate_connection(service.by(&service.provider, activate)).await;
    let expected = format!("INTENT_NOT_DELIVERED PRICE_MISSING:{x_ray}");
    assert_eq!(refusal(refused).fact("missing"), Some(expected.as_str()));
    service.declare(&id, true).await;
    let mails = service.renewals.mails("connection_intent");
    let mail = mails.last().unwrap();
    assert_eq!(mail.to, "onboarding@assistance.example");
    assert_eq!(mail.mail.as_ref().unwrap().cc, ["support@careway.example"], "customer service is in copy");

    service.price("149.00").await;
    service.activate(&id).await;
    let consent = service.consent(&service.day(0), "Sunt de acord.").await;
    let wrong = AcceptConsentRequest {
        connection_id: id.clone(),
        consent_version: consent.consent_version,
        text_hash: "of another text".to_owned(),
    };
    let wrong = service.connections().accept_consent(service.by(&service.provider, wrong)).await;
    assert_eq!(refusal(wrong).reason(), "CONSENT_NOT_CURRENT");
    assert_eq!(service.accept(&id, &consent).await.state(), State::Consented);
    let person = service.provider.account.uuid();
    let kept = format!(
        "select count(*) from connection_consent where accepted_by = '{person}' and language = 'ro'
            and text_hash = '{}'",
        consent.texts[0].text_hash
    );
    assert_eq!(service.count(&kept).await, 1);
    careway_testing::eventually("the channel is told", async || {
        !service.renewals.mails("connection_consented").is_empty()
    })
    .await;

    let refused =
        service.connections().set_up_connection(service.by(&service.channel, service.set_up(&id, &[]))).await;
    assert_eq!(refusal(refused).fact("missing"), Some(format!("MAPPING_MISSING:{x_ray}").as_str()));
    let set_up = service.set_up(&id, &[&x_ray]);
    service.connections().set_up_connection(service.by(&service.channel, set_up)).await.unwrap();
    let test = service.start_test(&id).await.joint_test.unwrap();
    let green: Vec<_> = test.steps.iter().filter(|step| step.green).map(|step| step.step.as_str()).collect();
    assert_eq!(green, ["HEALTH"], "by what the system saw, and by nothing else");
    let red = refusal(service.sign(&id, &test.test_id, &service.channel).await);
    assert!(red.fact("missing").unwrap().contains("STEP_NOT_GREEN:BOOKING"));
    service.all_green(&test.test_id).await;
    service.sign(&id, &test.test_id, &service.channel).await.unwrap();
    assert_eq!(refusal(service.go_live(&id).await).fact("missing"), Some("TEST_NOT_PASSED"));
    let passed = service.sign(&id, &test.test_id, &service.provider).await.unwrap();
    assert!(passed.joint_test.unwrap().passed_at.is_some());
    service.tick(&id, &[&x_ray, &ultrasound]).await;
    let outdated = refusal(service.go_live(&id).await);
    let expected = format!("MAPPING_MISSING:{ultrasound} TEST_OUTDATED");
    assert_eq!(outdated.fact("missing"), Some(expected.as_str()));
    service.tick(&id, &[&x_ray]).await;
    let again = service.start_test(&id).await.joint_test.unwrap().test_id;
    service.all_green(&again).await;
    service.sign(&id, &again, &service.channel).await.unwrap();
    service.sign(&id, &again, &service.provider).await.unwrap();
    let live = service.go_live(&id).await.unwrap();
    assert_eq!(live.state(), State::Live);
    assert_eq!(service.missing(&id).await, Vec::<String>::new());
    let published: Vec<_> =
        live.services.iter().filter(|one| one.state() == connected_service::State::Published).collect();
    assert_eq!(published.len(), 1);
    assert_eq!(service.said("ConnectionChanged").await, 6);
}

#[tokio::test]
async fn its_sides_see_it_support_too_and_nobody_else() {
    let service = TestChannels::run().await;
    let id = service.connect().await;
    let get = GetConnectionRequest { connection_id: id.clone() };
    for person in [&service.provider, &service.channel, &service.support] {
        service.connections().get_connection(service.by(person, get.clone())).await.unwrap();
        let list = ListConnectionsRequest { state: State::Draft.into(), ..Default::default() };
        let list = service.connections().list_connections(service.by(person, list)).await.unwrap();
        assert_eq!(list.into_inner().connections.len(), 1);
    }
    for kind in [OrganizationKind::Facility, OrganizationKind::Channel] {
        let stranger = Person::of(kind, &service.clock);
        let hidden = service.connections().get_connection(service.by(&stranger, get.clone())).await;
        assert_eq!(refusal(hidden).kind(), Kind::NotFound);
        let end = EndConnectionRequest { connection_id: id.clone() };
        let hidden = service.connections().end_connection(service.by(&stranger, end)).await;
        assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    }
    let twice = CreateConnectionRequest { channel_id: service.channel.organization.to_string() };
    let twice = service.connections().create_connection(service.by(&service.provider, twice)).await;
    assert_eq!(refusal(twice).reason(), "CONNECTION_EXISTS");
    let request = ListConnectionHistoryRequest { connection_id: id, ..Default::default() };
    let history = service.connections().list_connection_history(service.by(&service.channel, request)).await;
    let steps: Vec<_> = history.unwrap().into_inner().steps.into_iter().map(|step| step.step).collect();
    assert_eq!(steps, ["create"]);
}

#[tokio::test]
async fn a_service_ticked_later_is_published_when_both_know_of_it() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let (x_ray, mri) = (service.service("X", &doctor).await, service.service("M", &doctor).await);
    let id = service.live(&[&x_ray]).await;
    service.tick(&id, &[&x_ray, &mri]).await;
    let acknowledge = |code: &str| AcknowledgeServiceRequest {
        connection_id: id.clone(),
        service_id: mri.clone(),
        code: code.to_owned(),
    };
    let early =
        service.connections().acknowledge_service(service.by(&service.channel, acknowledge("M1"))).await;
    assert_eq!(refusal(early).kind(), Kind::NotFound);
    let notify = NotifyOfServiceRequest { connection_id: id.clone(), service_id: mri.clone() };
    service.connections().notify_of_service(service.by(&service.provider, notify)).await.unwrap();
    service.connections().acknowledge_service(service.by(&service.support, acknowledge(""))).await.unwrap();
    let uncoded =
        service.connections().acknowledge_service(service.by(&service.channel, acknowledge(""))).await;
    assert_eq!(refusal(uncoded).fact("missing"), Some(format!("MAPPING_MISSING:{mri}").as_str()));
    let known =
        service.connections().acknowledge_service(service.by(&service.channel, acknowledge("M1"))).await;
    let services = known.unwrap().into_inner().connection.unwrap().services;
    let item = services.iter().find(|item| item.service_id == mri).unwrap();
    assert_eq!((item.state(), item.code.as_str()), (connected_service::State::Published, "M1"));
    assert_eq!(service.said("ServicePublished").await, 2);
    assert_eq!(service.said("ServiceNoticeSent").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_never_taken_holds_up_no_other() {
    let service = TestChannels::run().await;
    service.profile().await;
    service.contract_until(200).await;
    let id = service.connect().await;
    service.renewals.refuse_the_next();
    let declare = DeclareIntentRequest { connection_id: id.clone() };
    service.connections().declare_intent(service.by(&service.provider, declare)).await.unwrap();
    careway_testing::eventually("it is refused", async || service.renewals.refused() == 1).await;
    service.declare(&id, true).await;
    assert_eq!(service.renewals.mails("connection_intent").len(), 1, "the second");
}
