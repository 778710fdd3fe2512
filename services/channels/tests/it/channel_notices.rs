//! After synchronisation, over gRPC: prices and services are taken over by acknowledgement alone, durations by themselves.

use std::time::Duration;

use careway_contract::channels::v1::{
    channel_notice::{Kind as NoticeKind, State as NoticeState},
    edit_prices_request::Edit,
    price_change::State as ChangeState,
    *,
};
use careway_kernel::PriceChangeId;
use careway_service::{Kind, OrganizationKind};
use careway_testing::{Person, eventually, refusal};
use tonic::Status;

use crate::{
    booking_world::{patient, ron, timestamp},
    test_channels::TestChannels,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl TestChannels {
    async fn changes(&self, id: &str) -> Vec<PriceChange> {
        let request = ListPriceChangesRequest { connection_id: id.to_owned(), ..Default::default() };
        let found = self.notices().list_price_changes(self.by(&self.provider, request)).await.unwrap();
        found.into_inner().changes
    }

    async fn tell(&self, id: &str, changes: &[&PriceChange]) -> Result<Vec<ChannelNotice>, Status> {
        let change_ids = changes.iter().map(|change| change.change_id.clone()).collect();
        let request = SendPriceNoticesRequest { connection_id: id.to_owned(), change_ids };
        let sent = self.notices().send_price_notices(self.by(&self.provider, request)).await?;
        Ok(sent.into_inner().notices)
    }

    async fn acknowledge(&self, person: &Person, notice: &str, code: &str) -> Result<ChannelNotice, Status> {
        let request = AcknowledgeChannelNoticeRequest { notice_id: notice.to_owned(), code: code.to_owned() };
        let done = self.notices().acknowledge_channel_notice(self.by(person, request)).await?;
        Ok(done.into_inner().notice.unwrap())
    }

    async fn told(&self, state: NoticeState) -> Vec<ChannelNotice> {
        let request = ListChannelNoticesRequest { state: state.into(), ..Default::default() };
        let found = self.notices().list_channel_notices(self.by(&self.channel, request)).await.unwrap();
        found.into_inner().notices
    }

    async fn item(&self, id: &str, service: &str) -> ConnectedService {
        let services = self.connection(id).await.services;
        services.into_iter().find(|item| item.service_id == service).unwrap()
    }

    async fn shown(&self, id: &str, service: &str) -> Option<(String, i32)> {
        let item = self.item(id, service).await;
        item.shown_price.map(|price| (price.amount, item.shown_duration_minutes))
    }

    async fn notify(&self, id: &str, service: &str) {
        let request = NotifyOfServiceRequest { connection_id: id.to_owned(), service_id: service.to_owned() };
        self.connections().notify_of_service(self.by(&self.provider, request)).await.unwrap();
    }

    async fn lasts(&self, service: &str, version: i32, minutes: i32, doctor: &str) {
        let request = SetServiceRequest {
            service_id: service.to_owned(),
            name: "Examination X".to_owned(),
            duration_minutes: minutes,
            needs: vec![Need { resource_ids: vec![doctor.to_owned()] }],
            ..Default::default()
        };
        self.services().set_service(self.by_at(&self.provider, version, request)).await.unwrap();
    }
}

#[tokio::test]
async fn a_price_is_shown_once_the_channel_has_acknowledged_its_notice() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let x_ray = service.service("X", &doctor).await;
    let id = service.live(&[&x_ray]).await;
    let shown = |amount: &str| Some((amount.to_owned(), 30));
    assert_eq!(service.shown(&id, &x_ray).await, shown("149.00"));
    assert_eq!(service.changes(&id).await, [], "what it went live with is no change");

    service.price("160.00").await;
    service.price("170.00").await;
    let changes = service.changes(&id).await;
    let amounts: Vec<_> = changes.iter().map(|change| change.price.clone().unwrap().amount).collect();
    assert_eq!(amounts, ["170.00", "160.00"]);
    assert!(changes.iter().all(|change| change.state() == ChangeState::Untold));
    let sent = service.tell(&id, &[&changes[0], &changes[1]]).await.unwrap();
    assert_eq!(sent.len(), 2, "one notice for each change");
    assert_eq!(service.shown(&id, &x_ray).await, shown("149.00"));
    let again = refusal(service.tell(&id, &[&changes[0]]).await);
    assert_eq!((again.kind(), again.reason()), (Kind::Refused, "PRICE_CHANGE_TOLD"));
    eventually("the channel is written to", async || service.renewals.mails("connection_notice").len() == 1)
        .await;

    let waiting = service.told(NoticeState::Told).await;
    assert_eq!(waiting.len(), 2);
    let later = waiting.iter().find(|notice| notice.price.as_ref().unwrap().amount == "170.00").unwrap();
    assert_eq!((later.kind(), later.service_name.as_str()), (NoticeKind::Price, "Examination X"));
    assert_eq!(later.price_before.as_ref().unwrap().amount, "149.00");
    let by_support = service.acknowledge(&service.support, &later.notice_id, "").await;
    assert_eq!(refusal(by_support).kind(), Kind::NotFound);
    let done = service.acknowledge(&service.channel, &later.notice_id, "").await.unwrap();
    assert_eq!(done.state(), NoticeState::InForce);
    assert!(done.closed_at.is_some());
    assert_eq!(service.shown(&id, &x_ray).await, shown("170.00"));
    service.acknowledge(&service.channel, &later.notice_id, "").await.unwrap();
    let earlier = waiting.iter().find(|notice| notice.notice_id != later.notice_id).unwrap();
    let refused = refusal(service.acknowledge(&service.channel, &earlier.notice_id, "").await);
    assert_eq!(refused.reason(), "NOTICE_SUPERSEDED");
    assert_eq!(service.shown(&id, &x_ray).await, shown("170.00"), "prices never go back");
    let states: Vec<_> = service.changes(&id).await.iter().map(PriceChange::state).collect();
    assert_eq!(states, [ChangeState::InForce, ChangeState::Superseded]);
    assert_eq!(service.said("PriceNoticeSent").await, 2);
    assert_eq!(service.said("NoticeAcknowledged").await, 1);
}

