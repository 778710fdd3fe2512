//! List what changed after a change of the feed, in the order of commits, as RPDE 1.0 writes it.

use careway_contract::channels::v1::ListFeedChangesRequest;
use careway_kernel::Violations;
use careway_service::{Call, Error, RawAnswer, Result};

use super::{
    domain::{FeedKind, rpde},
    store,
};
use crate::App;

/// Items of a page.
const PAGE: i64 = 500;
/// Where the feed is found.
const PATH: &str = "/v1/channel/changes";

pub(crate) async fn list_feed_changes(
    app: &App,
    call: &Call,
    request: ListFeedChangesRequest,
) -> Result<RawAnswer> {
    let channel = call.caller.channel()?;
    let mut v = Violations::default();
    let kind = v.required("kind", request.kind.as_str(), |kind| match kind {
        "service" => Ok(FeedKind::Service),
        "booking" => Ok(FeedKind::Booking),
        _ => Err("must be `service` or `booking`"),
    });
    let positive = request.after_change_number.is_none_or(|after| after >= 0);
    v.check("afterChangeNumber", positive, "must not be negative");
    let (kind,) = v.all((kind,))?;
    let mut reader = app.db.read(call).await?;
    let after = request.after_change_number;
    let items = store::list_changes(&mut reader, channel, kind, after.unwrap_or_default(), PAGE).await?;
    let feed = format!("{}{PATH}", app.foundation.public_url);
    let page = rpde::page(&feed, kind, after, &items).map_err(Error::internal)?;
    // The feed is this channel's alone: nobody between may keep it for others.
    Ok(RawAnswer::whole(call, "application/json", page.body)
        .header("cache-control", format!("private, max-age={}", page.max_age)))
}
