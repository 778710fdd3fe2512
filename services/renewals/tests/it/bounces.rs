//! What does not arrive: bounces of mails, undelivered numbers, and what they make of a participant's contacts.

use std::time::Duration;

use careway_contract::renewals::v1::{
    notification_service_client::NotificationServiceClient, report_bounce_response::Outcome, *,
};
use careway_contract::types::v1::MailHeaders;
use careway_kernel::ParticipantId;
use careway_testing::{Reply, SmppPeer, eventually};
use prost::Message as _;
use serde_json::Value;

use crate::{
    test_people::{TestPeople, made},
    test_renewals::{code_message, mail, routes_file, smpp_route},
};

const VECTORS: &str = include_str!("../../../../tests/vectors/renewals/bounces.jsonl");
/// The mail of the vectors.
const MAIL_ID: &str = "<0199f0a2-7d1c-7c3e-9f53-0d6a3b1c2e4f@careway.example>";

struct Bounces {
    people: TestPeople,
}

impl Bounces {
    async fn start() -> Self {
        let setup = TestPeople::setup().await;
        let sender = "bounces+{message}@careway.example";
        Self { people: TestPeople::of(setup.with("CAREWAY_RENEWALS_MAIL_ENVELOPE_SENDER", sender)).await }
    }

    fn client(&self) -> NotificationServiceClient<careway_service::Upstream> {
        NotificationServiceClient::new(self.people.upstream())
    }

    /// A mail that went out under this Message-ID; to the first, and a copy to the others.
    async fn sent(&self, dedupe_key: &str, mail_id: &str, to: &[String]) -> String {
        self.people.clock.advance(Duration::from_millis(1));
        let headers =
            MailHeaders { message_id: mail_id.to_owned(), cc: to[1..].to_vec(), ..Default::default() };
        let request = SendRequest { to: to[0].clone(), mail: Some(headers), ..mail(dedupe_key, "Ubuzima") };
        let request = self.people.foundation.identity.request(request);
        let id = self.client().send(request).await.unwrap().into_inner().message_id;
        self.becomes(&id, "ACCEPTED").await;
        id
    }

    async fn report(&self, mail: impl Into<Vec<u8>>, return_address: &str) -> (Outcome, String) {
        let request = ReportBounceRequest { mail: mail.into(), return_address: return_address.to_owned() };
        let request = self.people.foundation.identity.request(request);
        let answer = self.client().report_bounce(request).await.unwrap().into_inner();
        (answer.outcome(), answer.message_id)
    }

    async fn becomes(&self, message_id: &str, wanted: &str) {
        let so = async || self.state(message_id).await == wanted;
        eventually(&format!("{message_id} is {wanted}"), so).await;
    }

    async fn state(&self, message_id: &str) -> String {
        let state = sqlx::query_scalar("select state from message where message_id = $1::uuid");
        state.bind(message_id).fetch_one(&self.people.admin).await.unwrap()
    }

    /// Whether number and address of somebody are suspect.
    async fn suspect(&self, id: ParticipantId) -> (bool, bool) {
        let suspect =
            sqlx::query_as("select mobile_suspect, email_suspect from participant where participant_id = $1");
        suspect.bind(id.uuid()).fetch_one(&self.people.admin).await.unwrap()
    }

    /// What was said last of a bounce.
    async fn said(&self) -> MessageBounced {
        let payload: Vec<u8> = sqlx::query_scalar(
            "select payload from outbox where type = 'careway.renewals.v1.MessageBounced' order by id desc limit 1",
        )
        .fetch_one(&self.people.admin)
        .await
        .unwrap();
        MessageBounced::decode(payload.as_slice()).unwrap()
    }
}

/// A report on one recipient, of the mail with this Message-ID.
fn report(address: &str, status: &str, mail_id: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: {status}\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mail_id}\r\n\r\n--b--\r\n"
    )
}

