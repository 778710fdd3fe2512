//! Webhook messages as the contract shows them.

use careway_contract::channels::v1::{self as proto, webhook_message::State as StateMessage};
use careway_service::{timestamp, version};

use super::{
    domain::{Delivery, State},
    store::Attempt,
};

pub(crate) fn message(delivery: &Delivery) -> proto::WebhookMessage {
    let state = match delivery.state {
        State::Pending if delivery.held => StateMessage::Held,
        State::Pending => StateMessage::Pending,
        State::Delivered => StateMessage::Delivered,
        State::Exhausted => StateMessage::Exhausted,
        State::Cancelled => StateMessage::Cancelled,
    };
    proto::WebhookMessage {
        webhook_message_id: delivery.event.to_string(),
        endpoint_id: delivery.endpoint.to_string(),
        r#type: delivery.event_type.clone(),
        subject: delivery.subject.to_string(),
        version: version(delivery.version),
        state: state.into(),
        attempts: delivery.attempts,
        due_at: delivery.due_at.filter(|_| !delivery.held).map(timestamp),
        occurred_at: Some(timestamp(delivery.occurred_at)),
    }
}

/// Where messages are to stand, and whether their endpoint is to be disabled; none where it does not matter.
pub(crate) fn parse_state(given: StateMessage) -> (Option<State>, Option<bool>) {
    match given {
        StateMessage::Unspecified => (None, None),
        StateMessage::Pending => (Some(State::Pending), Some(false)),
        StateMessage::Held => (Some(State::Pending), Some(true)),
        StateMessage::Delivered => (Some(State::Delivered), None),
        StateMessage::Exhausted => (Some(State::Exhausted), None),
        StateMessage::Cancelled => (Some(State::Cancelled), None),
    }
}

pub(crate) fn attempt(attempt: &Attempt) -> proto::WebhookAttempt {
    proto::WebhookAttempt {
        webhook_message_id: attempt.event_id.to_string(),
        number: attempt.number,
        at: Some(timestamp(attempt.at)),
        milliseconds: attempt.milliseconds,
        status: attempt.status.unwrap_or_default(),
        failure: attempt.failure.clone().unwrap_or_default(),
    }
}
