//! What was or is to be sent, as its owner sees it.

use careway_kernel::{OrganizationId, WebhookEndpointId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::webhook_messages::domain::{Delivery, State};

#[derive(sqlx::FromRow)]
struct Row {
    endpoint_id: Uuid,
    event_id: Uuid,
    r#type: String,
    subject: Uuid,
    version: i64,
    state: String,
    held: bool,
    attempts: i32,
    due_at: Option<DateTime<Utc>>,
    occurred_at: DateTime<Utc>,
}

impl TryFrom<Row> for Delivery {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            endpoint: WebhookEndpointId::from_uuid(row.endpoint_id),
            event: row.event_id,
            event_type: row.r#type,
            subject: row.subject,
            version: row.version,
            state: one_of("state", &row.state, &State::ALL, State::as_str)?,
            held: row.held,
            attempts: row.attempts,
            due_at: row.due_at,
            occurred_at: row.occurred_at,
        })
    }
}

/// Which messages, newest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) endpoint: Option<WebhookEndpointId>,
    pub(crate) state: Option<State>,
    /// Those whose endpoint is disabled, or is not.
    pub(crate) held: Option<bool>,
    /// Older than this one.
    pub(crate) before: Option<(Uuid, Uuid)>,
    pub(crate) limit: i64,
}

macro_rules! select_delivery {
    ($rest:literal) => {
        concat!(
            "select d.endpoint_id, d.event_id, m.type, d.subject, d.version, d.state,
                d.state = 'PENDING' and e.disabled_cause is not null as held, d.attempts, d.due_at, d.occurred_at
             from webhook_delivery d join webhook_message m using (event_id) join webhook_endpoint e using (endpoint_id)
             where d.organization_id = $1 ",
            $rest
        )
    };
}

/// A page of messages of the organization's endpoints.
pub(crate) async fn list_deliveries(
    conn: &mut PgConnection,
    organization: OrganizationId,
    filter: &Filter,
) -> Result<Vec<Delivery>> {
    let (event, endpoint) = filter.before.unzip();
    let rows: Vec<Row> = sqlx::query_as(select_delivery!(
        "and ($2::uuid is null or d.endpoint_id = $2) and ($3::text is null or d.state = $3)
         and ($4::bool is null or (e.disabled_cause is not null) = $4)
         and ($5::uuid is null or (d.event_id, d.endpoint_id) < ($5, $6::uuid))
         order by d.event_id desc, d.endpoint_id desc limit $7"
    ))
    .bind(organization.uuid())
    .bind(filter.endpoint.map(WebhookEndpointId::uuid))
    .bind(filter.state.map(State::as_str))
    .bind(filter.held)
    .bind(event)
    .bind(endpoint)
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A message to an endpoint of the organization's, locked.
pub(crate) async fn lock_delivery(
    conn: &mut PgConnection,
    organization: OrganizationId,
    endpoint: WebhookEndpointId,
    event: Uuid,
) -> Result<Option<Delivery>> {
    let row: Option<Row> =
        sqlx::query_as(select_delivery!("and d.endpoint_id = $2 and d.event_id = $3 for update of d"))
            .bind(organization.uuid())
            .bind(endpoint.uuid())
            .bind(event)
            .fetch_optional(conn)
            .await?;
    row.map(TryInto::try_into).transpose()
}

/// The message is to be sent anew.
pub(crate) async fn update_again(
    conn: &mut PgConnection,
    endpoint: WebhookEndpointId,
    event: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update webhook_delivery set state = 'PENDING', due_at = $3, tries = 0
         where endpoint_id = $1 and event_id = $2",
    )
    .bind(endpoint.uuid())
    .bind(event)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// What happened in a period and was not delivered is to be sent anew; how many that are.
pub(crate) async fn update_recovered(
    conn: &mut PgConnection,
    endpoint: WebhookEndpointId,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64> {
    let recovered = sqlx::query(
        "with locked as (
            select event_id from webhook_delivery
            where endpoint_id = $1 and occurred_at >= $2 and occurred_at < $3 and state in ('EXHAUSTED', 'PENDING')
            order by event_id for update)
         update webhook_delivery set state = 'PENDING', due_at = $4, tries = 0
         where endpoint_id = $1 and event_id in (select event_id from locked)",
    )
    .bind(endpoint.uuid())
    .bind(since)
    .bind(until)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(recovered.rows_affected())
}
