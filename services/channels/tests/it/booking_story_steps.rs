//! The longer steps of a story of bookings, and those that are taken at once.

use std::collections::BTreeMap;

use careway_contract::channels::v1::{
    channel_booking_service_client::ChannelBookingServiceClient, hold_service_client::HoldServiceClient, *,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tonic::Status;

use crate::{
    booking_story::{Story, reason, text, told},
    booking_world::instant,
};

impl Story<'_> {
    /// A new price, which the channel does not go by yet.
    pub(crate) async fn set_price(&mut self, step: &Value) -> Value {
        let (service, before) = (self.world.service, self.shown_price(&step["service"]).await);
        let request = EditPricesRequest {
            channel_id: self.channel(step).organization.to_string(),
            service_ids: vec![self.id_of(&step["service"])],
            edit: Some(edit_prices_request::Edit::Set(text(&step["price"]).to_owned())),
            ..Default::default()
        };
        service.prices().edit_prices(service.by(&self.world.provider, request)).await.unwrap();
        let change =
            self.changes().await.into_iter().find(|change| {
                change.price.as_ref().is_some_and(|price| price.amount == text(&step["price"]))
            });
        self.changes.insert(text(&step["as"]).to_owned(), change.unwrap().change_id);
        assert_eq!(self.shown_price(&step["service"]).await, before);
        json!("WAITS_FOR_NOTICE")
    }

    async fn changes(&self) -> Vec<PriceChange> {
        let request = ListPriceChangesRequest { connection_id: self.connection(), ..Default::default() };
        let request = self.world.service.by(&self.world.provider, request);
        self.world.service.notices().list_price_changes(request).await.unwrap().into_inner().changes
    }

    /// At what the channel sells an examination.
    pub(crate) async fn shown_price(&self, service: &Value) -> String {
        let request = GetConnectionRequest { connection_id: self.connection() };
        let request = self.world.service.by(&self.world.provider, request);
        let found = self.world.service.connections().get_connection(request).await.unwrap();
        let services = found.into_inner().connection.unwrap().services;
        let id = self.id_of(service);
        services.into_iter().find(|item| item.service_id == id).unwrap().shown_price.unwrap().amount
    }

    /// The channel acknowledges the notice of a change; one that nobody was told of has none.
    pub(crate) async fn acknowledge(&self, step: &Value) -> Value {
        let change = &self.changes[text(&step["change"])];
        let notice = self.changes().await.into_iter().find(|known| known.change_id == *change);
        let notice_id = notice.map(|change| change.notice_id).filter(|id| !id.is_empty());
        let notice_id = notice_id.unwrap_or_else(|| change.clone());
        let request = AcknowledgeChannelNoticeRequest { notice_id, ..Default::default() };
        let request = self.world.service.by(self.channel(step), request);
        let outcome = self.world.service.notices().acknowledge_channel_notice(request).await;
        told(outcome, |_| "ACKNOWLEDGED".to_owned())
    }

    pub(crate) async fn cancel(&self, step: &Value) -> Value {
        let (service, booking_id) = (self.world.service, self.booking(step));
        let key = text(&step["key"]);
        if step["by"] == "provider" {
            let request = CancelBookingRequest { booking_id, ..Default::default() };
            let request = service.by_key(&self.world.provider, key, request);
            let outcome = service.bookings().cancel_booking(request).await;
            return told(outcome, |done| done.booking.unwrap().state().as_str_name().to_owned());
        }
        let request = CancelChannelBookingRequest { booking_id, ..Default::default() };
        let request = service.by_key(self.channel(step), key, request);
        let outcome = service.channel_bookings().cancel_channel_booking(request).await;
        told(outcome, |done| done.booking.unwrap().state().as_str_name().to_owned())
    }

    pub(crate) async fn see(&self, step: &Value) -> Value {
        let service = self.world.service;
        let request = GetChannelBookingRequest { booking_id: self.booking(step) };
        let request = service.by(self.channel(step), request);
        match service.channel_bookings().get_channel_booking(request).await {
            Ok(found) => {
                let booking = found.into_inner().booking.unwrap();
                let start = instant(booking.start.unwrap()).format("%Y-%m-%dT%H:%M:%SZ").to_string();
                json!([booking.state().as_str_name(), start, booking.price.unwrap().amount])
            }
            Err(refused) => json!(reason(refused)),
        }
    }

    pub(crate) async fn set_duration(&mut self, step: &Value) -> Value {
        let (service, name) = (self.world.service, text(&step["service"]));
        let id = self.id_of(&step["service"]);
        let request = GetServiceRequest { service_id: id.clone() };
        let found = service.services().get_service(service.by(&self.world.provider, request)).await;
        let found = found.unwrap().into_inner().service.unwrap();
        let minutes = i32::try_from(step["minutes"].as_i64().unwrap()).unwrap();
        let request = SetServiceRequest {
            service_id: id,
            name: found.name,
            duration_minutes: minutes,
            needs: found.needs,
            ..Default::default()
        };
        let request = service.by_at(&self.world.provider, found.version, request);
        let set = service.services().set_service(request).await.unwrap().into_inner();
        self.world.examinations.get_mut(name).unwrap().1.minutes = minutes;
        let met = set.bookings.iter().map(|met| {
            let fits = if met.fits { "FITS" } else { "CLASHES" };
            json!([self.name_of(&met.booking_id), fits])
        });
        met.collect()
    }

    /// Asks all at once, every other one of the twin; how many are answered what.
    pub(crate) async fn together(&mut self, steps: &[Value]) -> Value {
        enum Asked {
            Hold(Box<Result<CreateHoldResponse, Status>>),
            Book(Box<Result<CreateChannelBookingResponse, Status>>),
        }
        let mut asking = JoinSet::new();
        for (number, step) in steps.iter().enumerate() {
            let upstream = if number % 2 == 0 { self.world.service.upstream() } else { self.twin.clone() };
            match text(&step["do"]) {
                "hold" => {
                    let request = self.hold_request(step);
                    asking.spawn(async move {
                        let made = HoldServiceClient::new(upstream).create_hold(request).await;
                        (number, Asked::Hold(Box::new(made.map(tonic::Response::into_inner))))
                    });
                }
                "book" => {
                    let request = self.book_request(step);
                    asking.spawn(async move {
                        let mut client = ChannelBookingServiceClient::new(upstream);
                        let made = client.create_channel_booking(request).await;
                        (number, Asked::Book(Box::new(made.map(tonic::Response::into_inner))))
                    });
                }
                other => panic!("{other} is not done together"),
            }
        }
        let mut answers: BTreeMap<String, u64> = BTreeMap::new();
        while let Some(asked) = asking.join_next().await {
            let (number, asked) = asked.unwrap();
            let answer = match asked {
                Asked::Hold(outcome) => self.held(&steps[number], *outcome),
                Asked::Book(outcome) => self.booked(&steps[number], *outcome),
            };
            *answers.entry(text(&answer).to_owned()).or_default() += 1;
        }
        json!(answers)
    }
}
