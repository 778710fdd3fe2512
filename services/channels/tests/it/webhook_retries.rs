//! Webhooks that are not taken at once: tried again, given up, held, recovered, sent again.

use std::sync::atomic::{AtomicUsize, Ordering};

use careway_contract::{
    channels::v1::{
        get_notice_request::Kind, notice_service_client::NoticeServiceClient, webhook_message::State, *,
    },
    visits::v1::{VisitAdmitted, VisitDischarged},
};
use careway_testing::{Person, eventually, refusal};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    receiver::{Receiver, Reply},
    test_channels::TestChannels,
};

fn admitted(visit: Uuid) -> VisitAdmitted {
    VisitAdmitted { visit_id: visit.to_string(), ..Default::default() }
}

impl TestChannels {
    /// Says that a visit of this person's facility was admitted.
    async fn admit(&self, person: &Person) -> Uuid {
        let visit = Uuid::now_v7();
        self.say(admitted(visit), (visit, 3), person.organization, None).await;
        visit
    }

    /// The clock goes on until something that waits is due, once nobody is at work: whoever is would find it, too.
    async fn pass_to_due(&self) {
        eventually("nobody is at work", async || !self.is_at_work().await).await;
        let due: DateTime<Utc> =
            sqlx::query_scalar("select min(due_at) from webhook_delivery where state = 'PENDING'")
                .fetch_one(&self.admin)
                .await
                .unwrap();
        let wait = due - self.clock.now();
        self.clock.advance(wait.max(TimeDelta::zero()).to_std().unwrap());
    }

    async fn recover(&self, person: &Person, endpoint: &str, since: DateTime<Utc>) -> i32 {
        let request = RecoverWebhookEndpointRequest {
            endpoint_id: endpoint.to_owned(),
            since: Some(prost_types::Timestamp { seconds: since.timestamp(), nanos: 0 }),
            until: None,
        };
        let recovered = self.messages().recover_webhook_endpoint(self.by(person, request)).await.unwrap();
        recovered.into_inner().messages
    }

    /// What a mail about an endpoint says now.
    async fn notice(&self, endpoint: &str) -> GetNoticeResponse {
        let request = GetNoticeRequest { kind: Kind::Endpoint.into(), id: endpoint.to_owned() };
        let mut notices = NoticeServiceClient::new(self.upstream());
        notices.get_notice(self.foundation.identity.request(request)).await.unwrap().into_inner()
    }

    async fn resend(&self, person: &Person, endpoint: &str, message: &str) -> WebhookMessage {
        let request = ResendWebhookMessageRequest {
            webhook_message_id: message.to_owned(),
            endpoint_id: endpoint.to_owned(),
        };
        let resent = self.messages().resend_webhook_message(self.by(person, request)).await.unwrap();
        resent.into_inner().webhook_message.unwrap()
    }
}