#[tokio::test]
async fn every_bounce_of_the_vectors_has_its_effect() {
    let bounces = Bounces::start().await;
    for (line, row) in VECTORS.lines().enumerate() {
        let row: Value = serde_json::from_str(row).unwrap();
        let (id, expect) = (row["id"].as_str().unwrap(), &row["expect"]);
        let to: Vec<String> = match &expect["address"] {
            Value::Array(several) => several.iter().map(|to| to.as_str().unwrap().to_owned()).collect(),
            Value::String(one) => vec![one.clone()],
            _ => vec!["an@example.vn".to_owned()],
        };
        // Each row has somebody of its own.
        let mut persons = Vec::new();
        for (at, address) in to.iter().enumerate() {
            let person = bounces.people.person(made(&format!("79364{line:03}{at:02}"))).await;
            bounces.people.reach(person, "email", address).await;
            persons.push(person);
        }
        let eml = row["eml"].as_str().unwrap();
        let effect = expect["effect"].as_str().unwrap();
        let times = if effect.contains("third") { 3 } else { 1 };
        for time in 1..=times {
            let message = bounces.sent(&format!("{id} {time}"), MAIL_ID, &to).await;
            let (outcome, named) = bounces.report(eml, "").await;
            let (state, suspect) = match effect {
                "none" => (Outcome::NoBounce, false),
                "none: nothing of ours is named" => (Outcome::NotOurs, false),
                "UNDELIVERED; suspect after the third in a row" => (Outcome::Bounced, time == 3),
                "UNDELIVERED; the address becomes suspect" | "UNDELIVERED for each" => {
                    (Outcome::Bounced, true)
                }
                "UNDELIVERED; the address stays good, an operator is alarmed" => (Outcome::Bounced, false),
                other => panic!("{id}: {other}"),
            };
            assert_eq!(outcome, state, "{id}");
            let undelivered = outcome == Outcome::Bounced;
            assert_eq!(bounces.state(&message).await == "UNDELIVERED", undelivered, "{id}");
            assert_eq!(named, if undelivered { message.as_str() } else { "" }, "{id}");
            for person in &persons {
                assert_eq!(bounces.suspect(*person).await, (false, suspect), "{id} {time}");
            }
            if undelivered {
                let said = bounces.said().await;
                assert_eq!((said.message_id, said.suspect), (message, suspect), "{id}");
                assert_eq!(said.kind, expect["kind"], "{id}");
            }
        }
    }
    assert_eq!(bounces.people.said("MessageFailed").await, 0);
}

#[tokio::test]
async fn a_bounce_is_known_by_its_return_address_or_by_message_id_and_recipient_and_by_nothing_less() {
    let bounces = Bounces::start().await;
    let hoa = bounces.people.person(made("7936491863")).await;
    bounces.people.reach(hoa, "email", "hoa@example.vn").await;
    let to = ["Hoa@example.vn".to_owned()];
    let first = bounces.sent("first", "", &to).await;
    let own_id = format!("<{first}@careway.example>");

    // Who knows the identifier alone, or the address alone, says nothing.
    for (address, mail_id) in [("other@example.vn", own_id.as_str()), ("hoa@example.vn", "<x@example.vn>")] {
        let forged = bounces.report(report(address, "5.1.1", mail_id), "").await;
        assert_eq!(forged, (Outcome::NotOurs, String::new()), "{address}");
    }
    assert_eq!(
        (bounces.state(&first).await.as_str(), bounces.suspect(hoa).await),
        ("ACCEPTED", (false, false))
    );

    // Forwarded, and without anything of the mail: its return address tells.
    let return_address = format!("BOUNCES+{}@careway.example", first.replace('-', ""));
    let forwarded = bounces.report(report("box@elsewhere.example", "5.2.2", ""), &return_address).await;
    assert_eq!(forwarded, (Outcome::Bounced, first.clone()));
    assert_eq!(
        (bounces.state(&first).await.as_str(), bounces.suspect(hoa).await),
        ("UNDELIVERED", (false, false))
    );
    // Told again it is the same.
    bounces.report(report("box@elsewhere.example", "5.2.2", ""), &return_address).await;
    assert_eq!(bounces.people.said("MessageBounced").await, 1);

    let second = bounces.sent("second", "", &to).await;
    let named = format!("<{second}@careway.example>");
    let known = bounces.report(report("HOA@example.vn", "5.2.1", &named), "").await;
    assert_eq!(known, (Outcome::Bounced, second));
    assert_eq!(bounces.suspect(hoa).await, (false, true));
}

