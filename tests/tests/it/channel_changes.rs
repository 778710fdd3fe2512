//! After synchronisation, through REST: a price and a new examination wait for the call centre's acknowledgement, a duration
//! does not; and nobody else sees any of it.

use std::collections::BTreeMap;

use careway_gateway::Route;
use careway_tests::{Channel, ChannelSystem, Facility, Rest, TestPlatform, accepted, refused, today, until};
use serde_json::{Value, json};

use crate::{
    channel_connection::{
        OF_BOOKINGS, OF_WEBHOOKS, ONBOARDING, contracted, examination, nobody_else_sees_it,
    },
    joint_test::all_seen,
};

/// A clinic whose connection is live with one examination.
pub(crate) struct Live {
    pub(crate) provider: Facility,
    pub(crate) channel: Channel,
    pub(crate) contract: String,
    pub(crate) doctor: String,
    pub(crate) service: String,
    pub(crate) connection: String,
    test: String,
    /// Asked whether it is well as long as the connection lives.
    _system: ChannelSystem,
}

impl Live {
    pub(crate) async fn of(platform: &TestPlatform) -> Self {
        let (provider, channel, contract) = contracted(platform).await;
        let clinic = &provider.administrator;
        let (doctor, service) = examination(&provider, "US-ABD").await;
        let begun = accepted(201, clinic.post("/v1/connections", json!({"channelId": channel.id}))).await;
        let path = begun.header("location").expect("where it is").to_owned();
        let step = async |rest: &Rest, verb: &str, body: Value| {
            accepted(200, rest.post(&format!("{path}/{verb}"), body)).await
        };
        let price = json!({"channelId": channel.id, "set": "149.00"});
        accepted(200, clinic.post("/v1/prices/bulk-edit", price)).await;
        accepted(200, clinic.put(&format!("{path}/services"), json!({"serviceIds": [service]}))).await;
        step(clinic, "declare-intent", json!({})).await;
        until("the mail is accepted", async || {
            let read = clinic.get(&path).await?.ok()?;
            Ok((read.text("connection.intent") == "ACCEPTED").then_some(()))
        })
        .await
        .expect("it becomes so");
        step(clinic, "activate", json!({})).await;
        let text = json!({"from": today(platform), "texts": [{"language": "ro", "text": "De acord."}]});
        let consent = accepted(200, platform.operator().await.post("/v1/consents", text)).await;
        let consent = json!({
            "consentVersion": consent.at("consent.consentVersion"), "textHash": consent.text("consent.texts.0.textHash"),
        });
        step(clinic, "accept-consent", consent).await;
        let system = ChannelSystem::start().await.expect("a system");
        system.endpoint(&channel.administrator).await.expect("an endpoint");
        let contact = "Ben Ionescu, +40 21 555 0100";
        let set_up = json!({
            "healthUrl": system.url(), "codes": {(service.clone()): "GA-17"},
            "contacts": {"technical": contact, "emergency": contact, "operations": contact},
        });
        step(&channel.editor, "set-up", set_up).await;
        let test = all_seen(&channel, &path, &service).await;
        for rest in [clinic, &channel.editor] {
            step(rest, &format!("tests/{test}/sign"), json!({})).await;
        }
        step(&channel.administrator, "go-live", json!({})).await;
        let connection = begun.text("connection.connectionId").to_owned();
        Self { provider, channel, contract, doctor, service, connection, test, _system: system }
    }

