//! Prices as the contract shows them.

use careway_contract::channels::v1 as proto;
use careway_service::{money, timestamp};

use super::{edited::Edited, store::Listed};

pub(super) fn edited(row: &Edited) -> proto::EditedPrice {
    let (after, refused) = match &row.after {
        Ok(after) => (*after, ""),
        Err(refusal) => (None, refusal.code()),
    };
    proto::EditedPrice {
        service_id: row.current.service.to_string(),
        before: row.current.price.map(money),
        after: after.map(money),
        refused: refused.to_owned(),
    }
}

pub(super) fn price(listed: &Listed) -> proto::Price {
    proto::Price {
        service_id: listed.service.to_string(),
        channel_id: listed.channel.map(|channel| channel.to_string()).unwrap_or_default(),
        price: Some(money(listed.price)),
        since: Some(timestamp(listed.since)),
    }
}
