//! What a channel reads, over gRPC: its catalogue, the feed of it, and what anybody may read of it.

use careway_channels::{MIGRATOR, NAME};
use careway_contract::{
    channels::v1::{
        edit_prices_request::Edit, feed_service_client::FeedServiceClient,
        smart_scheduling_service_client::SmartSchedulingServiceClient, *,
    },
    google::api::HttpBody,
    identity::v1::OrganizationChanged,
};
use careway_events::{Fact, Relay, record};
use careway_service::{Kind, OrganizationKind, Upstream};
use careway_testing::{Person, TestDatabase, eventually, refusal};
use serde_json::{Value, json};
use tonic::{Response, Status, Streaming};

use crate::{booking_world::patient, bookings, test_channels::TestChannels};

/// A file with what is said of it.
struct File {
    status: String,
    tag: String,
    text: String,
    media_type: String,
    cache: String,
}

async fn whole(answer: Result<Response<Streaming<HttpBody>>, Status>) -> Result<File, Status> {
    let mut answer = answer?;
    let said = |name: &str| answer.metadata().get(name).unwrap().to_str().unwrap().to_owned();
    let (status, tag, cache) = (said("careway-http-status"), said("etag"), said("cache-control"));
    let (mut data, mut media_type) = (Vec::new(), String::new());
    while let Some(piece) = answer.get_mut().message().await? {
        data.extend(piece.data);
        media_type = piece.content_type;
    }
    Ok(File { status, tag, text: String::from_utf8(data).unwrap(), media_type, cache })
}

impl TestChannels {
    fn feeds(&self) -> FeedServiceClient<Upstream> {
        FeedServiceClient::new(self.upstream())
    }

    fn smart(&self) -> SmartSchedulingServiceClient<Upstream> {
        SmartSchedulingServiceClient::new(self.upstream())
    }

    async fn sold(&self, person: &Person) -> Vec<SoldService> {
        let request = GetCatalogueRequest::default();
        let found = self.feeds().get_catalogue(self.by(person, request)).await.unwrap();
        found.into_inner().services
    }

    async fn page(&self, person: &Person, after: Option<i64>) -> (Value, String) {
        self.page_of("service", person, after).await
    }

    async fn page_of(&self, kind: &str, person: &Person, after: Option<i64>) -> (Value, String) {
        let request = ListFeedChangesRequest { kind: kind.to_owned(), after_change_number: after };
        let file = whole(self.feeds().list_feed_changes(self.by(person, request)).await).await.unwrap();
        assert_eq!(file.media_type, "application/json");
        (serde_json::from_str(&file.text).unwrap(), file.cache)
    }

    /// Waits until the feed has a change after that one; the last there is.
    async fn changed_after(&self, after: i64) -> Value {
        let mut last = Value::Null;
        eventually("the feed has it", async || {
            let (page, _) = self.page(&self.channel, Some(after)).await;
            last = page["items"].as_array().unwrap().last().cloned().unwrap_or_default();
            !last.is_null()
        })
        .await;
        last
    }

