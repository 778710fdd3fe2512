//! One-time codes: sent, resent, verified, limited, locked.

use std::time::Duration;

use careway_contract::identity::v1::{CreateMemberRequest, UnlockMemberCodesRequest, UpdateMemberRequest};
use careway_service::{Kind, OrganizationKind};
use careway_testing::{FaultProxy, TestServers, key, refusal};
use prost_types::FieldMask;
use tonic::metadata::MetadataValue;

use crate::test_members::{TestMembers, new_member};

const NIN: &str = "1199070012345601";

#[tokio::test]
async fn the_patient_says_the_code_and_is_present() {
    let service = TestMembers::run().await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("rssb-1");
    let challenge = service.start(&service.facility, &key(), &member).await.unwrap();
    assert_eq!(challenge.masked_destination, "+250 ••• ••• •56");

    let message = service.phone.message().await;
    assert_eq!((message.to.as_str(), message.template.as_str()), ("+250788123456", "visit_code"));
    assert_eq!((message.language.as_str(), message.values["facility"].as_str()), ("rw", "Kigali Clinic"));
    assert_eq!(message.values["minutes"], "5");
    let reference = careway_kernel::ChallengeId::parse(&challenge.challenge_id).unwrap().reference();
    assert_eq!(
        message.values["reference"], reference,
        "it tells the code from another one on the same phone"
    );
    let code = &message.values["code"];

    let verified =
        service.verify(&service.facility, &key(), &challenge.challenge_id, &member, code).await.unwrap();
    let summary = verified.member.unwrap();
    assert_eq!((summary.member_id, summary.payer_name.as_str()), (uwase.member_id, "Umurage Health"));
    assert_eq!(service.said("ChallengePassed").await, 1);
    let passed = "select count(*) from audit_entry where action = 'challenge.pass' and member_id is not null";
    assert_eq!(service.count(passed).await, 1);

    let again = service.verify(&service.facility, &key(), &challenge.challenge_id, &member, code).await;
    assert_eq!(refusal(again).reason(), "CODE_REJECTED", "a code is good once");
}

#[tokio::test]
async fn a_repeated_request_has_the_same_answer_and_sends_nothing() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let (start, verify) = (key(), key());
    let first = service.start(&service.facility, &start, &member).await.unwrap();
    let code = service.phone.code().await;
    assert_eq!(service.start(&service.facility, &start, &member).await.unwrap(), first);

    let passed =
        service.verify(&service.facility, &verify, &first.challenge_id, &member, &code).await.unwrap();
    let again =
        service.verify(&service.facility, &verify, &first.challenge_id, &member, &code).await.unwrap();
    assert_eq!(passed, again);
    service.flush_redis().await;
    let kept = service.verify(&service.facility, &verify, &first.challenge_id, &member, &code).await.unwrap();
    assert_eq!((kept, service.said("ChallengePassed").await), (passed, 1));
    assert_eq!(service.phone.waiting(), 0);
}

/// The visits service asks, passes, and dies before its own commit: its retry passes, as if identity's answer had
/// been lost before identity's own commit too.
#[tokio::test]
async fn a_pass_whose_answer_was_lost_passes_again_for_five_minutes() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let (challenge, code) = service.started(&member).await;
    let verify = key();
    service.verify(&service.facility, &verify, &challenge, &member, &code).await.unwrap();
    sqlx::query("delete from idempotency_record").execute(&service.admin).await.unwrap();
    service.verify(&service.facility, &verify, &challenge, &member, &code).await.unwrap();

    sqlx::query("delete from idempotency_record").execute(&service.admin).await.unwrap();
    let other_code = if code == "000000" { "000001" } else { "000000" };
    let guess = service.verify(&service.facility, &verify, &challenge, &member, other_code).await;
    assert_eq!(refusal(guess).reason(), "CODE_REJECTED");
    service.clock.advance(Duration::from_secs(301));
    let late = service.verify(&service.facility, &verify, &challenge, &member, &code).await;
    assert_eq!(refusal(late).reason(), "CODE_REJECTED");
}

#[tokio::test]
async fn known_and_unknown_are_answered_alike() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let (known, unknown) = (service.by_national_id(NIN), service.by_national_id("1199070099999901"));
    let mut answers = Vec::new();
    for member in [&known, &unknown] {
        let mut said = Vec::new();
        let mut challenge = service.start(&service.facility, &key(), member).await.unwrap();
        let id = std::mem::take(&mut challenge.challenge_id);
        // What differs between any two: the id, the instant, and two digits of a phone.
        challenge.code_expires_at = None;
        challenge.resend_available_at = None;
        challenge.masked_destination.truncate(challenge.masked_destination.len() - 2);
        said.push(format!("{challenge:?}"));
        let soon = refusal(service.resend(&service.facility, &id, member).await);
        said.push(soon.reason().to_owned());
        let twice = refusal(service.start(&service.facility, &key(), member).await);
        said.push(twice.to_string());
        for _ in 0..6 {
            let wrong = refusal(service.verify(&service.facility, &key(), &id, member, "000000").await);
            said.push(format!("{:?} {wrong} {:?}", wrong.kind(), wrong.fact("attemptsLeft")));
        }
        for _ in 0..4 {
            service.clock.advance(Duration::from_secs(61));
            let resent = service.resend(&service.facility, &id, member).await;
            said.push(resent.map_or_else(|error| error.to_string(), |_| "resent".to_owned()));
        }
        answers.push(said);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(
        service.count("select count(*) from code_failure").await,
        2,
        "a stranger's failures are counted too"
    );

    service.clock.advance(Duration::from_secs(24 * 3600));
    let stable = service.start(&service.facility, &key(), &unknown).await.unwrap().masked_destination;
    service.clock.advance(Duration::from_secs(61));
    assert_eq!(service.start(&service.facility, &key(), &unknown).await.unwrap().masked_destination, stable);
}

