//! Delete an API client: its tokens are refused within seconds.

use careway_contract::identity::v1::{ApiClientDeleted, DeleteApiClientRequest, DeleteApiClientResponse};
use careway_events::{Fact, record};
use careway_kernel::ClientId;
use careway_service::{Call, Error, Keyed, path_id};

use super::store;
use crate::{
    App,
    revocations::{self, Revoked},
};

pub(crate) async fn delete_api_client(
    app: &App,
    call: &Call,
    request: DeleteApiClientRequest,
) -> Keyed<DeleteApiClientResponse> {
    let id = path_id::<ClientId>("API client", &request.client_id)?;
    let mut tx = app.db.begin(call).await?;
    let client = store::lock_client(&mut tx, id).await?.ok_or_else(|| Error::not_found("API client"))?;
    let now = tx.now();
    store::delete_client(&mut tx, id, now).await?;
    let deleted =
        ApiClientDeleted { client_id: id.to_string(), organization_id: client.organization.to_string() };
    record(&mut tx, Fact::new(deleted).about(id.uuid(), 1).of(client.organization));
    let response = tx.commit(DeleteApiClientResponse {}).await?;
    revocations::announce(app, [Revoked::Client(id)]).await;
    Ok(response)
}
