//! Messages as operators see them.

use careway_contract::renewals::v1::{Message, MessagePart, message::State};
use careway_service::timestamp;

use super::store::read::{MessageRow, ReportedPart};

pub(super) fn message(row: &MessageRow) -> Message {
    let waits = matches!(row.state.as_str(), "QUEUED" | "HELD");
    Message {
        message_id: row.message_id.to_string(),
        channel: row.channel.clone(),
        template: row.template.clone(),
        organization_id: row.organization_id.map(|id| id.to_string()).unwrap_or_default(),
        state: State::from_str_name(&row.state).unwrap_or_default().into(),
        reason: row.reason.clone().unwrap_or_default(),
        route: row.route.clone().unwrap_or_default(),
        attempts: row.attempts,
        due_at: waits.then(|| timestamp(row.due_at)),
        expires_at: row.expires_at.map(timestamp),
        submitted_at: row.submitted_at.map(timestamp),
        ended_at: row.ended_at.map(timestamp),
        created_at: Some(timestamp(row.created_at)),
    }
}

pub(super) fn part(row: &ReportedPart) -> MessagePart {
    MessagePart {
        number: row.number.into(),
        carrier_id: row.carrier_id.clone().unwrap_or_default(),
        state: row.state.clone().unwrap_or_default(),
        error: row.error.clone().unwrap_or_default(),
        done_at: row.done_at.map(timestamp),
    }
}
