//! The vectors of deliveries, played by the running service: who hears an event, in which order, what is cancelled, what is sent
//! again.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
    time::Duration,
};

use careway_contract::{
    channels::v1::{webhook_message::State, *},
    visits::v1::{ClaimDecided, MemberDataAccessed, VisitAdmitted},
};
use careway_events::{Fact, record};
use careway_service::OrganizationKind;
use careway_testing::{Person, eventually};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    receiver::{Receiver, Reply},
    test_channels::TestChannels,
};

/// The rows of a kind; how many there are is part of the test.
pub(crate) fn rows(kind: &str, count: usize) -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/channels/deliveries.jsonl");
    let rows = std::fs::read_to_string(path).unwrap();
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rows: Vec<_> = rows.filter(|row| row["kind"] == kind).collect();
    assert_eq!(rows.len(), count, "{kind}");
    rows
}

pub(crate) fn text(of: &Value) -> &str {
    of.as_str().unwrap()
}

fn texts(of: &Value) -> Vec<String> {
    of.as_array().unwrap().iter().map(|one| text(one).to_owned()).collect()
}

/// The organizations of the vectors.
fn organizations(service: &TestChannels) -> BTreeMap<&'static str, Person> {
    let other = |kind| Person::of(kind, &service.clock);
    BTreeMap::from([
        ("clinic", service.provider.clone()),
        ("clinic-2", other(OrganizationKind::Facility)),
        ("global-assistance", service.channel.clone()),
        ("web", other(OrganizationKind::Channel)),
        ("payer", other(OrganizationKind::Payer)),
    ])
}

fn said(event_type: &str) -> Fact {
    match event_type {
        "careway.channels.v1.BookingMade" => Fact::new(BookingMade::default()),
        "careway.visits.v1.ClaimDecided" => Fact::new(ClaimDecided::default()),
        "careway.visits.v1.MemberDataAccessed" => Fact::new(MemberDataAccessed::default()),
        "careway.visits.v1.VisitAdmitted" => Fact::new(VisitAdmitted::default()),
        other => panic!("{other} is said by nobody"),
    }
}

#[tokio::test]
async fn an_event_is_heard_by_whom_the_vectors_name() {
    for row in rows("who", 4) {
        let service = TestChannels::run().await;
        let organizations = organizations(&service);
        let happens: DateTime<Utc> = text(&row["event"]["occurredAt"]).parse().unwrap();
        let mut endpoints = Vec::new();
        for given in row["endpoints"].as_array().unwrap() {
            let owner = &organizations[text(&given["organization"])];
            let receiver = Receiver::well().await;
            let types = texts(&given["types"]);
            let permissions = texts(&given["permissions"]);
            let mut permissions: Vec<_> = permissions.iter().map(String::as_str).collect();
            permissions.push("webhooks.manage");
            let request =
                CreateWebhookEndpointRequest { url: receiver.url.clone(), types, ..Default::default() };
            let request = service.by_one_who_may(owner, &permissions, request);
            let made = service.endpoints().create_webhook_endpoint(request).await.unwrap();
            let id = made.into_inner().webhook_endpoint.unwrap().endpoint_id;
            let from: DateTime<Utc> = text(&given["enabledFrom"]).parse().unwrap();
            match text(&given["state"]) {
                "DISABLED" => service.disable(owner, &id).await,
                "DELETED" => {
                    let delete = DeleteWebhookEndpointRequest { endpoint_id: id.clone() };
                    service.endpoints().delete_webhook_endpoint(service.by(owner, delete)).await.unwrap();
                }
                _ => {}
            }
            endpoints.push((
                text(&given["name"]).to_owned(),
                id,
                from - happens,
                receiver,
                text(&given["state"]) == "ENABLED",
            ));
        }
        let (subject, event) = ((Uuid::now_v7(), 1), &row["event"]);
        let of = organizations[text(&event["organization"])].organization;
        let also = event["also"].as_str().map(|also| organizations[also].organization);
        let fact = said(text(&event["type"])).about(subject.0, subject.1).of(of);
        let mut tx = service.service.service.database.begin_system("test").await.unwrap();
        let at = tx.now();
        for (_, id, from, _, _) in &endpoints {
            sqlx::query("update webhook_endpoint set enabled_from = $2 where endpoint_id = $1::uuid")
                .bind(id)
                .bind(at + *from)
                .execute(&service.admin)
                .await
                .unwrap();
        }
        record(&mut tx, also.into_iter().fold(fact, Fact::also));
        tx.finish().await.unwrap();
        service.all_is_heard().await;
        let expected = texts(&row["getIt"]);
        for (name, id, _, receiver, enabled) in &endpoints {
            let made = format!("select count(*) from webhook_delivery where endpoint_id = '{id}'");
            assert_eq!(service.count(&made).await == 1, expected.contains(name), "{name}: {row}");
            if expected.contains(name) && *enabled {
                eventually("it arrives", async || receiver.count() == 1).await;
            } else {
                assert_eq!(receiver.count(), 0, "{name}: {row}");
            }
        }
    }
}

