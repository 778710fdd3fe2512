//! A clinic is connected with a call centre, through REST: all eight steps, and what each lacks.

use std::collections::BTreeMap;

use careway_gateway::Route;
use careway_tests::{Channel, ChannelSystem, Facility, Rest, TestPlatform, accepted, refused, today, until};
use chrono::Days;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    document,
    isolation::{ask, filled},
    joint_test::all_seen,
};

/// What there is only where something is booked: `channel_bookings` asks for that.
pub(crate) const OF_BOOKINGS: [&str; 3] = ["booking_id", "closure_id", "hold_id"];

pub(crate) const ONBOARDING: &str = "onboarding@assistance.example";

/// What there is only where an organization has webhooks: this file's journey asks for that.
pub(crate) const OF_WEBHOOKS: [&str; 2] = ["endpoint_id", "webhook_message_id"];

/// A provider, a channel that says where it is written to, and a contract of the two.
pub(crate) async fn contracted(platform: &TestPlatform) -> (Facility, Channel, String) {
    let (provider, channel) = (Facility::of(platform).await, Channel::of(platform).await);
    let profile = json!({"onboardingAddress": ONBOARDING, "language": "ro"});
    let own = format!("/v1/channels/{}", channel.id);
    let found = until("channels hears of the channel", async || {
        let found = provider.administrator.get(&own).await?;
        Ok((found.status == StatusCode::OK).then_some(found))
    })
    .await
    .expect("it is told");
    accepted(200, channel.administrator.put(&own, profile).if_match(found.etag())).await;
    let day = today(platform);
    let contract = json!({
        "partnerId": channel.id, "number": "GA-2027-014", "from": day - Days::new(1), "to": day + Days::new(300),
        "currency": "RON",
    });
    let contract = accepted(201, provider.administrator.post("/v1/channel-contracts", contract)).await;
    let contract = contract.text("channelContract.contractId").to_owned();
    let confirm = format!("/v1/channel-contracts/{contract}/confirm");
    refused(409, "OWN_CONTRACT", provider.administrator.post(&confirm, json!({}))).await;
    accepted(200, channel.administrator.post(&confirm, json!({}))).await;
    (provider, channel, contract)
}

