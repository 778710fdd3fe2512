//! Mails as the contract shows them.

use careway_contract::cases::v1::{self as proto, held_mail::Decision, mail_outcome};
use careway_service::timestamp;

use super::{domain::outcome::Outcome, received::Delivered, store::held::HeldRow, summary::Summary};

/// What became of a mail for one recipient.
pub(super) fn outcome(delivered: Option<&Delivered>) -> proto::MailOutcome {
    let Some(delivered) = delivered else {
        return proto::MailOutcome { outcome: mail_outcome::Outcome::NotOurs.into(), ..Default::default() };
    };
    let outcome = match delivered.outcome {
        Outcome::Appended { .. } => mail_outcome::Outcome::Appended,
        Outcome::NewCase { .. } => mail_outcome::Outcome::NewCase,
        Outcome::Held { .. } => mail_outcome::Outcome::Held,
        Outcome::Recorded { .. } => mail_outcome::Outcome::Recorded,
        Outcome::Refused { .. } => mail_outcome::Outcome::Refused,
        Outcome::Bounce => mail_outcome::Outcome::Bounce,
        Outcome::Duplicate => mail_outcome::Outcome::Duplicate,
    };
    proto::MailOutcome {
        outcome: outcome.into(),
        reason: delivered.outcome.reason().unwrap_or_default().to_owned(),
        inbound_mail_id: delivered.mail.to_string(),
        case_id: delivered.case.map(|case| case.to_string()).unwrap_or_default(),
    }
}

/// A mail that waits.
pub(super) fn held_mail(row: &HeldRow, summary: Summary) -> proto::HeldMail {
    let decision = match row.decision.as_deref() {
        Some("ACCEPTED") => Decision::Accepted,
        Some(_) => Decision::Discarded,
        None => Decision::Unspecified,
    };
    proto::HeldMail {
        inbound_mail_id: row.inbound_mail_id.to_string(),
        reason: row.reason.clone(),
        case_id: row.case_id.map(|case| case.to_string()).unwrap_or_default(),
        author: summary.author,
        subject: summary.subject,
        text: summary.text,
        received_at: Some(timestamp(row.received_at)),
        decision: decision.into(),
    }
}