    /// The shown price and duration of an examination.
    async fn shown(&self, service: &str) -> (Value, Value) {
        let path = format!("/v1/connections/{}", self.connection);
        let read = accepted(200, self.channel.editor.get(&path)).await;
        let services = read.list("connection.services");
        let item = services.iter().find(|item| item["serviceId"] == service).expect("it is ticked");
        (item["shownPrice"]["amount"].clone(), item["shownDurationMinutes"].clone())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_centre_takes_over_what_it_acknowledges() {
    let settings = [("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true"), ("CAREWAY_CHANNELS_TIMER_SECONDS", "1")];
    let platform = TestPlatform::with(&settings).await;
    let live = Live::of(&platform).await;
    let (clinic, editor) = (&live.provider.administrator, &live.channel.editor);
    let path = format!("/v1/connections/{}", live.connection);
    assert_eq!(live.shown(&live.service).await, (json!("149.00"), json!(30)));

    let dearer = json!({"channelId": live.channel.id, "percent": "10"});
    accepted(200, clinic.post("/v1/prices/bulk-edit", dearer)).await;
    let changes = accepted(200, clinic.get(&format!("{path}/changes"))).await;
    assert_eq!((changes.text("changes.0.state"), changes.list("changes").len()), ("UNTOLD", 1));
    assert_eq!(live.shown(&live.service).await.0, "149.00");
    let tell = json!({"changeIds": [changes.text("changes.0.changeId")]});
    accepted(200, clinic.post(&format!("{path}/notices"), tell.clone())).await;
    refused(409, "PRICE_CHANGE_TOLD", clinic.post(&format!("{path}/notices"), tell)).await;
    let waiting = accepted(200, editor.get("/v1/channel/notices?state=TOLD")).await;
    assert_eq!(waiting.text("notices.0.price.amount"), "163.90");
    let notice = waiting.text("notices.0.noticeId").to_owned();
    let acknowledge = format!("/v1/notices/{notice}/acknowledge");
    refused(403, "PERMISSION_DENIED", clinic.post(&acknowledge, json!({}))).await;
    accepted(200, editor.post(&acknowledge, json!({}))).await;
    assert_eq!(live.shown(&live.service).await, (json!("163.90"), json!(30)));

    let (_, later) = examination(&live.provider, "RX-TOR").await;
    let price = json!({"channelId": live.channel.id, "set": "90.00", "serviceIds": [later]});
    accepted(200, clinic.post("/v1/prices/bulk-edit", price)).await;
    let ticks = json!({"serviceIds": [live.service, later]});
    accepted(200, clinic.put(&format!("{path}/services"), ticks)).await;
    accepted(200, clinic.post(&format!("{path}/services/{later}/notify"), json!({}))).await;
    let waiting = accepted(200, editor.get("/v1/channel/notices?state=TOLD")).await;
    let acknowledge = format!("/v1/notices/{}/acknowledge", waiting.text("notices.0.noticeId"));
    accepted(200, editor.post(&acknowledge, json!({"code": "RX1"}))).await;
    assert_eq!(live.shown(&later).await.0, Value::Null, "Careway has not acknowledged it");
    accepted(200, platform.operator().await.post(&acknowledge, json!({}))).await;
    assert_eq!(live.shown(&later).await, (json!("90.00"), json!(30)));

    let service = format!("/v1/services/{}", live.service);
    let read = accepted(200, clinic.get(&service)).await;
    let longer = json!({
        "name": "Abdominal ultrasound", "durationMinutes": 45, "needs": [{"resourceIds": [live.doctor]}],
    });
    accepted(200, clinic.put(&service, longer).if_match(read.etag())).await;
    assert_eq!(live.shown(&live.service).await, (json!("163.90"), json!(45)), "nobody is asked");
    let told = accepted(200, editor.get("/v1/channel/notices?state=IN_FORCE")).await;
    assert_eq!(told.text("notices.0.kind"), "DURATION");
    until("the channel is written to", async || {
        let mails = platform.messages_to(ONBOARDING).await;
        Ok(mails.iter().any(|mail| mail.text.contains("durată")).then_some(()))
    })
    .await
    .expect("it is");

    let feed = until("the feed has both", async || {
        let feed = editor.get("/v1/channel/changes?kind=service").await?.ok()?;
        Ok((feed.list("items").len() == 2).then_some(feed))
    })
    .await
    .expect("it does");
    assert!(feed.at("items.0.modified").is_i64(), "a number, not its text");
    let smart = format!("/v1/smart/{}", live.channel.id);
    let manifest = accepted(200, platform.rest().get(&format!("{smart}/$bulk-publish"))).await;
    assert_eq!(manifest.list("output").len(), 3);
    let places = accepted(200, platform.rest().get(&format!("{smart}/locations.ndjson"))).await;
    assert_eq!(places.header("content-type"), Some("application/fhir+ndjson"));

    let ids = BTreeMap::from([
        ("connection_id", live.connection.clone()),
        ("service_id", live.service.clone()),
        ("resource_id", live.doctor.clone()),
        ("test_id", live.test.clone()),
        ("step", "HEALTH".to_owned()),
        ("contract_id", live.contract.clone()),
        ("channel_id", live.channel.id.clone()),
        ("notice_id", notice),
    ]);
    // A feed is of whoever asks: `actions_center` asks for those.
    let elsewhere = [OF_BOOKINGS.as_slice(), &OF_WEBHOOKS, &["{feed}"]].concat();
    let unbooked = |route: &Route| !elsewhere.iter().any(|id| route.path.contains(id));
    let asked = nobody_else_sees_it(&platform, &ids, [clinic, &live.channel.administrator], unbooked).await;
    assert!(asked > 60, "only {asked} cells were asked");
}