#[tokio::test]
async fn a_code_is_bound_to_its_facility_and_staff_member() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let elsewhere = service.other(OrganizationKind::Facility, "Huye Hospital").await;
    let (challenge, code) = service.started(&member).await;
    for other in [&elsewhere, &service.colleague(&service.facility)] {
        let foreign = refusal(service.verify(other, &key(), &challenge, &member, &code).await);
        assert_eq!((foreign.reason(), foreign.fact("attemptsLeft")), ("CODE_REJECTED", Some("0")));
    }
    service.clock.advance(Duration::from_secs(61));
    assert_eq!(refusal(service.resend(&elsewhere, &challenge, &member).await).kind(), Kind::NotFound);
    service
        .verify(&service.facility, &key(), &challenge, &member, &code)
        .await
        .expect("untouched by the others' tries");
}

#[tokio::test]
async fn a_resend_kills_the_old_code_and_waits_a_minute() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let (challenge, old) = service.started(&member).await;
    let soon = refusal(service.resend(&service.facility, &challenge, &member).await);
    assert_eq!((soon.kind(), soon.reason()), (Kind::Throttled, "RESEND_TOO_SOON"));
    service.clock.advance(Duration::from_secs(61));
    let resent = service.resend(&service.facility, &challenge, &member).await.unwrap();
    assert_eq!(resent.challenge_id, challenge);
    let new = service.phone.code().await;
    if old != new {
        let dead = service.verify(&service.facility, &key(), &challenge, &member, &old).await;
        assert_eq!(refusal(dead).fact("attemptsLeft"), Some("4"));
    }
    service.verify(&service.facility, &key(), &challenge, &member, &new).await.unwrap();
}

#[tokio::test]
async fn a_code_dies_after_five_minutes() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let (challenge, code) = service.started(&member).await;
    service.clock.advance(Duration::from_secs(301));
    let late = service.verify(&service.facility, &key(), &challenge, &member, &code).await;
    assert_eq!(refusal(late).reason(), "CODE_REJECTED");
}

#[tokio::test]
async fn a_member_gets_three_codes_in_ten_minutes_and_ten_a_day() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let mut sent = 0;
    for window in 0..4 {
        for _ in 0..3 {
            match service.start(&service.facility, &key(), &member).await {
                Ok(_) => {
                    service.phone.message().await;
                    sent += 1;
                }
                Err(error) => assert_eq!((error.reason(), window), ("CODE_LIMIT_REACHED", 3)),
            }
            service.clock.advance(Duration::from_secs(61));
        }
        let over = service.start(&service.facility, &key(), &member).await;
        let over = refusal(over);
        assert_eq!((over.reason(), over.fact("limit")), ("CODE_LIMIT_REACHED", Some("PATIENT")));
        service.clock.advance(Duration::from_secs(600));
    }
    assert_eq!(sent, 10);
    service.clock.advance(Duration::from_secs(24 * 3600));
    service.start(&service.facility, &key(), &member).await.unwrap();
}

/// Two names of one person do not give twice the messages, and the answer does not tell that they are one.
#[tokio::test]
async fn another_name_of_the_same_member_gives_no_more_messages() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let (number, national_id) = (service.by_number("RSSB-1"), service.by_national_id(NIN));
    for _ in 0..3 {
        service.start(&service.facility, &key(), &number).await.unwrap();
        service.phone.message().await;
        service.clock.advance(Duration::from_secs(61));
    }
    service.start(&service.facility, &key(), &national_id).await.expect("looks as always");
    service.clock.advance(Duration::from_secs(600));
    let (challenge, code) = service.started(&national_id).await;
    assert_eq!(service.phone.waiting(), 0, "the fourth was not sent");
    service.verify(&service.facility, &key(), &challenge, &national_id, &code).await.unwrap();
}

