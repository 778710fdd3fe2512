//! Read a channel.

use careway_contract::channels::v1::{GetChannelRequest, GetChannelResponse};
use careway_kernel::OrganizationId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_channel(
    app: &App,
    call: &Call,
    request: GetChannelRequest,
) -> Result<GetChannelResponse> {
    let id: OrganizationId = path_id("channel", &request.channel_id)?;
    let mut reader = app.db.read(call).await?;
    let channel = store::find_channel(&mut reader, id).await?.ok_or(Error::not_found("channel"))?;
    Ok(GetChannelResponse { channel: Some(view::channel(&channel)) })
}
