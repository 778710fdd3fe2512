//! Activate the channel.

use careway_contract::channels::v1::{ActivateConnectionRequest, ActivateConnectionResponse};
use careway_service::{Call, Keyed};

use super::{change::Change, view};
use crate::App;

pub(crate) async fn activate_connection(
    app: &App,
    call: &Call,
    request: ActivateConnectionRequest,
) -> Keyed<ActivateConnectionResponse> {
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    change.connection.activate(&change.grounds)?;
    let connection = change.keep_by(&mut tx, call, "activate", String::new()).await?;
    tx.commit(ActivateConnectionResponse { connection: Some(view::connection(&connection)) }).await
}
