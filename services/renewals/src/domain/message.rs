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

/// What a message is about, when recipient and words are found out at sending. The other names are those of earlier
/// versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum About {
    /// The member is told of a visit.
    #[serde(alias = "visit_admitted")]
    MembersVisit { visit_id: String, member_id: String },
    /// The member is told of a claim.
    #[serde(alias = "claim_decided")]
    MembersClaim { claim_id: String, member_id: String },
    /// The member is told what the payer allows.
    #[serde(alias = "preauthorization_decided")]
    MembersPreauthorization { preauthorization_id: String, member_id: String },
    /// The member is told of a prescription, and where something of it was handed out.
    #[serde(alias = "prescription_issued")]
    MembersPrescription {
        prescription_id: String,
        member_id: String,
        #[serde(default)]
        pharmacy_id: String,
    },
    /// An organization's people are told of a visit.
    Visit { visit_id: String, to: Office },
    /// An organization's people are told of a claim, and what was decided of it.
    Claim {
        claim_id: String,
        to: Office,
        #[serde(default)]
        decision: String,
    },
    /// An organization's people are told of a pre-authorization, and what was decided of it.
    Preauthorization {
        preauthorization_id: String,
        to: Office,
        #[serde(default)]
        decision: String,
    },
    /// An organization's people are told of a payment advice.
    PaymentAdvice { payment_advice_id: String, to: Office },
}

/// Whom a message is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Addressee<'a> {
    Member(&'a str),
    Office(&'a Office),
}

impl About {
    /// Whom it is for.
    pub(crate) fn addressee(&self) -> Addressee<'_> {
        match self {
            Self::MembersVisit { member_id, .. }
            | Self::MembersClaim { member_id, .. }
            | Self::MembersPreauthorization { member_id, .. }
            | Self::MembersPrescription { member_id, .. } => Addressee::Member(member_id),
            Self::Visit { to, .. }
            | Self::Claim { to, .. }
            | Self::Preauthorization { to, .. }
            | Self::PaymentAdvice { to, .. } => Addressee::Office(to),
        }
    }
}

/// Those of an organization who may do something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Office {
    pub(crate) organization_id: String,
    pub(crate) permission: String,
}

impl Office {
    pub(crate) fn new(organization_id: String, permission: &str) -> Self {
        Self { organization_id, permission: permission.to_owned() }
    }
}

/// Whether a message still says what is so, now that what it is about stands in `state`. A mail server that was away for a
/// day does not make anybody look for a claim that was decided meanwhile.
pub(crate) fn holds(template: &str, state: &str) -> bool {
    match template {
        // What it comes to is nothing any more; the member is told of that, too.
        "claim_decided" => state != "RECALLED",
        "staff_claim_in_review" => state == "IN_REVIEW",
        "staff_claim_appealed" => state == "APPEALED",
        "staff_preauthorization_pended"
        | "staff_preauthorization_answered"
        | "staff_preauthorization_unanswered"
        | "staff_preauthorization_overdue" => state == "PENDED",
        "staff_preauthorization_question" => state == "INFORMATION_REQUESTED",
        _ => true,
    }
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
    fn what_an_earlier_version_kept_is_still_sent() {
        let kept =
            serde_json::json!({"kind": "prescription_issued", "prescription_id": "p", "member_id": "m"});
        let about: About = serde_json::from_value(kept).unwrap();
        assert!(matches!(about.addressee(), Addressee::Member("m")));
        let to = serde_json::json!({"organization_id": "o", "permission": "claims.review"});
        let kept = serde_json::json!({"kind": "claim", "claim_id": "c", "to": to});
        let about: About = serde_json::from_value(kept).unwrap();
        assert!(matches!(about.addressee(), Addressee::Office(office) if office.organization_id == "o"));
    }

    #[test]
    fn who_is_asked_to_act_is_asked_only_as_long_as_there_is_something_to_do() {
        assert!(holds("staff_claim_in_review", "IN_REVIEW") && !holds("staff_claim_in_review", "APPROVED"));
        assert!(holds("claim_decided", "PAID") && !holds("claim_decided", "RECALLED"));
        assert!(!holds("staff_preauthorization_question", "PENDED"));
        assert!(holds("staff_claim_decided", "PAID"));
    }

    #[test]
    fn waits_grow_to_a_bound() {
        assert_eq!(wait(1), Duration::from_secs(2));
        assert_eq!(wait(3), Duration::from_secs(8));
        assert_eq!(wait(60), Duration::from_secs(256));
    }
}
