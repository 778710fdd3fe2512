//! Webhook endpoints as the contract shows them.

use careway_contract::channels::v1::{
    self as proto,
    webhook_endpoint::{Ordering as OrderingMessage, Signature as SignatureMessage, State as StateMessage},
};
use careway_service::{count, timestamp, version};

use super::{
    domain::{Cause, Endpoint, Ordering, secret::Scheme},
    store::Live,
};

pub(crate) fn endpoint(endpoint: &Endpoint, live: Live) -> proto::WebhookEndpoint {
    let settings = &endpoint.settings;
    let ordering = match settings.ordering {
        Ordering::FirstAttempts => OrderingMessage::FirstAttempts,
        Ordering::Strict => OrderingMessage::Strict,
    };
    let signature = match endpoint.scheme {
        Scheme::Hmac => SignatureMessage::Hmac,
        Scheme::Ed25519 => SignatureMessage::Ed25519,
    };
    let state = if endpoint.disabled.is_some() { StateMessage::Disabled } else { StateMessage::Enabled };
    proto::WebhookEndpoint {
        endpoint_id: endpoint.id.to_string(),
        url: settings.url.clone(),
        types: settings.types.clone(),
        ordering: ordering.into(),
        rate: settings.rate,
        signature: signature.into(),
        public_keys: live.public_keys,
        live_secrets: count(live.count),
        state: state.into(),
        disabled_cause: endpoint.disabled.map_or("", Cause::as_str).to_owned(),
        verified_at: endpoint.verified_at.map(timestamp),
        failing_since: endpoint.failing.since.map(timestamp),
        created_at: Some(timestamp(endpoint.created_at)),
        version: version(endpoint.version),
    }
}

pub(crate) fn parse_ordering(given: OrderingMessage) -> Option<Ordering> {
    match given {
        OrderingMessage::Unspecified => None,
        OrderingMessage::FirstAttempts => Some(Ordering::FirstAttempts),
        OrderingMessage::Strict => Some(Ordering::Strict),
    }
}

pub(crate) fn parse_scheme(given: SignatureMessage) -> Option<Scheme> {
    match given {
        SignatureMessage::Unspecified => None,
        SignatureMessage::Hmac => Some(Scheme::Hmac),
        SignatureMessage::Ed25519 => Some(Scheme::Ed25519),
    }
}