#[tokio::test]
async fn a_dependants_code_goes_to_the_principal_and_nobodys_nowhere() {
    let service = TestMembers::run().await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    let child = careway_contract::identity::v1::CreateMemberRequest {
        principal_member_id: uwase.member_id,
        birth_date: "2015-01-02".to_owned(),
        ..crate::test_members::new_member("RSSB-2")
    };
    service.members().create_member(service.by(&service.payer, &key(), child)).await.unwrap();
    service.register("RSSB-3", "", "").await;

    service.start(&service.facility, &key(), &service.by_number("RSSB-3")).await.unwrap();
    let (challenge, code) = service.started(&service.by_number("RSSB-2")).await;
    let child = service
        .verify(&service.facility, &key(), &challenge, &service.by_number("RSSB-2"), &code)
        .await
        .unwrap();
    assert_eq!(child.member.unwrap().member_number, "RSSB-2");
}

#[tokio::test]
async fn a_code_dies_with_the_number_it_was_sent_to() {
    let service = TestMembers::run().await;
    let parent = service.register("RSSB-1", NIN, "0788123456").await;
    let child = CreateMemberRequest { principal_member_id: parent.member_id.clone(), ..new_member("RSSB-2") };
    service.members().create_member(service.by(&service.payer, &key(), child)).await.unwrap();
    let members = [service.by_number("RSSB-1"), service.by_number("RSSB-2")];
    let mut sent = Vec::new();
    for member in &members {
        sent.push(service.started(member).await);
    }

    let change = UpdateMemberRequest {
        member_id: parent.member_id,
        mobile: "0788654321".to_owned(),
        update_mask: Some(FieldMask { paths: vec!["mobile".to_owned()] }),
        ..Default::default()
    };
    let mut change = service.by(&service.payer, &key(), change);
    change.metadata_mut().insert("if-match", MetadataValue::from(1));
    service.members().update_member(change).await.unwrap();

    for (member, (challenge, code)) in members.iter().zip(&sent) {
        let late = service.verify(&service.facility, &key(), challenge, member, code).await;
        assert_eq!(refusal(late).reason(), "CODE_REJECTED");
    }
    assert_eq!(service.said("ChallengePassed").await, 0);
    service.clock.advance(Duration::from_secs(61));
    service.resend(&service.facility, &sent[1].0, &members[1]).await.unwrap();
    let message = service.phone.message().await;
    assert_eq!(message.to, "+250788654321");
    let code = &message.values["code"];
    service.verify(&service.facility, &key(), &sent[1].0, &members[1], code).await.unwrap();
}

#[tokio::test]
async fn a_facility_is_limited_whoever_it_asks_for() {
    let service = TestMembers::with(&[("CAREWAY_IDENTITY_CODES_PER_FACILITY_10_MIN", "2")]).await;
    for (number, allowed) in [("NO-1", true), ("NO-2", true), ("NO-3", false)] {
        let started = service.start(&service.facility, &key(), &service.by_number(number)).await;
        assert_eq!(started.is_ok(), allowed, "{number}");
    }
    let elsewhere = service.other(OrganizationKind::Facility, "Huye Hospital").await;
    service.start(&elsewhere, &key(), &service.by_number("NO-3")).await.unwrap();
}

#[tokio::test]
async fn without_redis_there_is_no_code() {
    let (proxy, redis) = FaultProxy::before(&TestServers::from_env().redis).await;
    let service = TestMembers::with(&[("CAREWAY_REDIS_URL", &redis)]).await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let (challenge, code) = service.started(&member).await;
    proxy.cut();
    let gone = refusal(service.verify(&service.facility, &key(), &challenge, &member, &code).await);
    assert_eq!(gone.kind(), Kind::Unavailable);
}

#[tokio::test]
async fn an_officer_lifts_the_lock() {
    let service = TestMembers::with(&[("CAREWAY_IDENTITY_CODE_FAILURES_TO_LOCK", "5")]).await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let unlock = |by| {
        let request = UnlockMemberCodesRequest {
            member_id: uwase.member_id.clone(),
            reason: "Came in person".to_owned(),
        };
        service.by(by, &key(), request)
    };
    let early = service.members().unlock_member_codes(unlock(&service.payer)).await;
    assert_eq!(refusal(early).reason(), "NOT_LOCKED");
    let (challenge, code) = service.started(&member).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let _ = service.verify(&service.facility, &key(), &challenge, &member, wrong).await;
    }
    assert_eq!(service.said("ChallengeLocked").await, 1);
    service.clock.advance(Duration::from_secs(61));
    service.start(&service.facility, &key(), &member).await.expect("looks as always");

    let other = service.other(OrganizationKind::Payer, "Other Health").await;
    let foreign = service.members().unlock_member_codes(unlock(&other)).await;
    assert_eq!(refusal(foreign).kind(), Kind::NotFound);
    let lifted = service.members().unlock_member_codes(unlock(&service.payer)).await.unwrap().into_inner();
    assert_eq!(lifted.member.unwrap().codes_locked_at, None);
    assert_eq!(service.said("ChallengeUnlocked").await, 1);

    service.clock.advance(Duration::from_secs(61));
    let (challenge, code) = service.started(&member).await;
    assert_eq!(service.phone.waiting(), 0, "while it was locked nothing was sent");
    service.verify(&service.facility, &key(), &challenge, &member, &code).await.unwrap();
}