#[tokio::test]
async fn an_earlier_price_is_not_told_once_a_later_one_is_in_force() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let x_ray = service.service("X", &doctor).await;
    let id = service.live(&[&x_ray]).await;
    service.price("160.00").await;
    service.price("170.00").await;
    let changes = service.changes(&id).await;
    let sent = service.tell(&id, &[&changes[0]]).await.unwrap();
    service.acknowledge(&service.channel, &sent[0].notice_id, "").await.unwrap();
    assert_eq!(refusal(service.tell(&id, &[&changes[1]]).await).reason(), "NOTICE_SUPERSEDED");
    // The provider's own list is not the channel's.
    let own = EditPricesRequest {
        currency: "RON".to_owned(),
        edit: Some(Edit::Set("100.00".to_owned())),
        ..Default::default()
    };
    service.prices().edit_prices(service.by(&service.provider, own)).await.unwrap();
    assert_eq!(service.changes(&id).await.len(), 1);
    let unknown =
        PriceChange { change_id: PriceChangeId::new(&service.clock).to_string(), ..Default::default() };
    assert_eq!(refusal(service.tell(&id, &[&unknown]).await).kind(), Kind::Invalid);
}

#[tokio::test]
async fn a_new_service_has_a_notice_which_goes_with_it() {
    let service = TestChannels::run().await;
    let (doctor, other) = (service.doctor().await, service.doctor().await);
    let (x_ray, mri) = (service.service("X", &doctor).await, service.service("M", &other).await);
    let id = service.live(&[&x_ray]).await;
    service.tick(&id, &[&x_ray, &mri]).await;
    service.notify(&id, &mri).await;
    eventually("both are written to", async || {
        let mails = service.renewals.mails("connection_notice");
        mails.iter().any(|mail| mail.mail.as_ref().unwrap().cc == ["support@careway.example"])
    })
    .await;
    let notice = service.told(NoticeState::Told).await.pop().unwrap();
    assert_eq!(notice.kind(), NoticeKind::Service);
    service.acknowledge(&service.support, &notice.notice_id, "").await.unwrap();
    let uncoded = refusal(service.acknowledge(&service.channel, &notice.notice_id, "").await);
    assert_eq!(uncoded.fact("missing"), Some(format!("MAPPING_MISSING:{mri}").as_str()));
    let done = service.acknowledge(&service.channel, &notice.notice_id, "M1").await.unwrap();
    assert_eq!((done.state(), done.code.as_str()), (NoticeState::InForce, "M1"));
    assert_eq!(service.shown(&id, &mri).await, Some(("149.00".to_owned(), 30)));

    service.tick(&id, &[&x_ray]).await;
    assert_eq!(service.shown(&id, &mri).await, None, "unticked is withdrawn at once");
    service.tick(&id, &[&x_ray, &mri]).await;
    assert_eq!(service.shown(&id, &mri).await, None, "ticked again needs a new notice");
    service.notify(&id, &mri).await;
    let notice = service.told(NoticeState::Told).await.pop().unwrap();
    service.set_hours(&other, 1, &[]).await;
    eventually("it is withdrawn", async || {
        service.item(&id, &mri).await.state() == connected_service::State::Withdrawn
    })
    .await;
    let late = refusal(service.acknowledge(&service.channel, &notice.notice_id, "M1").await);
    assert_eq!(late.reason(), "NOTICE_WITHDRAWN");
    assert_eq!(service.said("ServiceNoticeSent").await, 2);
}

