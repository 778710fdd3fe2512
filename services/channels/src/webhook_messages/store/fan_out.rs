//! Keeps events for the endpoints that hear them.

use careway_kernel::{OrganizationId, WebhookEndpointId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// An event as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct NewMessage {
    pub(crate) event: Uuid,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) also: Option<OrganizationId>,
    pub(crate) event_type: String,
    pub(crate) subject: Uuid,
    pub(crate) version: i64,
    pub(crate) occurred_at: DateTime<Utc>,
    pub(crate) body: Vec<u8>,
}

/// Keeps events, each once.
pub(crate) async fn insert_messages(conn: &mut PgConnection, mut messages: Vec<NewMessage>) -> Result<()> {
    // One order for everybody, so that two replicas with the same events wait and never deadlock.
    messages.sort_by_key(|message| message.event);
    let party = |party: Option<OrganizationId>| party.map(OrganizationId::uuid);
    sqlx::query(
        "insert into webhook_message (event_id, organization_id, also_organization_id, type, subject, version,
            occurred_at, body)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::bigint[],
            $7::timestamptz[], $8::bytea[])
         on conflict do nothing",
    )
    .bind(messages.iter().map(|message| message.event).collect::<Vec<_>>())
    .bind(messages.iter().map(|message| party(message.organization)).collect::<Vec<_>>())
    .bind(messages.iter().map(|message| party(message.also)).collect::<Vec<_>>())
    .bind(messages.iter().map(|message| message.event_type.clone()).collect::<Vec<_>>())
    .bind(messages.iter().map(|message| message.subject).collect::<Vec<_>>())
    .bind(messages.iter().map(|message| message.version).collect::<Vec<_>>())
    .bind(messages.iter().map(|message| message.occurred_at).collect::<Vec<_>>())
    .bind(messages.into_iter().map(|message| message.body).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Has these events sent to these endpoints, each once, and gives each endpoint a turn: a disabled one, too, for it may be
/// enabled at this moment.
pub(crate) async fn insert_deliveries(
    conn: &mut PgConnection,
    hearers: &[(WebhookEndpointId, Uuid)],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut hearers = hearers.to_vec();
    hearers.sort_unstable();
    let (endpoints, events): (Vec<_>, Vec<_>) =
        hearers.iter().map(|(endpoint, event)| (endpoint.uuid(), *event)).unzip();
    sqlx::query(
        "insert into webhook_delivery (endpoint_id, event_id, organization_id, subject, version, occurred_at, state,
            due_at)
         select h.endpoint_id, h.event_id, e.organization_id, m.subject, m.version, m.occurred_at, 'PENDING', $3
         from unnest($1::uuid[], $2::uuid[]) as h (endpoint_id, event_id)
         join webhook_endpoint e using (endpoint_id) join webhook_message m using (event_id)
         on conflict do nothing",
    )
    .bind(&endpoints)
    .bind(events)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "update webhook_turn t set next_due = least(t.next_due, $2)
         from (select endpoint_id from webhook_turn where endpoint_id = any($1) order by endpoint_id for update) l
         where t.endpoint_id = l.endpoint_id",
    )
    .bind(endpoints)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}
