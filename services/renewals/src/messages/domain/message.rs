//! A message on its way: what it is, and what becomes of it.
//!
//! QUEUED → SUBMITTED → ACCEPTED | REJECTED | UNKNOWN, or back to QUEUED after a refusal that may pass; QUEUED → EXPIRED
//! when it comes too late, NO_CONTACT. A message is submitted at most once without a definite refusal: nobody gets it twice.

use std::time::Duration;

use careway_kernel::{MessageId, OrganizationId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::mail::MailHeaders;

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Sms,
    Email,
}

impl Channel {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Email => "EMAIL",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        if text == "EMAIL" { Self::Email } else { Self::Sms }
    }
}

/// What goes first; the number is the order in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    Otp = 1,
    Transactional = 2,
    Bulk = 3,
}

/// A message to be kept.
#[derive(Debug)]
pub(crate) struct NewMessage {
    pub(crate) id: MessageId,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) dedupe_key: String,
    pub(crate) channel: Channel,
    pub(crate) priority: Priority,
    pub(crate) template: String,
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

/// Recipient and words; kept sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Content {
    /// E.164 numbers or mail addresses.
    pub(crate) to: Vec<String>,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
    /// Of the words, for whatever reads them aloud.
    pub(crate) language: String,
    /// Of an e-mail.
    pub(crate) mail: MailHeaders,
}

/// What a port says of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It took it.
    Accepted,
    /// It will never take it.
    Rejected,
    /// It did not take it and may later.
    Deferred,
    /// It may or may not have taken it.
    Unknown,
}

/// A deferred message is tried this often.
pub(crate) const MOST_ATTEMPTS: i32 = 8;

/// How long a message waits after its `attempts`-th refusal: 2 s, 4 s, 8 s … 5 min.
pub(crate) fn wait(attempts: i32) -> Duration {
    Duration::from_secs(1 << attempts.clamp(1, 8)).min(Duration::from_secs(300))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound() {
        assert_eq!(wait(1), Duration::from_secs(2));
        assert_eq!(wait(3), Duration::from_secs(8));
        assert_eq!(wait(60), Duration::from_secs(256));
    }
}