#[tokio::test]
async fn a_duration_is_told_by_itself() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let (x_ray, other) = (service.service("X", &doctor).await, service.service("O", &doctor).await);
    let id = service.live(&[&x_ray]).await;
    service.lasts(&x_ray, 1, 45, &doctor).await;
    assert_eq!(service.shown(&id, &x_ray).await, Some(("149.00".to_owned(), 45)), "in one transaction");
    let notice = service.told(NoticeState::InForce).await.pop().unwrap();
    assert_eq!(notice.kind(), NoticeKind::Duration);
    assert_eq!((notice.duration_minutes_before, notice.duration_minutes), (30, 45));
    assert_eq!(service.said("ServiceDurationChanged").await, 1);
    eventually("the channel is written to", async || {
        service.renewals.mails("connection_duration").len() == 1
    })
    .await;
    service.lasts(&x_ray, 2, 45, &doctor).await;
    service.lasts(&other, 1, 60, &doctor).await;
    assert_eq!(service.said("ServiceDurationChanged").await, 1, "of what the channel was told of alone");
}

#[tokio::test]
async fn a_new_duration_tells_which_bookings_it_meets() {
    let service = TestChannels::run_midweek().await;
    let doctor = service.doctor().await;
    let x_ray = service.service("X", &doctor).await;
    service.live(&[&x_ray]).await;
    let now = service.clock.now();
    let request = ListAvailabilityRequest {
        service_id: x_ray.clone(),
        from: Some(timestamp(now)),
        to: Some(timestamp(now + chrono::TimeDelta::days(14))),
    };
    let found = service.slots().list_availability(service.by(&service.channel, request)).await.unwrap();
    let slots = found.into_inner().slots;
    let mut booked = Vec::new();
    for slot in &slots[..2] {
        let request = CreateChannelBookingRequest {
            slot_id: slot.slot_id.clone(),
            expected_price: Some(ron("149.00")),
            expected_duration_minutes: 30,
            patient: Some(patient()),
            ..Default::default()
        };
        let request = service.by(&service.channel, request);
        let made = service.channel_bookings().create_channel_booking(request).await.unwrap();
        booked.push(made.into_inner().booking.unwrap().booking_id);
    }
    service.lasts(&x_ray, 1, 45, &doctor).await;
    let notice = service.told(NoticeState::InForce).await.pop().unwrap();
    let met: Vec<_> = notice.bookings.iter().map(|met| (met.booking_id.clone(), met.fits)).collect();
    assert_eq!(met, [(booked[0].clone(), false), (booked[1].clone(), true)]);
}

#[tokio::test]
async fn a_notice_that_nobody_acknowledges_is_told_again() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let x_ray = service.service("X", &doctor).await;
    let id = service.live(&[&x_ray]).await;
    service.price("160.00").await;
    service.price("170.00").await;
    let changes = service.changes(&id).await;
    service.tell(&id, &[&changes[0], &changes[1]]).await.unwrap();
    let reminders = || service.renewals.mails("connection_notice_reminder");
    let overdue = || service.renewals.mails("connection_notice_overdue");
    service.clock.advance(DAY * 3);
    eventually("the channel is asked again", async || reminders().len() == 1).await;
    assert_eq!(reminders()[0].to, "onboarding@assistance.example");
    assert_eq!(overdue().len(), 0);
    service.clock.advance(DAY * 4);
    eventually("support is", async || overdue().len() == 1).await;
    assert_eq!(overdue()[0].to, "support@careway.example");
    assert_eq!(reminders().len(), 1, "each is asked once");
    assert_eq!(service.count("select count(*) from channel_notice where escalated_at is not null").await, 2);
}

#[tokio::test]
async fn notices_are_seen_by_their_two_sides_and_nobody_else() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let x_ray = service.service("X", &doctor).await;
    let id = service.live(&[&x_ray]).await;
    service.price("160.00").await;
    let changes = service.changes(&id).await;
    let notice = service.tell(&id, &[&changes[0]]).await.unwrap().pop().unwrap();
    let facility = Person::of(OrganizationKind::Facility, &service.clock);
    let request = ListPriceChangesRequest { connection_id: id.clone(), ..Default::default() };
    let hidden = service.notices().list_price_changes(service.by(&facility, request.clone())).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let channel = service.notices().list_price_changes(service.by(&service.channel, request)).await;
    assert_eq!(refusal(channel).reason(), "WRONG_ORGANIZATION_KIND", "what is untold is the provider's");
    let request =
        SendPriceNoticesRequest { connection_id: id, change_ids: vec![changes[0].change_id.clone()] };
    let hidden = service.notices().send_price_notices(service.by(&facility, request)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let rival = Person::of(OrganizationKind::Channel, &service.clock);
    let hidden = service.acknowledge(&rival, &notice.notice_id, "").await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let request = ListChannelNoticesRequest::default();
    let none = service.notices().list_channel_notices(service.by(&rival, request)).await.unwrap();
    assert_eq!(none.into_inner().notices, []);
}

#[tokio::test]
async fn prices_are_told_where_a_connection_is_open() {
    let service = TestChannels::run().await;
    let id = service.connect().await;
    let change =
        PriceChange { change_id: PriceChangeId::new(&service.clock).to_string(), ..Default::default() };
    assert_eq!(refusal(service.tell(&id, &[&change]).await).reason(), "CONNECTION_WRONG_STATE");
}
