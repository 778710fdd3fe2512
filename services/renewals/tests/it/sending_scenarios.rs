//! The scenarios of sending that need a process to die, a route of its own kind, or hundreds of messages.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use careway_contract::renewals::v1::{SendRequest, campaign, campaign::Kind};
use careway_testing::{Reply, SmppPeer, eventually};

use crate::{
    kills::{code, process},
    test_people::TestPeople,
    test_reminders::{campaign, in_a_fortnight},
    test_renewals::{TestRenewals, code_message, routes_file, smpp_route},
};

fn numbered(number: u32) -> SendRequest {
    let mut request = code_message(&format!("numbered {number}"));
    request.language = "en".to_owned();
    request.values.insert("code".to_owned(), format!("{number:06}"));
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_02_what_was_written_and_not_answered_ends_unknown_and_everything_else_goes_once() {
    let peer = SmppPeer::start().await;
    // It has no route: it keeps what it is asked to send.
    let renewals = TestRenewals::start_without_routes().await;
    let mut ids = BTreeMap::new();
    let mut keep = async |numbers: std::ops::Range<u32>| {
        for number in numbers {
            let id = renewals.send(numbered(number)).await.unwrap().message_id;
            ids.insert(format!("{number:06}"), id);
        }
    };
    keep(100_000..100_005).await;
    let routes = routes_file(&smpp_route("viettel", &peer.address(), "", ""));
    peer.reply_next(&[Reply::Silence]);
    let mut first = process(&renewals.setup, &routes);
    let accepted = "select count(*) from message where state = 'ACCEPTED'";
    eventually("all but one are answered", async || renewals.count(accepted).await == 4).await;
    first.kill();
    for passed in [
        "delete from route_lease",
        "update message set submitted_at = now() - interval '1 hour' where state = 'SUBMITTED'",
    ] {
        sqlx::query(passed).execute(&renewals.admin).await.unwrap();
    }
    keep(100_005..100_008).await;
    let mut second = process(&renewals.setup, &routes);
    let open = "select count(*) from message where state in ('QUEUED', 'SUBMITTED')";
    eventually("every message has ended", async || renewals.count(open).await == 0).await;
    second.kill();

    let parts = peer.submitted();
    let unanswered = code(&parts[0]);
    assert_eq!(parts.iter().map(code).collect::<BTreeSet<_>>().len(), parts.len(), "nothing went twice");
    assert_eq!(parts.len(), ids.len(), "and nothing is missing");
    for (code, id) in &ids {
        let expected = if *code == unanswered { "UNKNOWN" } else { "ACCEPTED" };
        assert_eq!(renewals.column(id, "state").await.as_deref(), Some(expected), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_12_a_receipt_on_a_new_session_of_another_process_is_of_its_message() {
    let peer = SmppPeer::start().await;
    let renewals = TestRenewals::start_with_routes(&smpp_route("viettel", &peer.address(), "", "")).await;
    peer.wait_for_sessions(1).await;
    let other = renewals.setup.clone().start(|_| {}, careway_renewals::start).await;
    let sent = renewals.send(numbered(1)).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    peer.cut();
    careway_service::run::finish(&renewals.foundation).await;
    eventually("the other process binds", async || peer.binds().0 >= 2 && peer.report("none", "DELIVRD"))
        .await;
    assert!(peer.report(&peer.submitted()[0].carrier_id, "DELIVRD"));
    renewals.becomes(&sent.message_id, "DELIVERED").await;
    other.foundation.shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_13_references_differ_among_the_last_messages_to_a_number() {
    let peer = SmppPeer::start().await;
    let renewals = TestRenewals::start_with_routes(&smpp_route("viettel", &peer.address(), "", "")).await;
    peer.wait_for_sessions(1).await;
    let long = |number: u32| SendRequest { language: "vi".to_owned(), ..numbered(number) };
    for number in 0..302 {
        renewals.send(long(number)).await.unwrap();
    }
    let open = "select count(*) from message where state <> 'ACCEPTED'";
    eventually("all are accepted", async || renewals.count(open).await == 0).await;
    // One after another: any 255 that follow each other differ in the eight bits that the header has.
    let references: Vec<i32> =
        sqlx::query_scalar("select distinct reference from message_part order by reference")
            .fetch_all(&renewals.admin)
            .await
            .unwrap();
    // One that is drawn for a message that is given back before it is submitted, no message has.
    assert_eq!(references.len(), 302);
    let mut parts: BTreeMap<u16, usize> = BTreeMap::new();
    for part in peer.submitted() {
        let (reference, total, _) = part.header().unwrap();
        assert!(reference < 256 && total > 1);
        *parts.entry(reference).or_default() += 1;
    }
    let total = usize::from(peer.submitted()[0].header().unwrap().1);
    let mut expected: BTreeMap<u16, usize> = BTreeMap::new();
    for reference in references {
        *expected.entry(u16::try_from(reference % 256).unwrap()).or_default() += total;
    }
    assert_eq!(parts, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_15_what_comes_from_a_brand_name_that_takes_no_answers_is_nobodys() {
    for (replies, kept) in [(false, 0), (true, 1)] {
        let peer = SmppPeer::start().await;
        let more = format!("replies = {replies}");
        let renewals =
            TestRenewals::start_with_routes(&smpp_route("brand", &peer.address(), &more, "")).await;
        peer.wait_for_sessions(1).await;
        assert!(peer.write("84912345678", "TC NETCO"));
        let written = async || peer.report("none", "DELIVRD");
        assert!(written().await, "the session goes on");
        let sent = renewals.send(numbered(1)).await.unwrap();
        renewals.becomes(&sent.message_id, "ACCEPTED").await;
        // Receipts come in the same session, one after another.
        assert!(peer.report(&peer.submitted()[0].carrier_id, "DELIVRD"));
        renewals.becomes(&sent.message_id, "DELIVERED").await;
        let count = "select count(*) from inbound_sms";
        eventually("it is kept, or is not", async || renewals.count(count).await == kept).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_16_without_receipts_accepted_is_the_end_and_a_campaign_counts_it_so() {
    let (silent, promising) = (SmppPeer::start().await, SmppPeer::start().await);
    let routes = smpp_route("silent", &silent.address(), "receipts = \"NONE\"\nprefixes = [\"+84\"]", "")
        + &smpp_route("promising", &promising.address(), "prefixes = [\"+250\"]", "");
    let setup = TestPeople::on_a_day_of_reminders(TestPeople::setup().await)
        .with("CAREWAY_RENEWALS_TIMER_SECONDS", "1")
        .with("CAREWAY_RENEWALS_ROUTES", routes_file(&routes));
    let people = TestPeople::of(setup).await;
    silent.wait_for_sessions(1).await;
    promising.wait_for_sessions(1).await;
    people.reachable(in_a_fortnight("7936491863"), "+84912345678").await;
    let id = people.begin(campaign(Kind::Once, &[-14])).await;
    people.all_stand(&id, 1, &["ACCEPTED"]).await;
    // Of the other route a receipt is promised.
    let mut client =
        careway_contract::renewals::v1::notification_service_client::NotificationServiceClient::new(
            people.foundation.registry.upstream(careway_renewals::NAME),
        );
    client.send(people.foundation.identity.request(numbered(1))).await.unwrap();
    let of_state = |state: &str| format!("select count(*) from message where state = '{state}'");
    eventually("both are accepted", async || people.count(&of_state("ACCEPTED")).await == 2).await;
    people.clock.advance(Duration::from_secs(73 * 3600));
    eventually("the promised receipt is missed", async || people.count(&of_state("UNKNOWN")).await == 1)
        .await;
    people.stands(&id, campaign::State::Completed).await;
    let request = careway_contract::renewals::v1::GetStatisticsRequest { campaign_id: id };
    let counted = people.campaigns().get_statistics(people.by(&people.agency, request)).await.unwrap();
    let counts = counted.into_inner().counts;
    assert_eq!(counts.len(), 1);
    assert_eq!((counts[0].state.as_str(), counts[0].recipients), ("ACCEPTED", 1));
}
