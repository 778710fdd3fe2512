//! A message on its way: what it is, and what becomes of it.
//!
//! QUEUED → (HELD) → SUBMITTED → ACCEPTED → DELIVERED | UNDELIVERED | EXPIRED | REJECTED | UNKNOWN, or back to QUEUED after a
//! refusal that may pass; before it is submitted, SUPPRESSED, NO_CONTACT or EXPIRED. A message is submitted at most once
//! without a definite refusal: nobody gets it twice.

use std::time::Duration;

use careway_kernel::{MessageId, OrganizationId};
use chrono::{DateTime, TimeDelta, Utc};
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

    /// How long a message is good for that says no end of its own: an SMS that comes later only confuses, a mail is read
    /// the next working day.
    pub(crate) fn good_for(self) -> TimeDelta {
        match self {
            Self::Sms => TimeDelta::hours(24),
            Self::Email => TimeDelta::hours(96),
        }
    }
}

/// What goes first; the number is the order in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Priority {
    Otp = 1,
    Transactional = 2,
    Bulk = 3,
}

impl Priority {
    pub(crate) fn from_number(number: i16) -> Self {
        match number {
            1 => Self::Otp,
            3 => Self::Bulk,
            _ => Self::Transactional,
        }
    }
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
    /// It is not given up before.
    pub(crate) expires_at: DateTime<Utc>,
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

/// What a mail server, or whatever takes mail in its place, says of a mail.
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

/// Where a message stands for good, or for as long as nothing more is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// A route took it. The end of routes that give no receipts.
    Accepted,
    /// Its end came before it did.
    Expired,
    Rejected,
    /// It may or may not have gone out: it is never sent again.
    Unknown,
    /// It was not to be sent any more.
    Suppressed,
    /// Nobody can be reached.
    NoContact,
}

impl Ended {
    /// As it is kept.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Expired => "EXPIRED",
            Self::Rejected => "REJECTED",
            Self::Unknown => "UNKNOWN",
            Self::Suppressed => "SUPPRESSED",
            Self::NoContact => "NO_CONTACT",
        }
    }
}

/// Why a message was rejected whose number there is not: it becomes suspect.
pub(crate) const NO_SUCH_NUMBER: &str = "NO_SUCH_NUMBER";

/// Whether the words of a message that ended go at once: those of a one-time code, whatever became of it, and those of a mail
/// that is sent, which may have a token that lives.
pub(crate) fn erases(priority: Priority, channel: Channel, ended: Ended) -> bool {
    priority == Priority::Otp || (channel == Channel::Email && ended == Ended::Accepted)
}

/// A message as it is judged when somebody wants it to be sent once more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failed<'a> {
    pub(crate) state: &'a str,
    pub(crate) priority: Priority,
    /// Its words, or what they are about, are still there.
    pub(crate) has_content: bool,
    /// A carrier has a part of it.
    pub(crate) is_begun: bool,
}

impl Failed<'_> {
    /// Whether it failed for good and nobody can have it. A code that comes late is good for nothing.
    pub(crate) fn may_go_again(self) -> bool {
        matches!(self.state, "REJECTED" | "EXPIRED" | "NO_CONTACT")
            && self.priority != Priority::Otp
            && self.has_content
            && !self.is_begun
    }
}

/// How long a route's receipt is waited for.
pub(crate) const RECEIPT_WITHIN: TimeDelta = TimeDelta::hours(72);

/// How long a message waits after its `attempts`-th refusal: 2 s, 4 s, 8 s … 256 s. It goes on so until its own end.
pub(crate) fn wait(attempts: i32) -> Duration {
    Duration::from_secs(1 << attempts.clamp(1, 8))
}

/// How long it waits when what is away is nothing of its own: its words, or every route.
pub(crate) const WAIT_FOR_OTHERS: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_failed_for_good_goes_again_and_only_if_nobody_can_have_it() {
        let failed =
            Failed { state: "REJECTED", priority: Priority::Bulk, has_content: true, is_begun: false };
        for state in ["REJECTED", "EXPIRED", "NO_CONTACT"] {
            assert!(Failed { state, ..failed }.may_go_again(), "{state}");
        }
        for wrong in [
            Failed { state: "UNKNOWN", ..failed },
            Failed { state: "UNDELIVERED", ..failed },
            Failed { priority: Priority::Otp, ..failed },
            Failed { has_content: false, ..failed },
            Failed { is_begun: true, ..failed },
        ] {
            assert!(!wrong.may_go_again(), "{wrong:?}");
        }
    }

    #[test]
    fn the_words_of_codes_and_of_sent_mails_go_at_once() {
        assert!(erases(Priority::Otp, Channel::Sms, Ended::Unknown));
        assert!(erases(Priority::Bulk, Channel::Email, Ended::Accepted));
        assert!(!erases(Priority::Bulk, Channel::Email, Ended::Rejected));
        assert!(!erases(Priority::Transactional, Channel::Sms, Ended::Accepted));
    }

    #[test]
    fn waits_grow_to_a_bound() {
        assert_eq!(wait(1), Duration::from_secs(2));
        assert_eq!(wait(3), Duration::from_secs(8));
        assert_eq!(wait(60), Duration::from_secs(256));
    }
}
