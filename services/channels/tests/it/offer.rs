//! What a provider offers, over gRPC: resources, calendars, examinations.

use careway_contract::channels::v1::*;
use careway_service::{Kind, OrganizationKind};
use careway_testing::{Person, refusal};

use crate::test_channels::TestChannels;

#[tokio::test]
async fn a_calendar_is_set_whole_and_wrong_hours_are_refused() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let get = GetCalendarRequest { resource_id: doctor.clone() };
    let found = service.resources().get_calendar(service.by(&service.provider, get)).await.unwrap();
    let calendar = found.into_inner().calendar.unwrap();
    assert_eq!((calendar.version, calendar.capacity, calendar.horizon_days), (Some(1), Some(1), Some(90)));
    assert_eq!(calendar.weekly[0].hours[0].to, "17:00");

    let mut wrong = calendar.clone();
    wrong.zone = "Europe/Nowhere".to_owned();
    wrong.weekly[0].hours.push(Hours { from: "16:00".to_owned(), to: "25:00".to_owned() });
    let set = |calendar: &Calendar| SetCalendarRequest {
        resource_id: doctor.clone(),
        calendar: Some(calendar.clone()),
    };
    let refused = service.resources().set_calendar(service.by_at(&service.provider, 1, set(&wrong))).await;
    assert_eq!(refusal(refused).violations().len(), 2, "both at once");
    let mut overlapping = calendar.clone();
    overlapping.weekly[0].hours.push(Hours { from: "16:00".to_owned(), to: "18:00".to_owned() });
    let refused =
        service.resources().set_calendar(service.by_at(&service.provider, 1, set(&overlapping))).await;
    assert_eq!(refusal(refused).violations()[0].0, "calendar.weekly");
    let mut endless = calendar.clone();
    endless.recurring.push(RecurringTime {
        start: "2027-02-01T09:00".to_owned(),
        duration_minutes: 30,
        rule: format!("FREQ=MONTHLY;BYMONTHDAY={}", vec!["1"; 300].join(",")),
        ..Default::default()
    });
    let refused = service.resources().set_calendar(service.by_at(&service.provider, 1, set(&endless))).await;
    assert_eq!(refusal(refused).violations()[0].0, "calendar.recurring[0].rule");
    let stale = service.resources().set_calendar(service.by_at(&service.provider, 0, set(&calendar))).await;
    assert_eq!(refusal(stale).kind(), Kind::Stale);
    let stranger = Person::of(OrganizationKind::Facility, &service.clock);
    let hidden = service.resources().set_calendar(service.by_at(&stranger, 1, set(&calendar))).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
}

#[tokio::test]
async fn an_examination_needs_resources_of_the_provider() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let id = service.service("X", &doctor).await;
    let create = |code: &str, resource: &str| CreateServiceRequest {
        code: code.to_owned(),
        name: "X-ray".to_owned(),
        duration_minutes: 30,
        needs: vec![Need { resource_ids: vec![resource.to_owned()] }],
        ..Default::default()
    };
    let twice = service.services().create_service(service.by(&service.provider, create("X", &doctor))).await;
    assert_eq!(refusal(twice).reason(), "SERVICE_CODE_TAKEN");
    let other = Person::of(OrganizationKind::Facility, &service.clock);
    let foreign = service.services().create_service(service.by(&other, create("Y", &doctor))).await;
    assert_eq!(refusal(foreign).violations()[0].0, "needs[0]");

    let second = service.doctor().await;
    let set = SetServiceRequest {
        service_id: id.clone(),
        name: "Chest X-ray".to_owned(),
        duration_minutes: 45,
        step_minutes: Some(15),
        buffer_after_minutes: Some(10),
        needs: vec![Need { resource_ids: vec![second.clone()] }],
        ..Default::default()
    };
    let changed = service.services().set_service(service.by_at(&service.provider, 1, set)).await.unwrap();
    let changed = changed.into_inner().service.unwrap();
    assert_eq!((changed.version, changed.needs[0].resource_ids.as_slice()), (2, &[second][..]));
    let list =
        service.services().list_services(service.by(&service.provider, ListServicesRequest::default())).await;
    assert_eq!(list.unwrap().into_inner().services, std::slice::from_ref(&changed));
    let get = GetServiceRequest { service_id: id.clone() };
    let hidden = service.services().get_service(service.by(&other, get)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_resource_is_taken_away_once() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let list = ListResourcesRequest::default();
    let list = service.resources().list_resources(service.by(&service.provider, list)).await.unwrap();
    assert_eq!(list.into_inner().resources[0].resource_id, doctor);
    let delete = DeleteResourceRequest { resource_id: doctor.clone() };
    service.resources().delete_resource(service.by(&service.provider, delete.clone())).await.unwrap();
    let again = service.resources().delete_resource(service.by(&service.provider, delete)).await;
    assert_eq!(refusal(again).kind(), Kind::NotFound);
    let get = GetResourceRequest { resource_id: doctor };
    let gone = service.resources().get_resource(service.by(&service.provider, get)).await;
    assert_eq!(refusal(gone).kind(), Kind::NotFound);
}

