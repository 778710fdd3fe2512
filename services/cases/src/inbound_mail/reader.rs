//! Reading alone: what is done with every mail that comes in before anybody is asked. For measuring.

use super::domain::mail::{Mail, Mailboxes};

/// Reads mails as they are read when they come in.
#[derive(Debug, Clone)]
pub struct MailReader(Mailboxes);

impl MailReader {
    /// For this mailbox, behind the mail server that writes `Authentication-Results` in this name.
    pub fn new(support_mailbox: &str, authserv_id: &str) -> Self {
        Self(Mailboxes { support: support_mailbox.to_owned(), authserv_id: Some(authserv_id.to_owned()) })
    }

    /// Reads a mail whole; the bytes of the new words in it.
    pub fn words(&self, raw: &[u8]) -> usize {
        Mail::read(raw, "", &self.0).words.visible.len()
    }
}
