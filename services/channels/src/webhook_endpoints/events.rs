//! What webhook endpoints say.

use careway_contract::channels::v1::WebhookEndpointDisabled;
use careway_events::{Fact, record};
use careway_service::Transaction;

use super::domain::{Cause, Endpoint};

/// Says that nothing is sent to the endpoint any more, which its owner did not do.
pub(crate) fn disabled(tx: &mut Transaction, endpoint: &Endpoint, cause: Cause) {
    let fact = Fact::new(WebhookEndpointDisabled {
        endpoint_id: endpoint.id.to_string(),
        organization_id: endpoint.organization.to_string(),
        cause: cause.as_str().to_owned(),
    });
    record(tx, fact.about(endpoint.id.uuid(), endpoint.version).of(endpoint.organization));
}
