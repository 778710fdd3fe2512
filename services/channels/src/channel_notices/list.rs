//! List the notices that a channel was sent, newest first.

use careway_contract::channels::v1::{ListChannelNoticesRequest, ListChannelNoticesResponse};
use careway_kernel::{ChannelNoticeId, Violations};
use careway_service::{Call, Paging, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_channel_notices(
    app: &App,
    call: &Call,
    request: ListChannelNoticesRequest,
) -> Result<ListChannelNoticesResponse> {
    let channel = call.caller.channel()?;
    let mut v = Violations::default();
    let filter = ListChannelNoticesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListChannelNotices", channel.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let before = paging.after_id()?.map(ChannelNoticeId::from_uuid);
    let state = view::parse_state(request.state());
    let mut reader = app.db.read(call).await?;
    let notices = store::list_notices(&mut reader, channel, state, before, paging.limit()).await?;
    let (notices, next_page_token) = paging.cut(notices, |notice| *notice.id.uuid().as_bytes());
    Ok(ListChannelNoticesResponse { notices: notices.iter().map(view::notice).collect(), next_page_token })
}
