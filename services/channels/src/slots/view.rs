//! Slots as the contract shows them.

use careway_contract::channels::v1 as proto;
use careway_kernel::ServiceId;
use careway_service::timestamp;
use chrono::TimeDelta;

use super::domain::{Shape, Slot, slot_id::SlotId};

pub(super) fn slot(service: ServiceId, slot: Slot, shape: Shape) -> proto::Slot {
    proto::Slot {
        start: Some(timestamp(slot.start)),
        end: Some(timestamp(slot.start + TimeDelta::minutes(shape.duration))),
        free: slot.free.into(),
        slot_id: SlotId { service, start: slot.start, resource: None }.to_string(),
    }
}
