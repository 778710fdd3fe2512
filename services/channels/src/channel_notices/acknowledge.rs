//! Acknowledge a notice: what it tells is in force.

use careway_contract::channels::v1::{AcknowledgeChannelNoticeRequest, AcknowledgeChannelNoticeResponse};
use careway_kernel::{ChannelNoticeId, Violations, text::Text};
use careway_service::{Call, Error, Keyed, path_id};

use super::{store, view};
use crate::{
    App,
    connections::{acknowledge_service::acknowledgement, change::Change},
    parties,
};

pub(crate) async fn acknowledge_channel_notice(
    app: &App,
    call: &Call,
    request: AcknowledgeChannelNoticeRequest,
) -> Keyed<AcknowledgeChannelNoticeResponse> {
    let party = parties::scope(&call.caller)?;
    let id: ChannelNoticeId = path_id("notice", &request.notice_id)?;
    let mut v = Violations::default();
    let code = v.optional("code", request.code.as_str(), Text::<50>::parse);
    let (code,) = v.all((code,))?;
    let missing = || Error::not_found("notice");

    let mut tx = app.db.begin(call).await?;
    let connection = store::find_connection_of(&mut tx, party, id).await?.ok_or_else(missing)?;
    let mut change = Change::of(app, &mut tx, party, connection).await?.ok_or_else(missing)?;
    // Read under the connection's lock: it stands as whoever held that has left it.
    let notice = store::find_notice(&mut tx, id).await?.ok_or_else(missing)?;
    let version = change.connection.version;
    if !change.connection.acknowledge_notice(&notice.notice, acknowledgement(call, code))? {
        return Err(missing().into());
    }
    if change.connection.version != version {
        change.keep_by(&mut tx, call, "acknowledge", notice.notice.service.to_string()).await?;
    }
    let notice = store::find_notice(&mut tx, id).await?.ok_or_else(missing)?;
    tx.commit(AcknowledgeChannelNoticeResponse { notice: Some(view::notice(&notice)) }).await
}
