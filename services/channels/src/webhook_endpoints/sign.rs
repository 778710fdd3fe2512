//! The headers of a signed message.

use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use uuid::Uuid;

use super::domain::secret::{Secret, signature};

/// The headers of an attempt that begins now, signed by each secret.
pub(crate) fn headers(secrets: &[Secret], event: Uuid, now: DateTime<Utc>, body: &[u8]) -> Result<HeaderMap> {
    let (id, timestamp) = (format!("evt_{event}"), now.timestamp());
    let signed = signature(secrets, &id, timestamp, body);
    let value = |text: &str| HeaderValue::from_str(text).map_err(Error::internal);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("webhook-id", value(&id)?);
    headers.insert("webhook-timestamp", value(&timestamp.to_string())?);
    headers.insert("webhook-signature", value(&signed)?);
    Ok(headers)
}
