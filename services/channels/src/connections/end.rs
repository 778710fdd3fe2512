//! End the connection, for either side or for Careway.

use careway_contract::channels::v1::{EndConnectionRequest, EndConnectionResponse};
use careway_service::{Call, Keyed, OrganizationKind};

use super::{change::Change, domain::EndCause, mails, view};
use crate::App;

pub(crate) async fn end_connection(
    app: &App,
    call: &Call,
    request: EndConnectionRequest,
) -> Keyed<EndConnectionResponse> {
    let cause = match call.caller.kind() {
        Some(OrganizationKind::Facility) => EndCause::EndedByProvider,
        Some(OrganizationKind::Channel) => EndCause::EndedByChannel,
        _ => EndCause::EndedByPlatform,
    };
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    change.connection.end(cause)?;
    let news = change.is_news();
    let connection = change.keep_by(&mut tx, call, "end", cause.as_str().to_owned()).await?;
    if news {
        mails::keep(app, &mut tx, connection.id, mails::Kind::Changed, connection.state.as_str()).await?;
    }
    tx.commit(EndConnectionResponse { connection: Some(view::connection(&connection)) }).await
}
