//! The tables `webhook_message`, `webhook_delivery` and `webhook_attempt`.

mod attempts;
mod deliveries;
mod fan_out;
mod sweep;
mod turns;

pub(crate) use self::{
    attempts::{Attempt, list_attempts},
    deliveries::{Filter, list_deliveries, lock_delivery, update_again, update_recovered},
    fan_out::{NewMessage, insert_deliveries, insert_messages},
    sweep::sweep,
    turns::{
        Claimed, DueMessage, Ended, claim, find_oldest_due, list_due, lock_turn, save_ended,
        update_cancelled, update_released,
    },
};