#[tokio::test]
async fn slots_need_everybody_and_no_closed_hour() {
    let service = TestChannels::run_midweek().await;
    let (doctor, room) = (service.doctor().await, service.doctor().await);
    service.set_hours(&room, 1, &[("10:00", "11:00")]).await;
    let create = CreateServiceRequest {
        code: "U".to_owned(),
        name: "Ultrasound".to_owned(),
        duration_minutes: 30,
        needs: [doctor.clone(), room].map(|resource| Need { resource_ids: vec![resource] }).into(),
        ..Default::default()
    };
    let made = service.services().create_service(service.by(&service.provider, create)).await.unwrap();
    let service_id = made.into_inner().service.unwrap().service_id;
    let instant = |days: i64| {
        let at = service.clock.now() + chrono::TimeDelta::days(days);
        Some(prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 })
    };
    let ask = |from: i64, to: i64| ListServiceSlotsRequest {
        service_id: service_id.clone(),
        from: instant(from),
        to: instant(to),
    };
    let week = service.slots().list_service_slots(service.by(&service.provider, ask(1, 8))).await.unwrap();
    let slots = week.into_inner().slots;
    assert_eq!(slots.len(), 2, "a Monday's hour of the room");
    let first = (slots[0].start.unwrap().seconds, slots[0].end.unwrap().seconds, slots[0].free);
    assert_eq!((first.1 - first.0, first.2), (30 * 60, 1));
    // Nobody is two of those that it needs.
    let twice = CreateServiceRequest {
        code: "T".to_owned(),
        name: "Two at once".to_owned(),
        duration_minutes: 30,
        needs: vec![Need { resource_ids: vec![doctor.clone()] }; 2],
        ..Default::default()
    };
    let made = service.services().create_service(service.by(&service.provider, twice)).await.unwrap();
    let alone =
        ListServiceSlotsRequest { service_id: made.into_inner().service.unwrap().service_id, ..ask(1, 8) };
    let slots = service.slots().list_service_slots(service.by(&service.provider, alone)).await.unwrap();
    assert_eq!(slots.into_inner().slots, []);
    let long = service.slots().list_service_slots(service.by(&service.provider, ask(1, 40))).await;
    assert_eq!(refusal(long).violations()[0].0, "to");
    let stranger = Person::of(OrganizationKind::Facility, &service.clock);
    let hidden = service.slots().list_service_slots(service.by(&stranger, ask(1, 8))).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_provider_is_told_no_more_slots_than_a_channel() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let hours = vec![Hours { from: "00:00".to_owned(), to: "24:00".to_owned() }];
    let calendar = Calendar {
        zone: "Europe/Bucharest".to_owned(),
        weekly: days.map(|day| DayHours { day: day.to_owned(), hours: hours.clone() }).into(),
        ..Default::default()
    };
    let set = SetCalendarRequest { resource_id: doctor.clone(), calendar: Some(calendar) };
    service.resources().set_calendar(service.by_at(&service.provider, 1, set)).await.unwrap();
    let create = CreateServiceRequest {
        code: "U".to_owned(),
        name: "Ultrasound".to_owned(),
        duration_minutes: 5,
        step_minutes: Some(1),
        needs: vec![Need { resource_ids: vec![doctor] }],
        ..Default::default()
    };
    let made = service.services().create_service(service.by(&service.provider, create)).await.unwrap();
    let at = |days: i64| {
        let at = service.clock.now() + chrono::TimeDelta::days(days);
        Some(prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 })
    };
    let service_id = made.into_inner().service.unwrap().service_id;
    let ask = ListServiceSlotsRequest { service_id, from: at(1), to: at(15) };
    let slots = service.slots().list_service_slots(service.by(&service.provider, ask)).await.unwrap();
    assert_eq!(slots.into_inner().slots.len(), 5000);
}
