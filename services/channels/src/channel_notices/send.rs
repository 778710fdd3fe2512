//! Tell the channel of new prices: each change has a notice of its own.

use careway_contract::channels::v1::{SendPriceNoticesRequest, SendPriceNoticesResponse};
use careway_kernel::{ChannelNoticeId, PriceChangeId, Violations};
use careway_service::{Call, Keyed};

use super::{store, view};
use crate::{
    App,
    connections::{change::Change, mails},
};

/// Changes told of at once.
const MOST_CHANGES: usize = 200;

pub(crate) async fn send_price_notices(
    app: &App,
    call: &Call,
    request: SendPriceNoticesRequest,
) -> Keyed<SendPriceNoticesResponse> {
    call.caller.facility()?;
    let mut v = Violations::default();
    let few = (1..=MOST_CHANGES).contains(&request.change_ids.len());
    v.check("changeIds", few, "must be 1 to 200 changes");
    let ids = v.each("changeIds", &request.change_ids, |v, id| v.field("", PriceChangeId::parse(id)));
    let (ids,) = v.all((ids,))?;

    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    change.connection.may_tell()?;
    let connection = change.connection.id;
    let changes = store::list_changes_named(&mut tx, connection, &ids).await?;
    let mut v = Violations::default();
    let known = |id: &PriceChangeId| changes.iter().any(|change| change.id == *id);
    v.check("changeIds", ids.iter().all(known), "must name new prices of what this channel sells");
    v.finish()?;
    let now = tx.now();
    let mut sent = Vec::new();
    for told in &changes {
        let id = ChannelNoticeId::new(&app.clock);
        if change.connection.tell_price(id, told.change(), now)? {
            sent.push(id);
        }
    }
    change.keep_by(&mut tx, call, "price-notice", format!("{} prices", sent.len())).await?;
    mails::keep(app, &mut tx, connection, mails::Kind::Notice, "PRICE").await?;
    let notices = store::list_notices_named(&mut tx, &sent).await?;
    tx.commit(SendPriceNoticesResponse { notices: notices.iter().map(view::notice).collect() }).await
}
