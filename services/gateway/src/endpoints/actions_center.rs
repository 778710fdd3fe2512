//! The booking server of the Actions Center (Maps Booking API v3): its JSON in and out, with the format's names, 64 bits as text,
//! and whatever it says more left alone. What is answered, the service `channels` decides.

use std::pin::Pin;

use anyhow::Context;
use axum::{
    Router,
    body::to_bytes,
    extract::Request,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use careway_contract::channels::v1::{
    CheckActionsCenterHealthRequest, actions_center_service_client::ActionsCenterServiceClient,
};
use careway_service::{Foundation, Upstream, call::CLIENT_IP};
use careway_transcoding::{ClientIp, Deadline, Problem, Violation};
use http::{HeaderName, StatusCode, header, request::Parts};
use prost::{Message, Name};
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions,
};
use serde_json::{Deserializer, Serializer};
use tokio::time::Instant;
use tonic::Status;

/// The largest request: a thousand slots with room around them.
const LARGEST: usize = 512 * 1024;
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

type Client = ActionsCenterServiceClient<Upstream>;
type Answering<Res> = Pin<Box<dyn Future<Output = Result<tonic::Response<Res>, Status>> + Send>>;

/// The format as the contract has it, and who answers.
#[derive(Clone)]
struct Server {
    pool: DescriptorPool,
    channels: Upstream,
}

pub(crate) fn router(foundation: &Foundation) -> anyhow::Result<Router> {
    let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).context("the contract")?;
    let server = Server { pool, channels: foundation.registry.upstream("channels") };
    let methods = [
        ("HealthCheck", server.health()),
        (
            "BatchAvailabilityLookup",
            server.method(|mut client, asked| {
                Box::pin(async move { client.look_up_actions_center_slots(asked).await })
            }),
        ),
        (
            "CreateBooking",
            server.method(|mut client, asked| {
                Box::pin(async move { client.create_actions_center_booking(asked).await })
            }),
        ),
        (
            "UpdateBooking",
            server.method(|mut client, asked| {
                Box::pin(async move { client.update_actions_center_booking(asked).await })
            }),
        ),
        (
            "GetBookingStatus",
            server.method(|mut client, asked| {
                Box::pin(async move { client.get_actions_center_booking_status(asked).await })
            }),
        ),
        (
            "ListBookings",
            server.method(|mut client, asked| {
                Box::pin(async move { client.list_actions_center_bookings(asked).await })
            }),
        ),
    ];
    Ok(methods.into_iter().fold(Router::new(), |router, (name, method)| {
        let path = format!("/actions-center/v3/{name}");
        router.route(&format!("{path}/"), method.clone()).route(&path, method)
    }))
}

impl Server {
    /// A method with a body and an answer.
    fn method<Req, Res>(&self, rpc: fn(Client, tonic::Request<Req>) -> Answering<Res>) -> MethodRouter
    where
        Req: Message + Name + Default + 'static,
        Res: Message + Name + 'static,
    {
        let server = self.clone();
        post(move |request: Request| async move { server.answer(request, rpc).await })
    }

    /// What answers by its status alone.
    fn health(&self) -> MethodRouter {
        let server = self.clone();
        get(move |request: Request| async move {
            let (parts, _) = request.into_parts();
            let asked = forwarded(&parts, CheckActionsCenterHealthRequest {});
            match server.client().check_actions_center_health(asked).await {
                Ok(_) => StatusCode::OK.into_response(),
                Err(status) => Problem::from_status(&status).into_response(),
            }
        })
    }

    async fn answer<Req, Res>(
        &self,
        request: Request,
        rpc: fn(Client, tonic::Request<Req>) -> Answering<Res>,
    ) -> Result<Response, Problem>
    where
        Req: Message + Name + Default,
        Res: Message + Name,
    {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST).await.map_err(|_| Problem::too_large(LARGEST))?;
        let asked: Req = read(&self.descriptor::<Req>()?, &body)?;
        let answered = rpc(self.client(), forwarded(&parts, asked)).await;
        let answered = answered.map_err(|status| Problem::from_status(&status))?.into_inner();
        let json = written(&self.descriptor::<Res>()?, &answered)?;
        Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
    }

    fn client(&self) -> Client {
        Client::new(self.channels.clone())
    }

    fn descriptor<M: Name>(&self) -> Result<MessageDescriptor, Problem> {
        self.pool.get_message_by_name(&M::full_name()).ok_or_else(Problem::internal)
    }
}