    async fn slot_lines(&self) -> Vec<Value> {
        let channel_id = self.channel.organization.to_string();
        let request = ListSmartSlotsRequest { channel_id };
        let file = whole(self.smart().list_smart_slots(self.by(&self.channel, request)).await).await.unwrap();
        assert_eq!(file.media_type, "application/fhir+ndjson");
        assert_eq!(file.cache, "public, max-age=300");
        file.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn a_channel_reads_what_it_sells_and_what_becomes_of_it() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let (x_ray, mri) = (service.service("X", &doctor).await, service.service("M", &doctor).await);
    let id = service.live(&[&x_ray, &mri]).await;
    let sold = service.sold(&service.channel).await;
    assert_eq!(sold.len(), 2);
    let one = sold.iter().find(|sold| sold.service_id == x_ray).unwrap();
    assert_eq!((one.provider_name.as_str(), one.code.as_str()), ("Clinica Sănătatea", "GA-1"));
    assert_eq!((one.price.as_ref().unwrap().amount.as_str(), one.bookable), ("149.00", true));

    eventually("both are in the feed", async || {
        let (page, cache) = service.page(&service.channel, None).await;
        cache == "private, max-age=3600" && page["items"].as_array().unwrap().len() == 2
    })
    .await;
    let (page, _) = service.page(&service.channel, None).await;
    let last = page["items"][1]["modified"].as_i64().unwrap();
    assert!(page["next"].as_str().unwrap().ends_with(&format!("afterChangeNumber={last}")));
    let (end, cache) = service.page(&service.channel, Some(last)).await;
    assert_eq!(
        (&end["items"], &end["next"], cache.as_str()),
        (&json!([]), &page["next"], "private, max-age=8")
    );

    service.tick(&id, &[&x_ray]).await;
    let gone = service.changed_after(last).await;
    assert_eq!((&gone["id"], &gone["state"], &gone["data"]), (&json!(mri), &json!("deleted"), &Value::Null));
    let last = gone["modified"].as_i64().unwrap();
    let suspend = SuspendConnectionRequest { connection_id: id.clone() };
    service.connections().suspend_connection(service.by(&service.provider, suspend)).await.unwrap();
    let stopped = service.changed_after(last).await;
    assert_eq!((&stopped["id"], &stopped["data"]["bookable"]), (&json!(x_ray), &json!(false)));
    assert!(!service.sold(&service.channel).await[0].bookable);

    // A price that waits for its notice is nobody's to see.
    let request = service.edit(Edit::Set("170.00".to_owned()));
    service.prices().edit_prices(service.by(&service.provider, request)).await.unwrap();
    let (page, _) = service.page(&service.channel, None).await;
    assert!(!page.to_string().contains("170.00"));
    // What is called otherwise is told, too.
    let last = stopped["modified"].as_i64().unwrap();
    let request = SetServiceRequest {
        service_id: x_ray.clone(),
        name: "X-ray of the chest".to_owned(),
        duration_minutes: 30,
        needs: vec![Need { resource_ids: vec![doctor.clone()] }],
        ..Default::default()
    };
    service.services().set_service(service.by_at(&service.provider, 1, request)).await.unwrap();
    assert_eq!(service.changed_after(last).await["data"]["name"], "X-ray of the chest");

    // So is a provider that is called otherwise, and one that reads another clock.
    let last = service.page(&service.channel, Some(last)).await.0["items"][0]["modified"].as_i64().unwrap();
    let provider = service.provider.organization;
    let changed = |name: &str, time_zone: &str| OrganizationChanged {
        organization_id: provider.to_string(),
        kind: "FACILITY".to_owned(),
        name: name.to_owned(),
        time_zone: time_zone.to_owned(),
        ..Default::default()
    };
    let elsewhere = TestDatabase::create(NAME, &MIGRATOR).await;
    let identity = elsewhere.open(2, &service.clock).await;
    Relay::new(&service.foundation, &identity, "identity").start();
    let says = async |event: OrganizationChanged, version: i64| {
        let mut tx = identity.begin_system("tests").await.unwrap();
        record(&mut tx, Fact::new(event).about(provider.uuid(), version));
        tx.finish().await.unwrap();
    };
    says(changed("Clinica Nouă", "Europe/Bucharest"), 2).await;
    let told = service.changed_after(last).await;
    assert_eq!((&told["id"], &told["data"]["providerName"]), (&json!(x_ray), &json!("Clinica Nouă")));
    let last = told["modified"].as_i64().unwrap();
    // What is not shown of it is no change.
    says(changed("Clinica Nouă", "Europe/Bucharest"), 3).await;
    says(changed("Clinica Nouă", "Europe/London"), 4).await;
    let told = service.changed_after(last).await;
    assert_eq!(told["data"]["timeZone"], "Europe/London");

    let rival = Person::of(OrganizationKind::Channel, &service.clock);
    assert_eq!(service.sold(&rival).await, []);
    assert_eq!(service.page(&rival, None).await.0["items"], json!([]));
    let request = ListFeedChangesRequest { kind: "weather".to_owned(), after_change_number: Some(-1) };
    let wrong = whole(service.feeds().list_feed_changes(service.by(&service.channel, request)).await).await;
    assert_eq!(wrong.err().unwrap().code(), tonic::Code::InvalidArgument);
}

#[tokio::test]
async fn anybody_reads_when_something_can_be_booked() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let x_ray = service.service("X", &doctor).await;
    let id = service.live(&[&x_ray]).await;
    let channel_id = service.channel.organization.to_string();
    let request = GetSmartManifestRequest { channel_id: channel_id.clone() };
    let request = service.by(&service.channel, request);
    let manifest = whole(service.smart().get_smart_manifest(request).await).await.unwrap();
    let manifest: Value = serde_json::from_str(&manifest.text).unwrap();
    let slots = format!("http://127.0.0.1:8080/v1/smart/{channel_id}/slots.ndjson");
    assert_eq!(manifest["output"][2], json!({"type": "Slot", "url": slots}));
    let request = ListSmartLocationsRequest { channel_id: channel_id.clone() };
    let places = service.smart().list_smart_locations(service.by(&service.channel, request)).await;
    let places = whole(places).await.unwrap().text;
    assert!(places.contains("Clinica Sănătatea") && places.lines().count() == 1, "{places}");
    let request = ListSmartSchedulesRequest { channel_id };
    let examinations = service.smart().list_smart_schedules(service.by(&service.channel, request)).await;
    assert!(whole(examinations).await.unwrap().text.contains(&x_ray));

