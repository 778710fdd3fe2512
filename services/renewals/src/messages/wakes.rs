//! Who is woken when something is due: the sender of each channel.

use std::sync::Arc;

use tokio::sync::Notify;

use super::domain::message::Channel;

/// One for each sender. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Wakes {
    sms: Arc<Notify>,
    email: Arc<Notify>,
}

impl Wakes {
    /// Of a channel's sender.
    pub(crate) fn of(&self, channel: Channel) -> &Arc<Notify> {
        match channel {
            Channel::Sms => &self.sms,
            Channel::Email => &self.email,
        }
    }
}
