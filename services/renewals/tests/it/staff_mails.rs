//! What an agency's people and operators are told by mail: renewals taken back, contacts that seem wrong, routes that are down.

use std::time::Duration;

use careway_contract::renewals::v1::{
    GetNoticeRequest, GetNoticeResponse, get_notice_request::Kind, notice_service_client::NoticeServiceClient,
};
use careway_kernel::OrganizationId;
use careway_renewals::NAME;
use careway_testing::{SmppPeer, TestService, eventually};
use uuid::Uuid;

use crate::{
    test_items::{FIRST, renewing},
    test_people::{TestPeople, made},
    test_renewals::{TestRenewals, smpp_route},
};

/// What there is to say of a thing now, and its id: that of the newest such event.
async fn notice(service: &TestService, kind: Kind, event: &str) -> GetNoticeResponse {
    let id: Uuid =
        sqlx::query_scalar("select aggregate_id from outbox where type = $1 order by id desc limit 1")
            .bind(format!("careway.renewals.v1.{event}"))
            .fetch_one(&service.admin)
            .await
            .unwrap();
    let request = GetNoticeRequest { kind: kind.into(), id: id.to_string(), reader_id: String::new() };
    let mut client = NoticeServiceClient::new(service.foundation.registry.upstream(NAME));
    client.get_notice(service.foundation.identity.request(request)).await.unwrap().into_inner()
}

async fn is_said(service: &TestService, event: &str, times: i64) {
    eventually(&format!("{event} is said {times} times"), async || service.said(event).await == times).await;
}

/// The message of this template is kept for whoever reads it.
async fn is_kept(service: &TestService, template: &str, times: i64) {
    let query = format!("select count(*) from message where template = '{template}'");
    eventually(&format!("{times} of {template}"), async || service.count(&query).await == times).await;
}

#[tokio::test]
async fn an_agency_is_told_once_a_day_of_contacts_that_became_suspect() {
    let setup = TestPeople::setup().await.with("CAREWAY_RENEWALS_TIMER_SECONDS", "1");
    let people = TestPeople::of(setup).await;
    let suspect = async |number: &str| {
        let id = people.person(made(number)).await;
        people.reach(id, "mobile", "+84912345678").await;
        sqlx::query(
            "update participant set mobile_suspect = true, suspect_at = $2 where participant_id = $1",
        )
        .bind(id.uuid())
        .bind(people.clock.now())
        .execute(&people.admin)
        .await
        .unwrap();
    };
    suspect("7936491863").await;
    is_said(&people, "ContactsSuspected", 1).await;
    is_kept(&people, "staff_contacts_suspected", 1).await;
    let told = notice(&people, Kind::ContactDigest, "ContactsSuspected").await;
    assert_eq!((told.state.as_str(), told.values["contacts"].as_str()), ("OPEN", "1"));

    suspect("7936491864").await;
    people.clock.advance(Duration::from_secs(24 * 3600));
    is_said(&people, "ContactsSuspected", 2).await;
    let told = notice(&people, Kind::ContactDigest, "ContactsSuspected").await;
    assert_eq!(told.values["contacts"], "2");
    let days = "select count(distinct day) from contact_digest";
    assert_eq!(people.count(days).await, 2);
    // Nothing new, nothing to say; and all corrected, nothing to do.
    people.clock.advance(Duration::from_secs(24 * 3600));
    sqlx::query("update participant set mobile_suspect = false").execute(&people.admin).await.unwrap();
    let told = notice(&people, Kind::ContactDigest, "ContactsSuspected").await;
    assert_eq!(told.state, "DONE");
    assert_eq!(people.said("ContactsSuspected").await, 2);
}

#[tokio::test]
async fn an_agency_is_told_of_a_renewal_that_was_taken_back() {
    let people = TestPeople::start().await;
    people.set_salary().await;
    let item = people.due(made("7936491801")).await;
    people.renew(&people.agency, renewing(&[&item], FIRST, "BL-1")).await.unwrap();
    people.undo(&people.authority, &item).await.unwrap();
    is_kept(&people, "staff_renewal_undone", 1).await;
    let told = notice(&people, Kind::Renewal, "RenewalUndone").await;
    assert_eq!(told.state, "UNDONE");
    assert_eq!(told.values["authority"], "BHXH Thủ Đức");
    assert!(!told.values["receipt"].is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_are_told_of_a_route_that_stays_down_once() {
    // The port is kept, and nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let renewals =
        TestRenewals::start_with_routes(&smpp_route("viettel", &address.to_string(), "", "")).await;
    sqlx::query(
        "insert into organization_ref (organization_id, kind, name, country, time_zone, locale, version)
         values ($1, 'PLATFORM', 'Careway', 'RW', 'Africa/Kigali', 'en', 1)",
    )
    .bind(OrganizationId::new(&renewals.foundation.clock).uuid())
    .execute(&renewals.admin)
    .await
    .unwrap();
    let open = "select count(*) from route_outage where ended_at is null";
    eventually("it is down", async || renewals.count(open).await == 1).await;
    renewals.foundation.clock.advance(Duration::from_secs(150));
    assert_eq!(renewals.said("RouteDown").await, 0, "a carrier that restarts is no news");
    renewals.foundation.clock.advance(Duration::from_secs(151));
    is_said(&renewals, "RouteDown", 1).await;
    is_kept(&renewals, "staff_route_down", 1).await;
    let told = notice(&renewals, Kind::RouteOutage, "RouteDown").await;
    assert_eq!((told.state.as_str(), told.values["route"].as_str()), ("DOWN", "viettel"));

    let peer = SmppPeer::serve(socket.listen(16).unwrap());
    peer.wait_for_sessions(1).await;
    eventually("it is over", async || renewals.count(open).await == 0).await;
    assert_eq!(notice(&renewals, Kind::RouteOutage, "RouteDown").await.state, "ENDED");
    assert_eq!(renewals.said("RouteDown").await, 1);
}