    let lines = service.slot_lines().await;
    assert!(lines.len() >= 16, "a Monday at least: {}", lines.len());
    assert!(lines.iter().all(|line| line["status"] == "free"));
    let suspend = SuspendConnectionRequest { connection_id: id };
    service.connections().suspend_connection(service.by(&service.provider, suspend)).await.unwrap();
    let stopped = service.slot_lines().await;
    assert!(!stopped.is_empty() && stopped.iter().all(|line| line["status"] == "busy"));

    // Who has a file already is told that it is the same.
    let places = async |tag: &str| {
        let request = ListSmartLocationsRequest { channel_id: service.channel.organization.to_string() };
        let mut request = service.by(&service.channel, request);
        request.metadata_mut().insert("if-none-match", tag.parse().unwrap());
        whole(service.smart().list_smart_locations(request).await).await.unwrap()
    };
    let (read, same) = (places("\"other\"").await, places("\"other\", *").await);
    assert_eq!((read.status.as_str(), same.status.as_str(), same.text.as_str()), ("200", "304", ""));
    let same = places(&read.tag).await;
    assert_eq!(
        (same.status.as_str(), &same.tag, same.cache.as_str()),
        ("304", &read.tag, "public, max-age=300")
    );

    let nobody = service.provider.organization.to_string();
    let request = GetSmartManifestRequest { channel_id: nobody };
    let request = service.by(&service.channel, request);
    let none = service.smart().get_smart_manifest(request).await.map(|_| ());
    assert_eq!(refusal(none).kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_channel_reads_what_becomes_of_its_bookings_and_nobody_elses() {
    let service = bookings::service().await;
    let world = bookings::world(&service).await;
    let booked = world.book("either", "2027-02-02T07:00:00Z").await.unwrap();
    let kept = world.book("either", "2027-02-02T08:00:00Z").await.unwrap();
    let last_of = async |after: i64, count: usize| {
        let mut items = Vec::new();
        eventually("the feed has it", async || {
            let (page, _) = service.page_of("booking", world.line(), Some(after)).await;
            items = page["items"].as_array().unwrap().clone();
            items.len() == count
        })
        .await;
        items.pop().unwrap()
    };
    let second = last_of(0, 2).await;
    let first_change = second["modified"].as_i64().unwrap();

    let cancel = CancelBookingRequest {
        booking_id: booked.booking_id.clone(),
        reason: "The doctor is ill".to_owned(),
    };
    service.bookings().cancel_booking(service.by(&world.provider, cancel)).await.unwrap();
    let cancelled = last_of(first_change, 1).await;
    assert_eq!(
        (&cancelled["id"], &cancelled["state"], &cancelled["kind"]),
        (&json!(booked.booking_id), &json!("updated"), &json!("booking"))
    );
    let data = &cancelled["data"];
    assert_eq!(
        (&data["state"], &data["start"], &data["localStart"], &data["externalId"], &data["version"]),
        (
            &json!("CANCELLED"),
            &json!("2027-02-02T07:00:00Z"),
            &json!("2027-02-02T09:00"),
            &json!("GA-88231"),
            &json!(2)
        )
    );
    let (all, _) = service.page_of("booking", world.line(), None).await;
    let all = all.to_string();
    let private = [patient().name, patient().phone, "interpreter".to_owned(), "The doctor is ill".to_owned()];
    assert!(private.iter().all(|word| !all.contains(word)), "{all}");
    let (others, _) = service.page_of("booking", &service.channel, None).await;
    assert_eq!(others["items"], json!([]));

    // Both are over and were told for a fortnight.
    service.clock.advance(15 * 24 * bookings::HOUR);
    let change = cancelled["modified"].as_i64().unwrap();
    last_of(change, 2).await;
    let (page, _) = service.page_of("booking", world.line(), Some(change)).await;
    let mut ids: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
    ids.sort_by_key(ToString::to_string);
    let mut known = [json!(booked.booking_id), json!(kept.booking_id)];
    known.sort_by_key(ToString::to_string);
    assert_eq!(ids, known);
    for item in page["items"].as_array().unwrap() {
        assert_eq!((&item["state"], &item["data"]), (&json!("deleted"), &Value::Null));
    }
}