#[tokio::test]
async fn three_failures_within_two_weeks_make_an_address_suspect_and_two_weeks_later_they_are_forgotten() {
    let bounces = Bounces::start().await;
    let hoa = bounces.people.person(made("7936491863")).await;
    bounces.people.reach(hoa, "email", "hoa@example.vn").await;
    let fail = async |dedupe_key: &str| {
        let id = bounces.sent(dedupe_key, "", &["hoa@example.vn".to_owned()]).await;
        bounces.report(report("hoa@example.vn", "4.2.2", &format!("<{id}@careway.example>")), "").await;
        bounces.suspect(hoa).await.1
    };
    let day = Duration::from_secs(86_400);
    assert!(!fail("one").await && !fail("two").await);
    bounces.people.clock.advance(15 * day);
    assert!(!fail("three").await, "the first two are forgotten");
    assert!(!fail("four").await);
    bounces.people.clock.advance(13 * day);
    assert!(fail("five").await);
}

#[tokio::test]
async fn a_mail_to_several_is_undelivered_once_it_reached_none() {
    let bounces = Bounces::start().await;
    let to = ["an@example.vn", "binh@example.vn"].map(str::to_owned);
    let id = bounces.sent("several", "", &to).await;
    let mail_id = format!("<{id}@careway.example>");
    bounces.report(report(&to[0], "5.1.1", &mail_id), "").await;
    assert_eq!(bounces.state(&id).await, "ACCEPTED");
    bounces.report(report(&to[1], "5.1.1", &mail_id), "").await;
    assert_eq!(bounces.state(&id).await, "UNDELIVERED");
}

#[tokio::test]
async fn what_is_no_report_or_too_long_changes_nothing_and_only_careways_own_services_may_report() {
    let bounces = Bounces::start().await;
    assert_eq!(bounces.report("Subject: hello\r\n\r\nhello", "").await.0, Outcome::NoBounce);
    let long = ReportBounceRequest { mail: vec![b'x'; 256 * 1024 + 1], return_address: String::new() };
    let refused = bounces.client().report_bounce(bounces.people.foundation.identity.request(long)).await;
    assert_eq!(refused.unwrap_err().code(), tonic::Code::InvalidArgument);
    let stranger = bounces.people.by(&bounces.people.agency, ReportBounceRequest::default());
    let refused = bounces.client().report_bounce(stranger).await;
    assert_eq!(refused.unwrap_err().code(), tonic::Code::PermissionDenied);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_does_not_exist_or_gets_nothing_is_suspect() {
    let peer = SmppPeer::start().await;
    let routes = routes_file(&smpp_route("viettel", &peer.address(), "", ""));
    let people = TestPeople::of(TestPeople::setup().await.with("CAREWAY_RENEWALS_ROUTES", routes)).await;
    let bounces = Bounces { people };
    peer.wait_for_sessions(1).await;
    let mut persons = Vec::new();
    for (number, mobile) in
        [("7936491863", "+84912345671"), ("7936491864", "+84912345672"), ("7936491865", "+84912345673")]
    {
        let person = bounces.people.person(made(number)).await;
        bounces.people.reach(person, "mobile", mobile).await;
        persons.push(person);
    }
    peer.reply_next(&[Reply::Accept, Reply::Accept, Reply::Status(0x0B)]);
    for (at, person) in persons.iter().enumerate() {
        let to = format!("+8491234567{}", at + 1);
        let request = SendRequest { to, language: "en".to_owned(), ..code_message(&at.to_string()) };
        let request = bounces.people.foundation.identity.request(request);
        let id = bounces.client().send(request).await.unwrap().into_inner().message_id;
        if at < 2 {
            bounces.becomes(&id, "ACCEPTED").await;
            let carrier_id = peer.submitted()[at].carrier_id.clone();
            peer.report(&carrier_id, ["UNDELIV", "EXPIRED"][at]);
            bounces.becomes(&id, ["UNDELIVERED", "EXPIRED"][at]).await;
        } else {
            bounces.becomes(&id, "REJECTED").await;
        }
        assert_eq!(bounces.suspect(*person).await, (at != 1, false), "{at}");
    }
}
