//! Joint tests: what is booked in one takes nothing of the provider's and ends with it; what Careway asks, it sees.

use careway_contract::channels::v1::{
    CancelChannelBookingRequest, CheckTestStepRequest, CheckTestStepResponse, CreateChannelBookingRequest,
    CreateHoldRequest, GetBookingRequest, ListAvailabilityRequest, ListAvailabilityResponse,
    ListServiceSlotsRequest, ListServiceSlotsResponse, Patient, RescheduleChannelBookingRequest,
    booking::State, joint_test_service_client::JointTestServiceClient,
};
use careway_service::Kind;
use careway_testing::{eventually, refusal};
use chrono::TimeDelta;
use tonic::Status;

use crate::{
    receiver::{Receiver, Reply},
    test_channels::TestChannels,
};

/// A connection that is being tested with one examination.
struct Tested {
    service: TestChannels,
    connection: String,
    test: String,
    x_ray: String,
}

impl Tested {
    async fn run() -> Self {
        let service = TestChannels::run_midweek().await;
        let doctor = service.doctor().await;
        let x_ray = service.service("XR", &doctor).await;
        let connection = service.set_up_with(&[&x_ray]).await;
        let test = service.start_test(&connection).await.joint_test.unwrap().test_id;
        Self { service, connection, test, x_ray }
    }

    async fn green(&self) -> Vec<String> {
        let test = self.service.connection(&self.connection).await.joint_test.unwrap();
        test.steps.into_iter().filter(|step| step.green).map(|step| step.step).collect()
    }

    async fn check(&self, step: &str) -> Result<CheckTestStepResponse, Status> {
        let request = CheckTestStepRequest {
            connection_id: self.connection.clone(),
            test_id: self.test.clone(),
            step: step.to_owned(),
        };
        let mut tests = JointTestServiceClient::new(self.service.upstream());
        let checked = tests.check_test_step(self.service.by(&self.service.channel, request)).await?;
        Ok(checked.into_inner())
    }

    async fn free(&self) -> ListAvailabilityResponse {
        let now = self.service.clock.now();
        let request = ListAvailabilityRequest {
            service_id: self.x_ray.clone(),
            from: Some(careway_service::timestamp(now + TimeDelta::days(3))),
            to: Some(careway_service::timestamp(now + TimeDelta::days(17))),
        };
        let told =
            self.service.slots().list_availability(self.service.by(&self.service.channel, request)).await;
        told.unwrap().into_inner()
    }

    /// What the provider's own list of the same time has.
    async fn of_provider(&self) -> ListServiceSlotsResponse {
        let now = self.service.clock.now();
        let request = ListServiceSlotsRequest {
            service_id: self.x_ray.clone(),
            from: Some(careway_service::timestamp(now + TimeDelta::days(3))),
            to: Some(careway_service::timestamp(now + TimeDelta::days(17))),
        };
        let told =
            self.service.slots().list_service_slots(self.service.by(&self.service.provider, request)).await;
        told.unwrap().into_inner()
    }

    async fn hold(&self, slot: &str) -> Result<String, Status> {
        let request = CreateHoldRequest { slot_id: slot.to_owned() };
        let held = self.service.holds().create_hold(self.service.by(&self.service.channel, request)).await?;
        Ok(held.into_inner().hold.unwrap().hold_id)
    }