/// The message in its caller's name, with the trace and the time that is left.
fn forwarded<M>(parts: &Parts, message: M) -> tonic::Request<M> {
    let mut request = tonic::Request::new(message);
    if let Some(Deadline(at)) = parts.extensions.get() {
        request.set_timeout(at.saturating_duration_since(Instant::now()));
    }
    let metadata = request.metadata_mut();
    for name in [header::AUTHORIZATION, TRACEPARENT] {
        if let Some(value) = parts.headers.get(&name) {
            metadata.as_mut().insert(name, value.clone());
        }
    }
    if let Some(value) = parts.extensions.get().and_then(|ClientIp(ip)| ip.to_string().parse().ok()) {
        metadata.insert(CLIENT_IP, value);
    }
    request
}

/// A request as the format writes it; what it says more is left alone.
fn read<M: Message + Default>(descriptor: &MessageDescriptor, json: &[u8]) -> Result<M, Problem> {
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    let mut json = Deserializer::from_slice(json);
    let read = DynamicMessage::deserialize_with_options(descriptor.clone(), &mut json, &options);
    let read = read.and_then(|message| json.end().map(|()| message));
    let message = read.map_err(|_| {
        let message = format!("must be a {} in JSON", descriptor.name());
        Problem::invalid(vec![Violation { field: String::new(), message }])
    })?;
    message.transcode_to().map_err(|_| Problem::internal())
}

/// An answer as the format writes it.
fn written<M: Message>(descriptor: &MessageDescriptor, message: &M) -> Result<Vec<u8>, Problem> {
    let mut answer = DynamicMessage::new(descriptor.clone());
    answer.transcode_from(message).map_err(|_| Problem::internal())?;
    let mut json = Vec::new();
    let options = SerializeOptions::new().use_proto_field_name(true);
    answer
        .serialize_with_options(&mut Serializer::new(&mut json), &options)
        .map_err(|_| Problem::internal())?;
    Ok(json)
}

#[cfg(test)]
mod tests {
    use careway_contract::channels::v1::{
        ActionsCenterSlotTimeAvailability, CreateActionsCenterBookingRequest,
        LookUpActionsCenterSlotsRequest, LookUpActionsCenterSlotsResponse,
    };
    use serde_json::{Value, json};

    use super::*;

    fn descriptor<M: Name>() -> MessageDescriptor {
        let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).unwrap();
        pool.get_message_by_name(&M::full_name()).unwrap()
    }

    fn read_json<M: Message + Name + Default>(json: &Value) -> Result<M, Problem> {
        read(&descriptor::<M>(), json.to_string().as_bytes())
    }

    fn written_json<M: Message + Name>(message: &M) -> Value {
        serde_json::from_slice(&written(&descriptor::<M>(), message).unwrap()).unwrap()
    }

    #[test]
    fn every_story_of_lookups_is_read_and_written_to_the_letter() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/channels/formats.jsonl");
        let text = std::fs::read_to_string(path).unwrap();
        let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let stories: Vec<_> = rows.filter(|row| row["kind"] == "lookup").collect();
        assert_eq!(stories.len(), 3);
        for story in stories {
            let asked: LookUpActionsCenterSlotsRequest = read_json(&story["request"]).unwrap();
            assert_eq!(asked.merchant_id, story["request"]["merchant_id"], "{}", story["id"]);
            let answers = story["answer"]["slot_time_availability"].as_array().unwrap();
            let told = asked.slot_time.into_iter().zip(answers).map(|(slot_time, answer)| {
                let available = answer["available"].as_bool();
                ActionsCenterSlotTimeAvailability { slot_time: Some(slot_time), available }
            });
            let answer = LookUpActionsCenterSlotsResponse { slot_time_availability: told.collect() };
            assert_eq!(written_json(&answer), story["answer"], "{}", story["id"]);
        }
    }

    #[test]
    fn what_the_format_says_more_is_left_alone() {
        let request = json!({
            "slot": {"merchant_id": "m", "start_sec": 1_801_551_600, "resources": {"party_size": 1}},
            "payment_information": {"prepayment_status": "PREPAYMENT_NOT_PROVIDED"},
            "idempotency_token": "7",
        });
        let read: CreateActionsCenterBookingRequest = read_json(&request).unwrap();
        let slot = read.slot.clone().unwrap();
        assert_eq!((slot.start_sec, slot.resources.unwrap().party_size), (1_801_551_600, 1));
        let written = written_json(&read);
        assert_eq!(written["slot"]["start_sec"], "1801551600", "64 bits as text");
        for wrong in [json!([]), json!({"slot": 7}), json!({"slot": {"start_sec": "noon"}})] {
            let refused = read_json::<CreateActionsCenterBookingRequest>(&wrong).unwrap_err();
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
    }
}
