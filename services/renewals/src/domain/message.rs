//! A message on its way: what it is, and what becomes of it.
//!
//! QUEUED → SUBMITTED → ACCEPTED | REJECTED | UNKNOWN, or back to QUEUED after a refusal that may pass; QUEUED → EXPIRED
//! when it comes too late, NO_CONTACT. A message is submitted at most once without a definite refusal: nobody gets it twice.

use std::time::Duration;

use careway_kernel::{MessageId, OrganizationId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
    /// An E.164 number or a mail address; of a mail to several people, their addresses with commas between.
    pub(crate) to: String,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
}

/// What stands between the addresses of a mail to several people.
const BETWEEN: &str = ", ";

impl Content {
    /// The addresses of a mail to several people, as it is kept.
    pub(crate) fn to_all(addresses: &[String]) -> String {
        addresses.join(BETWEEN)
    }

    /// Everybody it goes to.
    pub(crate) fn recipients(&self) -> impl Iterator<Item = &str> {
        self.to.split(BETWEEN)
    }
}

/// What a message is about, when recipient and words are found out at sending.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum About {
    /// The member is told of an admission.
    VisitAdmitted { visit_id: String, member_id: String },
    /// The member is told what a claim comes to.
    ClaimDecided { claim_id: String, member_id: String },
    /// The member is told what the payer allows.
    PreauthorizationDecided { preauthorization_id: String, member_id: String },
    /// The member is told a prescription's number.
    PrescriptionIssued { prescription_id: String, member_id: String },
    /// An organization's people are told of a claim.
    Claim { claim_id: String, to: Office },
    /// An organization's people are told of a pre-authorization.
    Preauthorization { preauthorization_id: String, to: Office },
}

impl About {
    /// Whose people are told; none when it is a member.
    pub(crate) fn office(&self) -> Option<&Office> {
        match self {
            Self::Claim { to, .. } | Self::Preauthorization { to, .. } => Some(to),
            _ => None,
        }
    }
}

/// Those of an organization who may do something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Office {
    pub(crate) organization_id: String,
    pub(crate) permission: String,
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
