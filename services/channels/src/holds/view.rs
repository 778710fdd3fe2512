//! Holds as the contract shows them.

use careway_contract::channels::v1 as proto;
use careway_kernel::Money;
use careway_service::{count, money, timestamp};

use super::domain::Hold;

pub(super) fn hold(hold: &Hold, price: Money) -> proto::Hold {
    proto::Hold {
        hold_id: hold.id.to_string(),
        service_id: hold.service.to_string(),
        start: Some(timestamp(hold.start)),
        duration_minutes: count(hold.duration_minutes),
        price: Some(money(price)),
        expires_at: Some(timestamp(hold.until)),
    }
}