/// A doctor with hours, and an examination by her.
pub(crate) async fn examination(provider: &Facility, code: &str) -> (String, String) {
    let rest = &provider.administrator;
    let doctor = json!({"kind": "PRACTITIONER", "name": "Dr. Elena Marin"});
    let doctor = accepted(201, rest.post("/v1/resources", doctor)).await;
    let doctor = doctor.text("resource.resourceId").to_owned();
    let path = format!("/v1/resources/{doctor}/calendar");
    let calendar = json!({"calendar": {
        "zone": "Europe/Bucharest", "weekly": [{"day": "MON", "hours": [{"from": "09:00", "to": "17:00"}]}],
    }});
    let read = accepted(200, rest.get(&path)).await;
    accepted(200, rest.put(&path, calendar).if_match(read.etag())).await;
    let service = json!({
        "code": code, "name": "Abdominal ultrasound", "durationMinutes": 30, "needs": [{"resourceIds": [doctor]}],
    });
    let service = accepted(201, rest.post("/v1/services", service)).await;
    (doctor, service.text("service.serviceId").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_is_connected_step_by_step_and_the_channel_takes_it_live() {
    let settings = [("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true"), ("CAREWAY_CHANNELS_TIMER_SECONDS", "1")];
    let platform = TestPlatform::with(&settings).await;
    let (provider, channel, _) = contracted(&platform).await;
    let clinic = &provider.administrator;
    let (_, service) = examination(&provider, "US-ABD").await;

    let begun = accepted(201, clinic.post("/v1/connections", json!({"channelId": channel.id}))).await;
    let path = begun.header("location").expect("where it is").to_owned();
    let step = async |rest: &Rest, verb: &str, body: Value| {
        accepted(200, rest.post(&format!("{path}/{verb}"), body)).await
    };
    let lacks = async || {
        let readiness = accepted(200, clinic.get(&format!("{path}/readiness"))).await;
        let missing = readiness.list("missing").iter();
        missing.map(|one| one["code"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    step(clinic, "declare-intent", json!({})).await;
    until("the mail is accepted", async || {
        let read = clinic.get(&path).await?.ok()?;
        Ok((read.text("connection.intent") == "ACCEPTED").then_some(()))
    })
    .await
    .expect("it becomes so");
    let mails = platform.messages_to(ONBOARDING).await;
    assert!(mails[0].text.contains("Global Assistance"), "the intent is written to the channel");
    let copies = platform.messages_to("support@careway.example").await;
    assert!(copies.iter().any(|copy| copy.text == mails[0].text), "customer service is in copy");

    accepted(200, clinic.put(&format!("{path}/services"), json!({"serviceIds": [service]}))).await;
    let refusal = refused(409, "NOT_READY", clinic.post(&format!("{path}/activate"), json!({}))).await;
    assert!(refusal.body.to_string().contains(&format!("PRICE_MISSING:{service}")));
    let edit = json!({"channelId": channel.id, "set": "149.00", "preview": true});
    let shown = accepted(200, clinic.post("/v1/prices/bulk-edit", edit.clone())).await;
    assert_eq!(shown.text("prices.0.after.amount"), "149.00");
    assert!(lacks().await.contains(&"PRICE_MISSING".to_owned()), "a preview keeps nothing");
    let mut edit = edit;
    edit["preview"] = json!(false);
    accepted(200, clinic.post("/v1/prices/bulk-edit", edit)).await;
    step(clinic, "activate", json!({})).await;

    let text = json!({"from": today(&platform) , "texts": [{"language": "ro", "text": "Furnizorul este de acord."}]});
    let consent = accepted(200, platform.operator().await.post("/v1/consents", text)).await;
    let (version, hash) = (consent.at("consent.consentVersion"), consent.text("consent.texts.0.textHash"));
    let front_desk = provider.staff(&platform, &["FRONT_DESK"]).await;
    let accept = json!({"consentVersion": version, "textHash": hash});
    let by_desk = front_desk.post(&format!("{path}/accept-consent"), accept.clone());
    refused(403, "PERMISSION_DENIED", by_desk).await;
    step(clinic, "accept-consent", accept).await;
    platform.settle().await;
    until("the channel is told", async || {
        let mails = platform.messages_to(ONBOARDING).await;
        Ok((mails.len() >= 2).then_some(()))
    })
    .await
    .expect("it is told");

    let contact = "Ben Ionescu, +40 21 555 0100";
    let system = ChannelSystem::start().await.expect("a system");
    let set_up = json!({
        "healthUrl": system.url(), "codes": {(service.clone()): "GA-17"},
        "contacts": {"technical": contact, "emergency": contact, "operations": contact},
    });
    refused(403, "PERMISSION_DENIED", clinic.post(&format!("{path}/set-up"), set_up.clone())).await;
    let unverified = channel.editor.post(&format!("{path}/set-up"), set_up.clone());
    let unverified = refused(409, "NOT_READY", unverified).await;
    assert!(unverified.body.to_string().contains("ENDPOINT_UNVERIFIED"), "{unverified}");
    let endpoint = system.endpoint(&channel.administrator).await.expect("an endpoint");
    let endpoint = endpoint.rsplit('/').next().expect("its id").to_owned();
    step(&channel.editor, "set-up", set_up).await;
    assert_eq!(lacks().await, ["TEST_NOT_PASSED"], "all but the test is there");
    let test = all_seen(&channel, &path, &service).await;
    let early = channel.administrator.post(&format!("{path}/go-live"), json!({}));
    refused(409, "NOT_READY", early).await;
    for rest in [clinic, &channel.editor] {
        step(rest, &format!("tests/{test}/sign"), json!({})).await;
    }
    assert_eq!(lacks().await, Vec::<String>::new());
    refused(403, "PERMISSION_DENIED", channel.editor.post(&format!("{path}/go-live"), json!({}))).await;
    let live = step(&channel.administrator, "go-live", json!({})).await;
    assert_eq!(live.text("connection.state"), "LIVE");

    let history = accepted(200, channel.editor.get(&format!("{path}/history"))).await;
    let done = |verb: &str| history.list("steps").iter().filter(|step| step["step"] == verb).count();
    assert_eq!((done("test-step"), done("check-step"), done("sign-test"), done("go-live")), (7, 2, 2, 1));
    let ids =
        BTreeMap::from([("endpoint_id", endpoint), ("webhook_message_id", uuid::Uuid::now_v7().to_string())]);
    let of_webhooks = |route: &Route| OF_WEBHOOKS.iter().any(|id| route.path.contains(id));
    let asked = nobody_else_sees_it(&platform, &ids, [clinic, &channel.administrator], of_webhooks).await;
    assert!(asked > 20, "only {asked} cells were asked");
    step(clinic, "switch-off", json!({})).await;
    refused(409, "CONNECTION_ENDED", clinic.post(&format!("{path}/activate"), json!({}))).await;
}

/// The week to come, as slots are asked for.
fn week(platform: &TestPlatform) -> String {
    let day = today(platform);
    format!("from={}T00:00:00Z&to={}T00:00:00Z", day + Days::new(1), day + Days::new(8))
}

/// Every such route of channels, made from the contract itself, asked by another provider and another channel; how many cells.
pub(crate) async fn nobody_else_sees_it(
    platform: &TestPlatform,
    ids: &BTreeMap<&'static str, String>,
    owners: [&Rest; 2],
    is_asked: impl Fn(&Route) -> bool,
) -> usize {
    let (other, rival) = (Facility::of(platform).await, Channel::of(platform).await);
    let strangers = [&other.administrator, &rival.administrator, &rival.editor];
    let mut asked = 0;
    let routes = platform.in_process().routes().iter();
    let of_channels = |route: &&Route| route.rpc.starts_with("careway.channels.") && route.access != "PUBLIC";
    for route in routes.filter(of_channels).filter(|route| is_asked(route)) {
        let path = filled(&route.path, ids).unwrap_or_else(|| panic!("no id for {}", route.path));
        // Who the channels are is for everybody who may connect with one.
        if path == route.path || route.path == "/v1/channels/{channel_id}" {
            continue;
        }
        let (_, body) = document::body(document::operation(platform.in_process().openapi(), route));
        for stranger in strangers {
            let answer = ask(stranger, &route.method, &path, body).await;
            let expected = [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN, StatusCode::BAD_REQUEST];
            assert!(expected.contains(&answer.status), "{answer}");
            assert!(!answer.body.to_string().contains("Elena Marin"), "{answer}");
            asked += 1;
        }
        if route.method == reqwest::Method::GET {
            let asks_for_a_time = path.ends_with("/slots");
            let path = if asks_for_a_time { format!("{path}?{}", week(platform)) } else { path };
            let mut reached = false;
            for owner in owners {
                reached |= owner.get(&path).await.expect("an answer").status == StatusCode::OK;
            }
            assert!(reached, "not even the owners reach {path}");
        }
    }
    asked
}
