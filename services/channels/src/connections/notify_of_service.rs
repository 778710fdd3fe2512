//! Tell both Careway and the channel of a ticked service that is not published.

use careway_contract::channels::v1::{NotifyOfServiceRequest, NotifyOfServiceResponse};
use careway_kernel::{ChannelNoticeId, ServiceId};
use careway_service::{Call, Error, Keyed, path_id};

use super::{change::Change, mails, view};
use crate::App;

pub(crate) async fn notify_of_service(
    app: &App,
    call: &Call,
    request: NotifyOfServiceRequest,
) -> Keyed<NotifyOfServiceResponse> {
    let service: ServiceId = path_id("service", &request.service_id)?;
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    if !change.connection.notify(ChannelNoticeId::new(&app.clock), service, &change.grounds)? {
        return Err(Error::not_found("service").into());
    }
    let connection = change.keep_by(&mut tx, call, "notify", service.to_string()).await?;
    mails::keep(app, &mut tx, connection.id, mails::Kind::Notice, "SERVICE").await?;
    tx.commit(NotifyOfServiceResponse { connection: Some(view::connection(&connection)) }).await
}
