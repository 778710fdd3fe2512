//! A mail as it was received, and what it became.

use bytes::Bytes;
use careway_kernel::CaseId;
use uuid::Uuid;

use super::domain::{mail::Mail, outcome::Outcome, sender::Sender};
use crate::App;

/// A mail that was read, and who its author is.
pub(super) struct Received<'a> {
    pub(super) mail: &'a Mail,
    pub(super) raw: &'a Bytes,
    pub(super) is_authenticated: bool,
    pub(super) sender: &'a Sender,
}

impl Received<'_> {
    /// By which the author's mails are counted.
    pub(super) fn author_key(&self, app: &App) -> Vec<u8> {
        let address = self.mail.author.address().map_or("", |address| address.as_str());
        app.inbound_mail.digest("address", address.as_bytes())
    }
}

/// What a mail became for one recipient.
pub(super) struct Delivered {
    pub(super) outcome: Outcome,
    /// As it is kept; of a duplicate the one that came first.
    pub(super) mail: Uuid,
    /// The case, a new one with it.
    pub(super) case: Option<CaseId>,
}
