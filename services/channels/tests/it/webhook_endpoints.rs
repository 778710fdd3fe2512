//! Webhook endpoints: added, changed, tested, their secrets replaced; and nobody else's to see.

use careway_contract::channels::v1::*;
use careway_service::{Kind, OrganizationKind};
use careway_testing::{Person, eventually, refusal};
use chrono::TimeDelta;
use prost_types::FieldMask;

use crate::{
    receiver::{Receiver, Reply},
    test_channels::TestChannels,
};

#[tokio::test]
async fn an_endpoint_is_seen_and_changed_by_its_organization_alone() {
    let service = TestChannels::run().await;
    let owner = &service.provider;
    let wrong = CreateWebhookEndpointRequest {
        url: "https://user@127.0.0.1/#x".to_owned(),
        types: vec!["careway.visits.v1.MemberDataAccessed".to_owned(), "x".to_owned()],
        rate: -1,
        ..Default::default()
    };
    let refused = refusal(service.endpoints().create_webhook_endpoint(service.by(owner, wrong)).await);
    let fields: Vec<_> = refused.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["url", "types[0]", "types[1]", "rate"]);

    let types = vec!["careway.visits.v1.VisitAdmitted".to_owned()];
    let request =
        CreateWebhookEndpointRequest { url: "http://127.0.0.1:1/in".to_owned(), types, ..Default::default() };
    let (made, secret) = service.endpoint_as(owner, request).await;
    assert!(secret.starts_with("whsec_") && made.public_keys.is_empty());
    assert_eq!((made.live_secrets, made.version, made.rate), (1, 1, 0));
    assert_eq!(made.ordering(), webhook_endpoint::Ordering::FirstAttempts);

    let change = |mask: &[&str]| UpdateWebhookEndpointRequest {
        endpoint_id: made.endpoint_id.clone(),
        url: "http://127.0.0.1:2/in".to_owned(),
        ordering: webhook_endpoint::Ordering::Strict.into(),
        update_mask: Some(FieldMask { paths: mask.iter().map(|field| (*field).to_owned()).collect() }),
        ..Default::default()
    };
    let unknown = service.by_at(owner, 1, change(&["state"]));
    let refused = service.endpoints().update_webhook_endpoint(unknown).await;
    assert_eq!(refusal(refused).violations()[0].0, "state");
    let changed = service.by_at(owner, 1, change(&["url", "ordering"]));
    let changed = service.endpoints().update_webhook_endpoint(changed).await.unwrap();
    let changed = changed.into_inner().webhook_endpoint.unwrap();
    assert_eq!((changed.url.as_str(), changed.version), ("http://127.0.0.1:2/in", 2));
    assert_eq!((changed.ordering(), &changed.types), (webhook_endpoint::Ordering::Strict, &made.types));
    let stale = service.endpoints().update_webhook_endpoint(service.by_at(owner, 1, change(&["url"]))).await;
    assert_eq!(refusal(stale).kind(), Kind::Stale);

    let all = service.by(owner, ListWebhookEndpointsRequest {});
    let listed = service.endpoints().list_webhook_endpoints(all).await.unwrap();
    assert_eq!(listed.into_inner().webhook_endpoints, [changed]);
    let id = || made.endpoint_id.clone();
    let stranger = Person::of(OrganizationKind::Partner, &service.clock);
    let hidden = GetWebhookEndpointRequest { endpoint_id: id() };
    let hidden = service.endpoints().get_webhook_endpoint(service.by(&stranger, hidden)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let hidden = DeleteWebhookEndpointRequest { endpoint_id: id() };
    let hidden = service.endpoints().delete_webhook_endpoint(service.by(&stranger, hidden)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let delete = DeleteWebhookEndpointRequest { endpoint_id: id() };
    service.endpoints().delete_webhook_endpoint(service.by(owner, delete)).await.unwrap();
    let gone = GetWebhookEndpointRequest { endpoint_id: id() };
    let gone = service.endpoints().get_webhook_endpoint(service.by(owner, gone)).await;
    assert_eq!(refusal(gone).kind(), Kind::NotFound);
}

#[tokio::test]
async fn an_organization_has_twenty_endpoints() {
    let service = TestChannels::run().await;
    for _ in 0..20 {
        service.endpoint(&service.channel, "http://127.0.0.1:1/in").await;
    }
    let one_more =
        CreateWebhookEndpointRequest { url: "http://127.0.0.1:1/in".to_owned(), ..Default::default() };
    let refused =
        service.endpoints().create_webhook_endpoint(service.by(&service.channel, one_more.clone())).await;
    assert_eq!(refusal(refused).reason(), "WEBHOOK_ENDPOINT_LIMIT");
    service.endpoint_as(&service.provider, one_more).await;
}

#[tokio::test]
async fn a_test_is_signed_and_counts_until_the_endpoint_is_changed() {
    let service = TestChannels::run().await;
    let (owner, receiver) = (&service.channel, Receiver::start(|_| Reply::Status(500)).await);
    let (endpoint, secret) = service.endpoint(owner, &receiver.url).await;
    let failed = service.test_endpoint(owner, &endpoint.endpoint_id).await;
    assert_eq!(
        (failed.answered, failed.status, failed.webhook_endpoint.unwrap().verified_at),
        (false, 500, None)
    );
    receiver.behave(|_| Reply::Status(204));
    let answered = service.test_endpoint(owner, &endpoint.endpoint_id).await;
    let verified = answered.webhook_endpoint.unwrap();
    assert!(answered.answered && verified.verified_at.is_some());
    let seen = receiver.seen();
    let (first, last) = (&seen[0], &seen[1]);
    assert!(last.is_signed_by(&secret) && first.id() != last.id());
    assert!(last.id().starts_with("evt_") && last.header("content-type") == "application/json");
    assert_eq!(last.json()["type"], "careway.channels.v1.WebhookTest");
    assert_eq!(last.json()["organizationId"], owner.organization.to_string());

    let update = UpdateWebhookEndpointRequest {
        endpoint_id: endpoint.endpoint_id.clone(),
        rate: 5,
        update_mask: Some(FieldMask { paths: vec!["rate".to_owned()] }),
        ..Default::default()
    };
    let changed = service.by_at(owner, verified.version, update);
    let changed = service.endpoints().update_webhook_endpoint(changed).await.unwrap();
    assert_eq!(changed.into_inner().webhook_endpoint.unwrap().verified_at, None);
    let nobody = service.endpoint(owner, "http://127.0.0.1:1/in").await.0;
    let failed = service.test_endpoint(owner, &nobody.endpoint_id).await;
    assert_eq!((failed.answered, failed.failure.as_str()), (false, "CONNECTION_REFUSED"));
}

#[tokio::test]
async fn a_replaced_secret_signs_beside_the_new_one_for_a_day() {
    let service = TestChannels::run().await;
    let (owner, receiver) = (&service.provider, Receiver::well().await);
    let (endpoint, first) = service.endpoint(owner, &receiver.url).await;
    let rotate = async || {
        let request = RotateWebhookSecretRequest { endpoint_id: endpoint.endpoint_id.clone() };
        service.endpoints().rotate_webhook_secret(service.by(owner, request)).await
    };
    let rotated = rotate().await.unwrap().into_inner();
    let second = rotated.secret;
    assert_eq!(rotated.webhook_endpoint.unwrap().live_secrets, 2);
    service.test_endpoint(owner, &endpoint.endpoint_id).await;
    let both = receiver.seen().pop().unwrap();
    assert!(both.is_signed_by(&first) && both.is_signed_by(&second) && first != second);
    assert_eq!(both.header("webhook-signature").split(' ').count(), 2);

    rotate().await.unwrap();
    assert_eq!(refusal(rotate().await).reason(), "WEBHOOK_SECRET_LIMIT");
    service.clock.advance(TimeDelta::hours(25).to_std().unwrap());
    service.test_endpoint(owner, &endpoint.endpoint_id).await;
    let last = receiver.seen().pop().unwrap();
    assert!(!last.is_signed_by(&first) && !last.is_signed_by(&second));
    let sealed = "select count(*) from webhook_secret where position('whsec'::bytea in sealed) > 0";
    assert_eq!(service.count(sealed).await, 0);
    let kept = "select count(*) from webhook_secret";
    eventually("those that sign no more are erased", async || service.count(kept).await == 1).await;
}

#[tokio::test]
async fn whoever_tries_an_endpoint_that_does_not_answer_is_told_so_in_time() {
    let service = TestChannels::run().await;
    let (owner, receiver) = (&service.channel, Receiver::start(|_| Reply::Never).await);
    let (endpoint, _) = service.endpoint(owner, &receiver.url).await;
    // Of the four seconds two are for telling; a machine that is slow for as long tells it the next time.
    let mut told = None;
    for _ in 0..5 {
        let endpoint_id = endpoint.endpoint_id.clone();
        let mut request = service.by(owner, TestWebhookEndpointRequest { endpoint_id });
        request.set_timeout(std::time::Duration::from_secs(4));
        told = service.endpoints().test_webhook_endpoint(request).await.ok();
        if told.is_some() {
            break;
        }
    }
    let tested = told.expect("an answer in time").into_inner();
    assert_eq!((tested.answered, tested.failure.as_str()), (false, "TIMED_OUT"));
}

#[tokio::test]
async fn of_a_private_key_the_public_one_is_told() {
    let service = TestChannels::run().await;
    let receiver = Receiver::well().await;
    let request = CreateWebhookEndpointRequest {
        url: receiver.url.clone(),
        signature: webhook_endpoint::Signature::Ed25519.into(),
        ..Default::default()
    };
    let (endpoint, told) = service.endpoint_as(&service.provider, request).await;
    assert!(told.starts_with("whpk_"));
    assert_eq!(endpoint.public_keys, std::slice::from_ref(&told));
    service.test_endpoint(&service.provider, &endpoint.endpoint_id).await;
    assert!(receiver.seen()[0].header("webhook-signature").starts_with("v1a,"));
}
