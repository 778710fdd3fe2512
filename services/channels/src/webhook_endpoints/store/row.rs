//! A row of `webhook_endpoint`.

use careway_kernel::{OrganizationId, WebhookEndpointId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::webhook_endpoints::domain::{Cause, Endpoint, Failing, Ordering, Settings, secret::Scheme};

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    endpoint_id: Uuid,
    organization_id: Uuid,
    url: String,
    types: Vec<String>,
    permissions: Vec<String>,
    ordering: String,
    rate: i32,
    signature: String,
    disabled_cause: Option<String>,
    enabled_from: DateTime<Utc>,
    verified_at: Option<DateTime<Utc>>,
    failing_since: Option<DateTime<Utc>>,
    failures: i32,
    version: i64,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Endpoint {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let disabled = row.disabled_cause.as_deref();
        let disabled = disabled.map(|text| one_of("disabled_cause", text, &Cause::ALL, Cause::as_str));
        Ok(Self {
            id: WebhookEndpointId::from_uuid(row.endpoint_id),
            organization: OrganizationId::from_uuid(row.organization_id),
            settings: Settings {
                url: row.url,
                types: row.types,
                ordering: one_of("ordering", &row.ordering, &Ordering::ALL, Ordering::as_str)?,
                rate: row.rate,
            },
            permissions: row.permissions,
            scheme: one_of("signature", &row.signature, &Scheme::ALL, Scheme::as_str)?,
            disabled: disabled.transpose()?,
            enabled_from: row.enabled_from,
            verified_at: row.verified_at,
            failing: Failing { since: row.failing_since, failures: row.failures },
            version: row.version,
            created_at: row.created_at,
        })
    }
}
