//! The refusals of webhook endpoints, each with its reason in the contract.

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use super::domain::EndpointRefusal;

impl From<EndpointRefusal> for Error {
    fn from(refusal: EndpointRefusal) -> Self {
        let reason = match refusal {
            EndpointRefusal::TooManyEndpoints => Reason::WebhookEndpointLimit,
            EndpointRefusal::TooManySecrets => Reason::WebhookSecretLimit,
            EndpointRefusal::Disabled => Reason::WebhookEndpointDisabled,
        };
        Self::new(reason, refusal.to_string())
    }
}
