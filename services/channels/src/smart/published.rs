//! The channel that a path names, and what its providers have published.

use careway_kernel::OrganizationId;
use careway_service::{Call, Error, OrganizationKind, RawAnswer, Reader, Result, path_id};

use crate::{
    App,
    feeds::{self, domain::SoldService},
    organizations,
};

/// Examinations that are published of one channel.
const MOST: i64 = 2000;

/// How long a file may be kept, by anybody, and how long to wait before it is asked for again.
const KEPT: &str = "public, max-age=300";

/// A file as it is given out.
pub(super) fn file(call: &Call, media_type: &str, body: Vec<u8>) -> RawAnswer {
    RawAnswer::whole(call, media_type, body).header("cache-control", KEPT)
}

/// A channel of this id.
pub(super) async fn get_channel(app: &App, id: &str) -> Result<(Reader, OrganizationId)> {
    let channel: OrganizationId = path_id("channel", id)?;
    // Nobody is signed in.
    let mut reader = app.db.read(&Call::system("smart.publish")).await?;
    let kind = organizations::store::find_kind(&mut reader, channel).await?;
    if kind != Some(OrganizationKind::Channel) {
        return Err(Error::not_found("channel"));
    }
    Ok((reader, channel))
}

/// A channel of this id, and what it sells.
pub(super) async fn published(app: &App, id: &str) -> Result<(Reader, OrganizationId, Vec<SoldService>)> {
    let (mut reader, channel) = get_channel(app, id).await?;
    let mut sold = feeds::store::list_sold(&mut reader, channel, None, MOST).await?;
    sold.retain(|service| !service.test);
    Ok((reader, channel, sold))
}