#[tokio::test]
async fn messages_of_a_subject_come_in_the_order_of_the_vectors() {
    for row in rows("order", 4) {
        let service = TestChannels::run_standing().await;
        let owner = &service.provider;
        let mut subjects: HashMap<String, Uuid> = HashMap::new();
        let messages = row["messages"].as_array().unwrap().clone();
        let mut names: HashMap<(Uuid, i64), String> = HashMap::new();
        for message in &messages {
            let subject =
                *subjects.entry(text(&message["aggregate"]).to_owned()).or_insert_with(Uuid::now_v7);
            names.insert((subject, message["version"].as_i64().unwrap()), text(&message["id"]).to_owned());
        }
        let name = move |body: &Value| {
            let subject = text(&body["subject"]).parse().unwrap();
            names[&(subject, body["version"].as_i64().unwrap())].clone()
        };
        let answers = row["answers"].clone();
        let tried: Mutex<HashMap<String, usize>> = Mutex::default();
        let name_of = name.clone();
        let receiver = Receiver::start(move |seen| {
            let name = name_of(&seen.json());
            let mut tried = tried.lock().unwrap();
            let times = tried.entry(name.clone()).or_default();
            *times += 1;
            let fails = answers[&name].get(*times - 1).is_some_and(|answer| answer == "fails");
            Reply::Status(if fails { 500 } else { 204 })
        })
        .await;
        let ordering = match text(&row["ordering"]) {
            "STRICT" => webhook_endpoint::Ordering::Strict,
            _ => webhook_endpoint::Ordering::FirstAttempts,
        };
        let request = CreateWebhookEndpointRequest {
            url: receiver.url.clone(),
            ordering: ordering.into(),
            ..Default::default()
        };
        service.endpoint_as(owner, request).await;
        for at in [0, 3] {
            let now = messages.iter().filter(|message| message["at"] == at);
            let facts = now.map(|message| {
                let subject = subjects[text(&message["aggregate"])];
                (VisitAdmitted::default(), (subject, message["version"].as_i64().unwrap()))
            });
            service.say_all(facts.collect::<Vec<_>>(), owner.organization, None).await;
            service.all_is_heard().await;
            eventually("all is tried", async || !service.is_at_work().await).await;
            service.clock.advance(Duration::from_secs(3));
        }
        let arrivals = row["arrivals"].as_object().unwrap();
        let expected: usize = arrivals.values().map(|list| list.as_array().unwrap().len()).sum();
        eventually("all have arrived", async || {
            service.pass_when_idle().await;
            receiver.count() >= expected
        })
        .await;
        for (aggregate, list) in arrivals {
            let mut times: HashMap<String, u64> = HashMap::new();
            let of_subject = |body: &Value| text(&body["subject"]) == subjects[aggregate].to_string();
            let seen = receiver.seen();
            let came = seen.iter().map(|seen| seen.json()).filter(of_subject).map(|body| {
                let name = name(&body);
                let times = times.entry(name.clone()).or_default();
                *times += 1;
                (name, *times)
            });
            let came: Vec<_> = came.collect();
            let list = list.as_array().unwrap().iter();
            let list: Vec<_> = list.map(|one| (text(&one[0]).to_owned(), one[1].as_u64().unwrap())).collect();
            assert_eq!(came, list, "{row}");
        }
    }
}

impl TestChannels {
    /// Something is under way, or is due and nobody has begun it yet.
    pub(crate) async fn is_at_work(&self) -> bool {
        let busy = "select exists (select from webhook_turn where lease is not null or next_due <= $1)";
        let busy = sqlx::query_scalar(busy).bind(self.clock.now()).fetch_one(&self.admin);
        busy.await.unwrap()
    }

    /// The clock goes on to what is due next, once nobody is at work.
    async fn pass_when_idle(&self) {
        if self.is_at_work().await {
            return;
        }
        let next = "select min(due_at) from webhook_delivery where state = 'PENDING' and due_at > $1";
        let next = sqlx::query_scalar(next).bind(self.clock.now()).fetch_one(&self.admin);
        let due: Option<DateTime<Utc>> = next.await.unwrap();
        if let Some(wait) = due.and_then(|due| (due - self.clock.now()).to_std().ok()) {
            self.clock.advance(wait);
        }
    }
}

