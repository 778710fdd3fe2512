//! A file as the contract shows it.

use careway_contract::cases::v1::{self as proto, case_attachment::Availability as AvailabilityMessage};
use careway_service::timestamp;

use super::domain::{Attachment, Availability};

/// What is known of a file.
pub(crate) fn attachment(attachment: &Attachment) -> proto::CaseAttachment {
    let availability = match attachment.availability {
        Availability::Available => AvailabilityMessage::Available,
        Availability::Blocked => AvailabilityMessage::Blocked,
        Availability::Infected => AvailabilityMessage::Infected,
        Availability::TooLarge => AvailabilityMessage::TooLarge,
        Availability::Redacted => AvailabilityMessage::Redacted,
    };
    let expires_at = attachment.message.is_none().then(|| timestamp(attachment.expires_at()));
    proto::CaseAttachment {
        attachment_id: attachment.id.to_string(),
        message_id: attachment.message.map(|id| id.to_string()).unwrap_or_default(),
        file_name: attachment.file_name.expose().to_owned(),
        media_type: attachment.media_type.as_str().to_owned(),
        size_bytes: i32::try_from(attachment.size).unwrap_or(i32::MAX),
        sha256: hex::encode(attachment.sha256),
        availability: availability.into(),
        uploaded_at: Some(timestamp(attachment.uploaded_at)),
        expires_at,
    }
}
