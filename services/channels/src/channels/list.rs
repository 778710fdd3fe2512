//! List the channels there are.

use careway_contract::channels::v1::{ListChannelsRequest, ListChannelsResponse};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{Call, Paging, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_channels(
    app: &App,
    call: &Call,
    request: ListChannelsRequest,
) -> Result<ListChannelsResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let filter = ListChannelsRequest::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListChannels", party.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let after = paging.after_id()?.map(OrganizationId::from_uuid);
    let mut reader = app.db.read(call).await?;
    let channels = store::list_channels(&mut reader, after, paging.limit()).await?;
    let (channels, next_page_token) = paging.cut(channels, |channel| *channel.id.uuid().as_bytes());
    Ok(ListChannelsResponse { channels: channels.iter().map(view::channel).collect(), next_page_token })
}
