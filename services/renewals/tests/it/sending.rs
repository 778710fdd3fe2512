//! Text messages by SMPP: in parts, once, reported on, and never twice.

use std::time::Duration;

use careway_contract::renewals::v1::{SendRequest, send_request::Priority};
use careway_testing::{Reply, SmppPeer, eventually};

use crate::test_renewals::{TestRenewals, code_message, smpp_route};

/// Answers are missed after a while that a test waits for.
const IMPATIENT: &str = "answer_within_seconds = 5";

/// One carrier.
async fn started(more: &str) -> (SmppPeer, TestRenewals) {
    started_so(more, "").await
}

/// The same, with more settings of the session.
async fn started_so(more: &str, session: &str) -> (SmppPeer, TestRenewals) {
    let peer = SmppPeer::start().await;
    let routes = smpp_route("viettel", &peer.address(), more, session);
    let renewals = TestRenewals::start_with_routes(&routes).await;
    peer.wait_for_sessions(1).await;
    (peer, renewals)
}

/// A code in Vietnamese: too long for one part.
fn long(dedupe_key: &str) -> SendRequest {
    SendRequest { language: "vi".to_owned(), ..code_message(dedupe_key) }
}

fn of(priority: Priority, dedupe_key: &str) -> SendRequest {
    SendRequest { priority: priority.into(), language: "en".to_owned(), ..code_message(dedupe_key) }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_joined_by_one_reference_and_their_receipts_make_a_message_delivered() {
    let (peer, renewals) = started("").await;
    let first = renewals.send(long("first")).await.unwrap();
    renewals.becomes(&first.message_id, "ACCEPTED").await;
    let parts = peer.wait_for(2).await;
    let headers: Vec<_> = parts.iter().map(|part| part.header().unwrap()).collect();
    let (reference, total, _) = headers[0];
    assert_eq!(usize::from(total), parts.len());
    for (header, number) in headers.iter().zip(1..) {
        assert_eq!(*header, (reference, total, number));
    }
    assert!(parts.iter().all(|part| part.from == "NETCO" && part.to == "250788123456" && part.wants_receipt));
    assert!(parts.iter().all(|part| part.data_coding == 8));

    let second = renewals.send(long("second")).await.unwrap();
    renewals.becomes(&second.message_id, "ACCEPTED").await;
    let more = peer.submitted();
    assert_ne!(more[parts.len()].header().unwrap().0, reference, "the next to that number has another");

    assert!(peer.report(&parts[0].carrier_id, "DELIVRD"));
    eventually("the first part is reported on", async || {
        renewals.count("select count(*) from message_part where state = 'DELIVERED'").await == 1
    })
    .await;
    assert_eq!(renewals.column(&first.message_id, "state").await.as_deref(), Some("ACCEPTED"));
    for part in &parts[1..] {
        peer.report(&part.carrier_id, "DELIVRD");
    }
    renewals.becomes(&first.message_id, "DELIVERED").await;
    peer.report(&more[parts.len()].carrier_id, "UNDELIV");
    renewals.becomes(&second.message_id, "UNDELIVERED").await;
    assert_eq!(renewals.said("MessageDelivered").await, 1);
    assert_eq!(renewals.said("MessageFailed").await, 1);
    assert_eq!(renewals.column(&first.message_id, "sealed").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_11_a_receipt_may_come_before_the_answer() {
    let (peer, renewals) = started("receipt_ids = \"HEX_THEN_DECIMAL\"").await;
    peer.reply(Reply::Held);
    let sent = renewals.send(of(Priority::Otp, "early")).await.unwrap();
    let parts = peer.wait_for(1).await;
    let decimal = u64::from_str_radix(&parts[0].carrier_id, 16).unwrap().to_string();
    assert!(peer.report(&decimal, "DELIVRD"));
    eventually("it is kept", async || renewals.count("select count(*) from receipt_early").await == 1).await;
    peer.release();
    renewals.becomes(&sent.message_id, "DELIVERED").await;
    assert_eq!(renewals.count("select count(*) from receipt_early").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_route_waits_and_only_what_is_missing_goes_again() {
    let (peer, renewals) = started("").await;
    peer.reply_next(&[Reply::Accept, Reply::Status(0x58)]);
    let sent = renewals.send(long("throttled")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    let parts = peer.submitted();
    let headers: Vec<_> = parts.iter().map(|part| part.header().unwrap()).collect();
    let (reference, total, _) = headers[0];
    let each_once: Vec<_> = (1..=total).map(|number| (reference, total, number)).collect();
    assert_eq!(headers, each_once);
    assert_eq!(renewals.column(&sent.message_id, "attempts").await.as_deref(), Some("0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_answer_is_unknown_and_never_sent_again_until_a_late_answer_settles_it() {
    let (peer, renewals) = started_so("", IMPATIENT).await;
    peer.reply_next(&[Reply::Held, Reply::Silence]);
    let late = renewals.send(of(Priority::Otp, "late")).await.unwrap();
    peer.wait_for(1).await;
    let silent = renewals.send(of(Priority::Otp, "silent")).await.unwrap();
    renewals.becomes(&late.message_id, "UNKNOWN").await;
    renewals.becomes(&silent.message_id, "UNKNOWN").await;
    peer.release();
    renewals.becomes(&late.message_id, "ACCEPTED").await;
    renewals.foundation.clock.advance(Duration::from_secs(3600));
    let after = renewals.send(of(Priority::Otp, "after")).await.unwrap();
    renewals.becomes(&after.message_id, "ACCEPTED").await;
    assert_eq!(peer.submitted().len(), 3, "each went once");
    assert_eq!(renewals.column(&silent.message_id, "state").await.as_deref(), Some("UNKNOWN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_session_is_bound_again_and_what_was_under_way_is_unknown() {
    let (peer, renewals) = started("").await;
    peer.reply_next(&[Reply::HangUp]);
    let lost = renewals.send(of(Priority::Otp, "lost")).await.unwrap();
    renewals.becomes(&lost.message_id, "UNKNOWN").await;
    let next = renewals.send(of(Priority::Otp, "next")).await.unwrap();
    renewals.becomes(&next.message_id, "ACCEPTED").await;
    assert_eq!(peer.submitted().len(), 2);
    assert_eq!(peer.binds(), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_route_follows_a_refusal_or_a_route_that_is_down_and_nothing_else() {
    let (first, second) = (SmppPeer::start().await, SmppPeer::start().await);
    let routes = smpp_route("first", &first.address(), "", IMPATIENT)
        + &smpp_route("second", &second.address(), "", "");
    let renewals = TestRenewals::start_with_routes(&routes).await;
    first.wait_for_sessions(1).await;
    second.wait_for_sessions(1).await;

    first.reply_next(&[Reply::Status(0x45), Reply::Silence, Reply::Status(0x0B)]);
    let refused = renewals.send(of(Priority::Otp, "refused")).await.unwrap();
    renewals.becomes(&refused.message_id, "ACCEPTED").await;
    assert_eq!(renewals.column(&refused.message_id, "route").await.as_deref(), Some("second"));
    let silent = renewals.send(of(Priority::Otp, "silent")).await.unwrap();
    renewals.becomes(&silent.message_id, "UNKNOWN").await;
    let nobody = renewals.send(of(Priority::Otp, "nobody")).await.unwrap();
    renewals.becomes(&nobody.message_id, "REJECTED").await;
    assert_eq!(renewals.column(&nobody.message_id, "reason").await.as_deref(), Some("NO_SUCH_NUMBER"));
    assert_eq!((first.submitted().len(), second.submitted().len()), (1, 1));

    let binds = first.binds().0;
    first.answer_binds(0x0E);
    first.cut();
    // What is given to a session that has just been lost may have gone out.
    eventually("the loss is known", async || first.binds().0 > binds).await;
    let other = renewals.send(of(Priority::Otp, "other")).await.unwrap();
    renewals.becomes(&other.message_id, "ACCEPTED").await;
    assert_eq!((first.submitted().len(), second.submitted().len()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_session_is_waited_for_and_then_bound_once() {
    let peer = SmppPeer::start().await;
    peer.answer_next_binds(&[0x05]);
    let routes = smpp_route("viettel", &peer.address(), "", "enquire_every_seconds = 2");
    let _renewals = TestRenewals::start_with_routes(&routes).await;
    peer.wait_for_sessions(1).await;
    assert_eq!(peer.binds(), (2, 1));
    let binds = peer.binds_at();
    assert!(binds[1] - binds[0] >= Duration::from_secs(2), "as long as a session takes to end");
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_10_a_code_is_submitted_though_bulk_fills_its_share_and_is_due_for_hours() {
    let (peer, renewals) = started_so("", "answer_within_seconds = 120").await;
    // Seven of the ten that may be without an answer.
    peer.reply(Reply::Held);
    let mut bulk = String::new();
    for number in 0..30 {
        bulk = renewals.send(of(Priority::Bulk, &format!("bulk{number}"))).await.unwrap().message_id;
    }
    // They are due after those, and their words do not open: they are put off, one by one.
    sqlx::query(
        "insert into message (message_id, dedupe_key, channel, priority, template, state, sealed, due_at, created_at)
         select gen_random_uuid(), 'due' || n, channel, 3, template, 'QUEUED', '\\x00', due_at + interval '1 s', created_at
         from message, generate_series(1, 100000) n where message_id = $1::uuid",
    )
    .bind(&bulk)
    .execute(&renewals.admin)
    .await
    .unwrap();
    renewals.foundation.clock.advance(Duration::from_secs(2));
    peer.wait_for(7).await;
    let put_off = "select count(*) from message where dedupe_key like 'due%' and attempts > 0";
    eventually("bulk goes on", async || renewals.count(put_off).await > 0).await;
    let code = renewals.send(of(Priority::Otp, "code")).await.unwrap();
    peer.wait_for(8).await;
    assert_eq!(renewals.column(&code.message_id, "state").await.as_deref(), Some("SUBMITTED"));
    assert_eq!(peer.submitted().len(), 8, "bulk has its share and no more");
    peer.release();
    renewals.becomes(&code.message_id, "ACCEPTED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_holds_a_route_and_another_takes_over() {
    let (peer, renewals) = started("").await;
    let other = renewals.setup.clone().start(|_| {}, careway_renewals::start).await;
    let sent = renewals.send(of(Priority::Otp, "one")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    assert_eq!(peer.binds(), (1, 1));
    careway_service::run::finish(&renewals.foundation).await;
    peer.wait_for_sessions(1).await;
    eventually("a second bind", async || peer.binds() == (2, 1)).await;
    other.foundation.shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_is_kept_sealed_and_once() {
    let (peer, renewals) = started("").await;
    let kept = "select count(*) from inbound_sms";
    let clock = &renewals.foundation.clock;
    let to_the_fortieth_second = 100 - clock.now().timestamp() % 60;
    clock.advance(Duration::from_secs(to_the_fortieth_second.unsigned_abs()));
    assert!(peer.write("84912345678", "TC NETCO"));
    eventually("it is kept", async || renewals.count(kept).await == 1).await;
    // Less than a minute later, and in another minute of the clock.
    clock.advance(Duration::from_secs(30));
    assert!(peer.write("84912345678", "TC NETCO"));
    assert!(peer.write("84912345678", "DK NETCO"));
    eventually("another is kept", async || renewals.count(kept).await >= 2).await;
    let sent = renewals.send(of(Priority::Otp, "then")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    assert_eq!(renewals.count(kept).await, 2, "the same is one");
    let readable = "select count(*) from inbound_sms where position('NETCO'::bytea in sealed) > 0";
    assert_eq!(renewals.count(readable).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_a_route_promises_is_missed_after_72_hours() {
    let (peer, renewals) = started("").await;
    let sent = renewals.send(of(Priority::Otp, "unreported")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    renewals.foundation.clock.advance(Duration::from_secs(73 * 3600));
    renewals.becomes(&sent.message_id, "UNKNOWN").await;
    peer.report(&peer.submitted()[0].carrier_id, "DELIVRD");
    renewals.becomes(&sent.message_id, "DELIVERED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_is_let_go_though_the_database_says_nothing() {
    let peer = SmppPeer::start().await;
    let routes = smpp_route("viettel", &peer.address(), "", "");
    let (proxy, _renewals) = TestRenewals::start_behind_a_proxy(&routes).await;
    peer.wait_for_sessions(1).await;
    proxy.stall();
    peer.wait_for_sessions(0).await;
    proxy.restore();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_its_process() {
    let (peer, renewals) = started("").await;
    renewals.foundation.shutdown.cancel();
    peer.wait_for_sessions(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_by_tls_is_believed_by_its_certificate_alone() {
    let (peer, certificate) = SmppPeer::start_tls().await;
    let file = std::env::temp_dir().join(format!("careway-{}.pem", uuid::Uuid::new_v4()));
    std::fs::write(&file, certificate).unwrap();
    let trusting = format!("tls = true\nca_file = \"{}\"", file.display());
    let routes = smpp_route("viettel", &peer.address(), "", &trusting);
    let renewals = TestRenewals::start_with_routes(&routes).await;
    peer.wait_for_sessions(1).await;
    let sent = renewals.send(of(Priority::Otp, "sealed")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    assert_eq!(peer.submitted().len(), 1);
    std::fs::remove_file(file).unwrap();

    let (stranger, _) = SmppPeer::start_tls().await;
    let beside = SmppPeer::start().await;
    let routes = smpp_route("stranger", &stranger.address(), "", "tls = true")
        + &smpp_route("known", &beside.address(), "", "");
    let renewals = TestRenewals::start_with_routes(&routes).await;
    let sent = renewals.send(of(Priority::Otp, "elsewhere")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    assert_eq!(
        (stranger.binds().0, beside.submitted().len()),
        (0, 1),
        "no password goes to whom nobody vouches for"
    );
}