    async fn book(&self, slot: &str) -> Result<String, Status> {
        let free = self.free().await;
        let request = CreateChannelBookingRequest {
            slot_id: slot.to_owned(),
            expected_price: free.price,
            expected_duration_minutes: free.duration_minutes,
            patient: Some(Patient {
                name: "Test Patient".to_owned(),
                phone: "+40721234567".to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let mut bookings = self.service.channel_bookings();
        let booked = bookings.create_channel_booking(self.service.by(&self.service.channel, request)).await?;
        Ok(booked.into_inner().booking.unwrap().booking_id)
    }

    async fn booking(&self, id: &str) -> careway_contract::channels::v1::Booking {
        let request = GetBookingRequest { booking_id: id.to_owned() };
        let found =
            self.service.bookings().get_booking(self.service.by(&self.service.provider, request)).await;
        found.unwrap().into_inner().booking.unwrap()
    }
}

#[tokio::test]
async fn what_is_booked_takes_nothing_of_the_providers_and_ends_with_the_test() {
    let tested = Tested::run().await;
    assert_eq!(tested.green().await, ["HEALTH"], "by what the system saw, and by nothing else");
    let (free, before) = (tested.free().await, tested.of_provider().await);
    assert_eq!(free.slots.len(), before.slots.len());
    let (first, second) = (free.slots[0].slot_id.as_str(), free.slots[1].slot_id.as_str());
    let hold = tested.hold(first).await.unwrap();
    assert_eq!(refusal(tested.hold(first).await).reason(), "SLOT_HELD");
    let booking = tested.book(second).await.unwrap();
    assert_eq!(refusal(tested.book(second).await).reason(), "SLOT_TAKEN");
    assert_eq!(tested.free().await.slots.len(), free.slots.len() - 2, "it is taken in the test");
    assert_eq!(tested.of_provider().await, before, "and nowhere else");
    let green = tested.green().await;
    assert_eq!(green, ["AVAILABILITY", "BOOKING", "DOUBLE_REFUSED", "HEALTH", "HOLD", "PRICE"]);
    let read = tested.booking(&booking).await;
    assert_eq!((read.test, read.resource_ids.len()), (true, 0));

    // Another test has calendars of its own.
    tested.service.start_test(&tested.connection).await;
    assert_eq!(tested.free().await.slots.len(), free.slots.len());
    let of_hold = CreateChannelBookingRequest {
        hold_id: hold,
        expected_price: free.price.clone(),
        expected_duration_minutes: free.duration_minutes,
        patient: Some(Patient {
            name: "T".to_owned(),
            phone: "+40721234567".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let service = &tested.service;
    let mut bookings = service.channel_bookings();
    let released = bookings.create_channel_booking(service.by(&service.channel, of_hold)).await;
    assert_eq!(refusal(released).reason(), "HOLD_RELEASED");
    eventually("it ends with its test", async || tested.booking(&booking).await.state() == State::Cancelled)
        .await;
    let moved = RescheduleChannelBookingRequest {
        booking_id: booking,
        slot_id: first.to_owned(),
        ..Default::default()
    };
    let moved = bookings.reschedule_channel_booking(service.by(&service.channel, moved)).await;
    assert_eq!(refusal(moved).reason(), "BOOKING_ALREADY_CANCELLED");
    assert_eq!(tested.green().await, ["AVAILABILITY", "HEALTH"], "nothing is seen of the one before");
    assert_eq!(service.count("select count(*) from occupation").await, 0);
}

#[tokio::test]
async fn a_booking_is_moved_and_cancelled_and_nothing_of_it_is_anothers() {
    let tested = Tested::run().await;
    let free = tested.free().await;
    let booking = tested.book(&free.slots[0].slot_id).await.unwrap();
    let service = &tested.service;
    let mut bookings = service.channel_bookings();
    let moved = RescheduleChannelBookingRequest {
        booking_id: booking.clone(),
        slot_id: free.slots[3].slot_id.clone(),
        ..Default::default()
    };
    bookings.reschedule_channel_booking(service.by(&service.channel, moved)).await.unwrap();
    let cancelled = CancelChannelBookingRequest { booking_id: booking, ..Default::default() };
    bookings.cancel_channel_booking(service.by(&service.channel, cancelled)).await.unwrap();
    let green = tested.green().await;
    assert_eq!(green, ["AVAILABILITY", "BOOKING", "CANCELLATION", "CHANGE", "HEALTH", "PRICE"]);
    assert_eq!(service.count("select count(*) from occupation").await, 0);
}

#[tokio::test]
async fn a_signature_is_seen_where_what_careway_did_not_sign_is_refused() {
    let tested = Tested::run().await;
    // The channel's system takes whatever comes.
    assert!(tested.check("DURATION_RECEIVED").await.unwrap().green);
    assert!(!tested.check("SIGNATURE").await.unwrap().green);
    assert_eq!(tested.green().await, ["DURATION_RECEIVED", "HEALTH"]);

    let service = &tested.service;
    sqlx::query("update webhook_endpoint set deleted_at = now()").execute(&service.admin).await.unwrap();
    assert!(!tested.check("DURATION_RECEIVED").await.unwrap().green, "it is told to nobody");
    let secret = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let known = secret.clone();
    let receiver = Receiver::start(move |seen| match known.get() {
        Some(secret) if !seen.is_signed_by(secret) => Reply::Status(401),
        _ => Reply::Status(204),
    })
    .await;
    let (endpoint, own) = service.endpoint(&service.channel, &receiver.url).await;
    secret.set(own).unwrap();
    assert!(service.test_endpoint(&service.channel, &endpoint.endpoint_id).await.answered);
    assert!(tested.check("SIGNATURE").await.unwrap().green);
    assert_eq!(tested.green().await, ["DURATION_RECEIVED", "HEALTH", "SIGNATURE"]);
}

#[tokio::test]
async fn what_somebody_does_is_not_asked_and_no_other_test_is() {
    let tested = Tested::run().await;
    assert_eq!(refusal(tested.check("BOOKING").await).reason(), "INVALID_REQUEST");
    assert_eq!(refusal(tested.check("NONSENSE").await).kind(), Kind::NotFound);
    tested.service.start_test(&tested.connection).await;
    assert_eq!(refusal(tested.check("HEALTH").await).kind(), Kind::NotFound);
}
