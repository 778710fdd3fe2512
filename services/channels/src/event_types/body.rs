//! The body of a webhook: what every endpoint is sent of an event, byte for byte the same at every attempt.

use careway_kernel::OrganizationId;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    r#type: &'a str,
    timestamp: String,
    data: Value,
    organization_id: Option<String>,
    subject: String,
    version: i64,
}

/// The body of an event of this type, about a subject at its version.
pub(crate) fn webhook_body(
    event_type: &str,
    at: DateTime<Utc>,
    data: Value,
    organization: Option<OrganizationId>,
    (subject, version): (Uuid, i64),
) -> Vec<u8> {
    let body = Body {
        r#type: event_type,
        timestamp: at.to_rfc3339_opts(SecondsFormat::Micros, true),
        data,
        organization_id: organization.map(|organization| organization.to_string()),
        subject: subject.to_string(),
        version,
    };
    serde_json::to_vec(&body).unwrap_or_default()
}