#[tokio::test]
async fn an_event_of_another_context_arrives_signed_and_comes_again_until_it_is_taken() {
    let service = TestChannels::run_standing().await;
    let owner = &service.provider;
    let times = AtomicUsize::new(0);
    let receiver = Receiver::start(move |_| match times.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::Status(500),
        _ => Reply::Status(204),
    })
    .await;
    let (endpoint, secret) = service.endpoint(owner, &receiver.url).await;
    let visit = service.admit(owner).await;
    eventually("it is tried", async || !service.attempts(owner, &endpoint.endpoint_id).await.is_empty())
        .await;
    let waiting = service.messages_in(owner, State::Pending).await.pop().unwrap();
    assert_eq!((waiting.attempts, waiting.r#type.as_str()), (1, "careway.visits.v1.VisitAdmitted"));
    service.pass_to_due().await;
    eventually("it is taken", async || service.messages_in(owner, State::Delivered).await.len() == 1).await;

    let seen = receiver.seen();
    assert_eq!((seen.len(), seen[0].id()), (2, seen[1].id()));
    assert_eq!(seen[0].body, seen[1].body, "the same bytes");
    assert_eq!(seen[1].id(), format!("evt_{}", waiting.webhook_message_id));
    assert!(seen.iter().all(|seen| seen.is_signed_by(&secret)));
    assert_ne!(seen[0].header("webhook-timestamp"), seen[1].header("webhook-timestamp"));
    let body = seen[0].json();
    assert_eq!(body["data"]["visitId"], visit.to_string());
    assert_eq!((&body["subject"], &body["version"]), (&visit.to_string().into(), &3.into()));
    assert_eq!(body["organizationId"], owner.organization.to_string());
    let attempts = service.attempts(owner, &endpoint.endpoint_id).await;
    let ends: Vec<_> = attempts.iter().map(|attempt| (attempt.number, attempt.status)).collect();
    assert_eq!(ends, [(2, 204), (1, 500)]);
    let stranger = Person::of(owner.kind, &service.clock);
    assert!(service.messages_in(&stranger, State::Unspecified).await.is_empty());

    // Sent again as what it was: who had it knows that by its id. Attempts of one millisecond have no order.
    service.clock.advance(std::time::Duration::from_secs(1));
    let again = service.resend(owner, &endpoint.endpoint_id, &waiting.webhook_message_id).await;
    assert_eq!(again.state(), State::Pending);
    eventually("it is sent again", async || receiver.count() == 3).await;
    let last = receiver.seen().pop().unwrap();
    assert_eq!((last.id(), &last.body), (seen[0].id(), &seen[0].body));
    eventually("it counts on", async || service.attempts(owner, &endpoint.endpoint_id).await[0].number == 3)
        .await;
}

#[tokio::test]
async fn what_is_never_taken_is_given_up_and_after_five_days_so_is_the_endpoint() {
    let service = TestChannels::run_standing().await;
    let (owner, receiver) = (&service.provider, Receiver::start(|_| Reply::Status(503)).await);
    let (endpoint, _) = service.endpoint(owner, &receiver.url).await;
    let since = service.clock.now() - TimeDelta::minutes(1);
    service.admit(owner).await;
    for attempt in 1..=10 {
        let tried = async || service.attempts(owner, &endpoint.endpoint_id).await.len() == attempt;
        eventually("it is tried again", tried).await;
        if attempt < 10 {
            service.pass_to_due().await;
        }
    }
    eventually("it is exhausted", async || service.messages_in(owner, State::Exhausted).await.len() == 1)
        .await;
    assert_eq!(service.read_endpoint(owner, &endpoint.endpoint_id).await.disabled_cause, "");

    let days = service.read_endpoint(owner, &endpoint.endpoint_id).await.failing_since.unwrap();
    let five_days = days.seconds + 121 * 3600 - service.clock.now().timestamp();
    service.clock.advance(std::time::Duration::from_secs(five_days.try_into().unwrap()));
    service.admit(owner).await;
    let disabled =
        async || service.read_endpoint(owner, &endpoint.endpoint_id).await.disabled_cause == "FAILING";
    eventually("the endpoint is given up", disabled).await;
    assert_eq!(service.said("WebhookEndpointDisabled").await, 1);
    assert_eq!(service.notice(&endpoint.endpoint_id).await.state, "FAILING");
    assert_eq!(service.messages_in(owner, State::Held).await.len(), 1);
    let exhausted = service.messages_in(owner, State::Exhausted).await.pop().unwrap();
    let request = ResendWebhookMessageRequest {
        webhook_message_id: exhausted.webhook_message_id,
        endpoint_id: endpoint.endpoint_id.clone(),
    };
    let refused = service.messages().resend_webhook_message(service.by(owner, request)).await;
    assert_eq!(refusal(refused).reason(), "WEBHOOK_ENDPOINT_DISABLED");

    // What is recovered happened before.
    service.clock.advance(std::time::Duration::from_secs(1));
    let before = receiver.count();
    receiver.behave(|_| Reply::Status(204));
    service.enable(owner, &endpoint.endpoint_id).await;
    assert_eq!(service.recover(owner, &endpoint.endpoint_id, since).await, 2, "exhausted, and held");
    eventually("both are taken", async || service.messages_in(owner, State::Delivered).await.len() == 2)
        .await;
    // What is held may have been sent before it was recovered, and then once more.
    assert!((2..=3).contains(&(receiver.count() - before)));
    assert_eq!(service.recover(owner, &endpoint.endpoint_id, since).await, 0, "what was delivered is not");
    assert!(service.read_endpoint(owner, &endpoint.endpoint_id).await.failing_since.is_none());
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_sent_nothing_until_it_is_enabled() {
    let service = TestChannels::run().await;
    let (owner, receiver) = (&service.provider, Receiver::start(|_| Reply::Status(410)).await);
    let (endpoint, _) = service.endpoint(owner, &receiver.url).await;
    let visit = service.admit(owner).await;
    let gone = async || service.read_endpoint(owner, &endpoint.endpoint_id).await.disabled_cause == "GONE";
    eventually("it is disabled", gone).await;
    let discharged = VisitDischarged { visit_id: visit.to_string(), ..Default::default() };
    service.say(discharged, (visit, 4), owner.organization, None).await;
    eventually("both are held", async || service.messages_in(owner, State::Held).await.len() == 2).await;
    assert_eq!(receiver.count(), 1);
    let notice = service.notice(&endpoint.endpoint_id).await;
    assert_eq!((notice.state.as_str(), notice.values["host"].as_str()), ("GONE", "127.0.0.1"));
    assert_eq!(notice.values["endpoint"], endpoint.endpoint_id);
    receiver.behave(|_| Reply::Status(200));
    service.enable(owner, &endpoint.endpoint_id).await;
    assert_eq!(service.notice(&endpoint.endpoint_id).await.state, "", "there is nothing to tell any more");
    eventually("both are taken", async || service.messages_in(owner, State::Delivered).await.len() == 2)
        .await;
    let versions: Vec<_> = receiver.seen().iter().map(|seen| seen.json()["version"].clone()).collect();
    assert_eq!(versions, [3, 3, 4]);
}

#[tokio::test]
async fn an_endpoint_is_sent_no_more_a_second_than_it_wants() {
    let service = TestChannels::run().await;
    let receiver = Receiver::well().await;
    let request = CreateWebhookEndpointRequest { url: receiver.url.clone(), rate: 1, ..Default::default() };
    service.endpoint_as(&service.provider, request).await;
    let visits = (0..6).map(|_| Uuid::now_v7()).map(|visit| (admitted(visit), (visit, 1)));
    service.say_all(visits, service.provider.organization, None).await;
    eventually("all are taken", async || receiver.count() == 6).await;
    let seen = receiver.seen();
    let took = seen[5].at - seen[0].at;
    // They are sent within five seconds; the first may come late.
    assert!(took >= std::time::Duration::from_secs(1), "6 within {took:?}");
}

#[tokio::test]
async fn what_was_sent_a_month_ago_is_forgotten() {
    let service = TestChannels::run().await;
    let receiver = Receiver::well().await;
    service.endpoint(&service.provider, &receiver.url).await;
    service.admit(&service.provider).await;
    let delivered = async || service.messages_in(&service.provider, State::Delivered).await.len() == 1;
    eventually("it is taken", delivered).await;
    service.clock.advance(TimeDelta::days(31).to_std().unwrap());
    let rows = "select (select count(*) from webhook_delivery) + (select count(*) from webhook_message)
        + (select count(*) from webhook_attempt)";
    eventually("nothing is left", async || service.count(rows).await == 0).await;
}
