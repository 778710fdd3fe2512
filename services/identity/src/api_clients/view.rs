//! API clients in the contract.

use careway_contract::identity::v1;
use careway_service::timestamp;

use super::domain::ApiClient;

/// The client in the contract; never a secret.
pub(crate) fn message(client: &ApiClient) -> v1::ApiClient {
    v1::ApiClient {
        client_id: client.id.to_string(),
        name: client.name.clone(),
        scopes: client.scopes.clone(),
        created_at: Some(timestamp(client.created_at)),
        secret_created_at: Some(timestamp(client.secret.created_at)),
        previous_secret_expires_at: client.previous.as_ref().map(|previous| timestamp(previous.expires_at)),
        created_by: client.created_by.map(|id| id.to_string()).unwrap_or_default(),
        disabled_at: client.disabled_at.map(timestamp),
    }
}