#[tokio::test]
async fn what_is_due_at_an_endpoint_that_is_taken_away_is_cancelled() {
    let row = &rows("crash", 3)[2];
    assert!(text(&row["expect"]).contains("CANCELLED"));
    let service = TestChannels::run().await;
    let (owner, receiver) = (&service.provider, Receiver::start(|_| Reply::Status(500)).await);
    let (endpoint, _) = service.endpoint(owner, &receiver.url).await;
    service.say(VisitAdmitted::default(), (Uuid::now_v7(), 1), owner.organization, None).await;
    eventually("it is tried", async || receiver.count() > 0).await;
    let delete = DeleteWebhookEndpointRequest { endpoint_id: endpoint.endpoint_id.clone() };
    service.endpoints().delete_webhook_endpoint(service.by(owner, delete)).await.unwrap();
    eventually("it is cancelled", async || service.messages_in(owner, State::Cancelled).await.len() == 1)
        .await;
    let due = "select count(*) from webhook_turn where next_due is not null or lease is not null";
    eventually("nothing is due", async || service.count(due).await == 0).await;
}

#[tokio::test]
async fn what_was_not_delivered_is_recovered_and_what_was_is_sent_again_on_demand() {
    let rows = rows("again", 2);
    let service = TestChannels::run().await;
    let (owner, receiver) = (&service.provider, Receiver::well().await);
    let (endpoint, _) = service.endpoint(owner, &receiver.url).await;
    let id = endpoint.endpoint_id.as_str();
    let names = ["m1", "m2", "m3", "m4"];
    let subjects: Vec<_> = names.iter().map(|_| Uuid::now_v7()).collect();
    let since = service.clock.now() - TimeDelta::seconds(1);
    for subject in &subjects[..3] {
        service.say(VisitAdmitted::default(), (*subject, 1), owner.organization, None).await;
    }
    eventually("they are taken", async || service.messages_in(owner, State::Delivered).await.len() == 3)
        .await;
    // Two of them as they are after ten attempts that failed.
    sqlx::query(
        "update webhook_delivery set state = 'EXHAUSTED', attempts = 10, tries = 10 where subject = any($1)",
    )
    .bind(&subjects[..2])
    .execute(&service.admin)
    .await
    .unwrap();
    service.disable(owner, id).await;
    service.say(VisitAdmitted::default(), (subjects[3], 1), owner.organization, None).await;
    eventually("one is held", async || service.messages_in(owner, State::Held).await.len() == 1).await;
    let before = receiver.seen();
    let first_ids: HashMap<_, _> =
        before.iter().map(|seen| (text(&seen.json()["subject"]).to_owned(), seen.id().to_owned())).collect();

    service.enable(owner, id).await;
    let request = RecoverWebhookEndpointRequest {
        endpoint_id: id.to_owned(),
        since: Some(prost_types::Timestamp { seconds: since.timestamp(), nanos: 0 }),
        until: None,
    };
    service.messages().recover_webhook_endpoint(service.by(owner, request)).await.unwrap();
    eventually("all are taken", async || service.messages_in(owner, State::Delivered).await.len() == 4).await;
    let again = receiver.seen().split_off(before.len());
    let name = |subject: &str| names[subjects.iter().position(|one| one.to_string() == subject).unwrap()];
    let mut sent: Vec<_> = again.iter().map(|seen| name(text(&seen.json()["subject"])).to_owned()).collect();
    sent.sort();
    sent.dedup();
    assert_eq!(sent, texts(&rows[0]["expect"]["sentAgain"]));
    for seen in &again {
        let known = first_ids.get(text(&seen.json()["subject"]));
        assert!(known.is_none_or(|known| known == seen.id()), "under the id that it had");
    }

    let request = ResendWebhookMessageRequest {
        webhook_message_id: first_ids[&subjects[2].to_string()].trim_start_matches("evt_").to_owned(),
        endpoint_id: id.to_owned(),
    };
    let before = receiver.count();
    service.messages().resend_webhook_message(service.by(owner, request)).await.unwrap();
    eventually("it is sent again", async || receiver.count() == before + 1).await;
    let last = receiver.seen().pop().unwrap();
    assert_eq!(last.id(), first_ids[&subjects[2].to_string()]);
    assert_eq!(text(&rows[1]["expect"]["ids"]), "as before");
    eventually("it counts on", async || service.attempts(owner, id).await[0].number == 2).await;
}
