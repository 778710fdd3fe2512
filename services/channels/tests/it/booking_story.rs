//! A story of bookings under way: each of its steps is asked of the service.

use std::collections::BTreeMap;

use careway_contract::channels::v1::*;
use careway_service::{Error, Upstream};
use careway_testing::Person;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tonic::{Request, Status};

use crate::booking_world::{World, ron, timestamp};

pub(crate) fn at(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A story under way.
pub(crate) struct Story<'a> {
    pub(crate) world: World<'a>,
    pub(crate) twin: Upstream,
    /// Holds and bookings by what the story calls them; a hold with its channel and its minutes.
    pub(crate) holds: BTreeMap<String, (String, i32)>,
    pub(crate) bookings: BTreeMap<String, String>,
    /// Prices that wait to be told.
    pub(crate) changes: BTreeMap<String, String>,
    pub(crate) default_channel: String,
}

/// A refusal's reason; what is nobody's business is not found.
pub(crate) fn reason(status: Status) -> String {
    Error::from(status).reason().to_owned()
}

impl Story<'_> {
    pub(crate) fn channel(&self, step: &Value) -> &Person {
        &self.world.channels[step["channel"].as_str().unwrap_or(&self.default_channel)].0
    }

    pub(crate) fn connection(&self) -> String {
        self.world.channels[&self.default_channel].1.clone()
    }

    pub(crate) fn id_of(&self, service: &Value) -> String {
        self.world.examinations[text(service)].0.clone()
    }

    pub(crate) fn hold_request(&self, step: &Value) -> Request<CreateHoldRequest> {
        let slot_id = self.world.slot(text(&step["service"]), at(&step["start"]));
        self.world.service.by(self.channel(step), CreateHoldRequest { slot_id })
    }

    pub(crate) fn book_request(&self, step: &Value) -> Request<CreateChannelBookingRequest> {
        let mut requested = match step["hold"].as_str() {
            Some(hold) => {
                let (hold_id, minutes) = self.holds[hold].clone();
                let first = self.world.examinations.keys().next().unwrap();
                CreateChannelBookingRequest {
                    hold_id,
                    slot_id: String::new(),
                    expected_duration_minutes: minutes,
                    ..self.world.requested(first, DateTime::UNIX_EPOCH)
                }
            }
            None => self.world.requested(text(&step["service"]), at(&step["start"])),
        };
        if let Some(price) = step["price"].as_str() {
            requested.expected_price = Some(ron(price));
        }
        if let Some(minutes) = step["minutes"].as_i64() {
            requested.expected_duration_minutes = minutes.try_into().unwrap();
        }
        self.world.service.by_key(self.channel(step), text(&step["key"]), requested)
    }

    pub(crate) fn held(&mut self, step: &Value, outcome: Result<CreateHoldResponse, Status>) -> Value {
        match outcome {
            Ok(made) => {
                let hold = made.hold.unwrap();
                self.holds.insert(text(&step["as"]).to_owned(), (hold.hold_id, hold.duration_minutes));
                json!("HELD")
            }
            Err(refused) => json!(reason(refused)),
        }
    }

    pub(crate) fn booked(
        &mut self,
        step: &Value,
        outcome: Result<CreateChannelBookingResponse, Status>,
    ) -> Value {
        match outcome {
            Ok(made) => {
                let booking = made.booking.unwrap();
                let state = booking.state().as_str_name();
                let known = self.bookings.insert(text(&step["as"]).to_owned(), booking.booking_id.clone());
                assert!(known.is_none_or(|known| known == booking.booking_id), "a second booking: {step}");
                json!(state)
            }
            Err(refused) => json!(reason(refused)),
        }
    }

    /// Takes a step; what it is answered.
    pub(crate) async fn take(&mut self, step: &Value) -> Value {
        let service = self.world.service;
        let provider = self.world.provider.clone();
        match text(&step["do"]) {
            "hold" => {
                let outcome = service.holds().create_hold(self.hold_request(step)).await;
                self.held(step, outcome.map(tonic::Response::into_inner))
            }
            "book" => {
                let outcome =
                    service.channel_bookings().create_channel_booking(self.book_request(step)).await;
                self.booked(step, outcome.map(tonic::Response::into_inner))
            }
            "release" => {
                let hold_id = self.holds[text(&step["hold"])].0.clone();
                let request = service.by(self.channel(step), ReleaseHoldRequest { hold_id });
                let outcome = service.holds().release_hold(request).await;
                outcome.map_or_else(|refused| json!(reason(refused)), |_| json!("RELEASED"))
            }
            "confirm" => {
                let request = ConfirmBookingRequest { booking_id: self.booking(step) };
                let outcome = service.bookings().confirm_booking(service.by(&provider, request)).await;
                told(outcome, |done| done.booking.unwrap().state().as_str_name().to_owned())
            }
            "cancel" => self.cancel(step).await,
            "reschedule" => {
                let booking_id = self.booking(step);
                let examination = self.examination_of(&booking_id).await;
                let slot_id = format!("{examination}~{}", at(&step["start"]).format("%Y%m%dT%H%M%SZ"));
                let request = RescheduleChannelBookingRequest { booking_id, slot_id, ..Default::default() };
                let request = service.by_key(self.channel(step), text(&step["key"]), request);
                let outcome = service.channel_bookings().reschedule_channel_booking(request).await;
                told(outcome, |_| "RESCHEDULED".to_owned())
            }
            "see" => self.see(step).await,
            "lookup" => {
                let slots = step["starts"].as_array().unwrap().iter();
                let slot_ids =
                    slots.map(|start| self.world.slot(text(&step["service"]), at(start))).collect();
                let request = service.by(self.channel(step), LookUpSlotsRequest { slot_ids });
                let told = service.slots().look_up_slots(request).await.unwrap().into_inner();
                told.slots.iter().map(|slot| slot.available).collect()
            }
            "close" => {
                let request = CreateClosureRequest {
                    resource_id: self.world.resources[text(&step["calendar"])].clone(),
                    from: Some(timestamp(at(&step["from"]))),
                    to: Some(timestamp(at(&step["to"]))),
                };
                let closed = service.closures().create_closure(service.by(&provider, request)).await;
                let hit = closed.unwrap().into_inner().bookings;
                hit.iter().map(|booking| self.name_of(&booking.booking_id)).collect()
            }
            "suspend" => {
                let request = SuspendConnectionRequest { connection_id: self.connection() };
                let outcome = service.connections().suspend_connection(service.by(&provider, request)).await;
                told(outcome, |done| done.connection.unwrap().state().as_str_name().to_owned())
            }
            "resume" => {
                let request = ResumeConnectionRequest { connection_id: self.connection() };
                let outcome = service.connections().resume_connection(service.by(&provider, request)).await;
                told(outcome, |done| done.connection.unwrap().state().as_str_name().to_owned())
            }
            "end" => {
                let request = EndConnectionRequest { connection_id: self.connection() };
                service.connections().end_connection(service.by(&provider, request)).await.unwrap();
                let request = ListBookingsRequest {
                    connection_id: self.connection(),
                    from: Some(timestamp(service.clock.now())),
                    ..Default::default()
                };
                let stand = service.bookings().list_bookings(service.by(&provider, request)).await.unwrap();
                let stand = stand.into_inner().bookings;
                stand.iter().map(|booking| self.name_of(&booking.booking_id)).collect()
            }
            "withdraw" => {
                let gone = self.id_of(&step["service"]);
                let others = self.world.examinations.values().map(|(id, _)| id.clone());
                let service_ids = others.filter(|id| *id != gone).collect();
                let request = TickServicesRequest { connection_id: self.connection(), service_ids };
                let ticked = service.connections().tick_services(service.by(&provider, request)).await;
                let services = ticked.unwrap().into_inner().connection.unwrap().services;
                let item = services.iter().find(|item| item.service_id == gone).unwrap();
                json!(item.state().as_str_name())
            }
            "set_duration" => self.set_duration(step).await,
            "set_price" => self.set_price(step).await,
            "see_price" => json!(self.shown_price(&step["service"]).await),
            "notify" => {
                let (connection_id, change) =
                    (self.connection(), self.changes[text(&step["change"])].clone());
                let request = SendPriceNoticesRequest { connection_id, change_ids: vec![change] };
                let outcome = service.notices().send_price_notices(service.by(&provider, request)).await;
                told(outcome, |_| "SENT".to_owned())
            }
            "acknowledge" => self.acknowledge(step).await,
            other => panic!("how is {other} done?"),
        }
    }

    pub(crate) fn booking(&self, step: &Value) -> String {
        self.bookings[text(&step["booking"])].clone()
    }

    pub(crate) fn name_of(&self, booking: &str) -> Value {
        let named = self.bookings.iter().find(|(_, id)| *id == booking);
        json!(named.unwrap_or_else(|| panic!("nobody knows {booking}")).0)
    }

    async fn examination_of(&self, booking: &str) -> String {
        let request = GetBookingRequest { booking_id: booking.to_owned() };
        let request = self.world.service.by(&self.world.provider, request);
        let found = self.world.service.bookings().get_booking(request).await.unwrap();
        found.into_inner().booking.unwrap().service_id
    }
}

pub(crate) fn told<M>(outcome: Result<tonic::Response<M>, Status>, done: impl FnOnce(M) -> String) -> Value {
    match outcome {
        Ok(answer) => json!(done(answer.into_inner())),
        Err(refused) => json!(reason(refused)),
    }
}
