//! Turns with endpoints: who attends to which, what is due there, how attempts ended.

use careway_kernel::WebhookEndpointId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::webhook_messages::domain::{State, lanes::Due};

/// An endpoint that this process attends to for a while.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(crate) struct Claimed {
    endpoint_id: Uuid,
    /// Tells this turn from a later one.
    pub(crate) lease: Uuid,
    /// It answered late before.
    pub(crate) slow: bool,
}

impl Claimed {
    pub(crate) fn endpoint(&self) -> WebhookEndpointId {
        WebhookEndpointId::from_uuid(self.endpoint_id)
    }
}

/// A message that is due.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct DueMessage {
    pub(crate) event_id: Uuid,
    subject: Uuid,
    version: i64,
    /// Attempts since it was last to be sent anew.
    pub(crate) tries: i32,
    pub(crate) body: Vec<u8>,
}

impl Due for DueMessage {
    fn subject(&self) -> Uuid {
        self.subject
    }

    fn place(&self) -> (i64, Uuid) {
        (self.version, self.event_id)
    }
}

/// How an attempt ended, and where its message stands now.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    pub(crate) event: Uuid,
    /// Before it.
    pub(crate) tries: i32,
    pub(crate) state: State,
    pub(crate) due_at: Option<DateTime<Utc>>,
    pub(crate) attempt: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) milliseconds: i32,
    pub(crate) status: Option<i32>,
    pub(crate) failure: Option<&'static str>,
}

/// Claims endpoints that are due, the one that waits longest first: of the quick and of the slow ones at most so many.
pub(crate) async fn claim(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    quick: i64,
    slow: i64,
) -> Result<Vec<Claimed>> {
    let claimed = sqlx::query_as(
        "with quick as (
            select endpoint_id from webhook_turn
            where not slow and next_due <= $1 and (leased_until is null or leased_until <= $1)
            order by next_due limit $3 for update skip locked),
         late as (
            select endpoint_id from webhook_turn
            where slow and next_due <= $1 and (leased_until is null or leased_until <= $1)
            order by next_due limit $4 for update skip locked)
         update webhook_turn t set lease = gen_random_uuid(), leased_until = $2
         from (select endpoint_id from quick union all select endpoint_id from late) c
         where t.endpoint_id = c.endpoint_id returning t.endpoint_id, t.lease, t.slow",
    );
    Ok(claimed.bind(now).bind(until).bind(quick).bind(slow).fetch_all(conn).await?)
}

/// Since when the endpoint that waits longest is due, among those that nobody attends to.
pub(crate) async fn find_oldest_due(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let oldest = sqlx::query_scalar(
        "select min(next_due) from webhook_turn where next_due <= $1 and (leased_until is null or leased_until <= $1)",
    );
    Ok(oldest.bind(now).fetch_one(conn).await?)
}

/// What is due at an endpoint that is enabled. Where each message `waits` for those before it, the first of each subject alone.
pub(crate) async fn list_due(
    conn: &mut PgConnection,
    endpoint: WebhookEndpointId,
    waits: bool,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<DueMessage>> {
    let due = sqlx::query_as(
        "select d.event_id, d.subject, d.version, d.tries, m.body
         from webhook_delivery d
         join webhook_message m on m.event_id = d.event_id
         join webhook_endpoint e on e.endpoint_id = d.endpoint_id and e.disabled_cause is null and e.deleted_at is null
         where d.endpoint_id = $1 and d.state = 'PENDING' and d.due_at <= $2
           and (not $3 or not exists (
                select from webhook_delivery p
                where p.endpoint_id = d.endpoint_id and p.subject = d.subject and p.state = 'PENDING'
                  and (p.version, p.event_id) < (d.version, d.event_id)))
         order by d.due_at, d.version, d.event_id limit $4",
    );
    Ok(due.bind(endpoint.uuid()).bind(now).bind(waits).bind(limit).fetch_all(conn).await?)
}

/// Keeps how attempts ended. What was cancelled meanwhile, or sent by another, stays as it is. Whoever changes several deliveries of an
/// endpoint locks them in the order of their events.
pub(crate) async fn save_ended(
    conn: &mut PgConnection,
    endpoint: WebhookEndpointId,
    ended: &[Ended],
) -> Result<()> {
    sqlx::query(
        "with ended as (
            select * from unnest($2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::uuid[], $7::timestamptz[],
                $8::int[], $9::int[], $10::text[])
                as e (event_id, tries, state, due_at, attempt_id, at, milliseconds, status, failure)),
         locked as (
            select event_id, state, tries from webhook_delivery where endpoint_id = $1 and event_id = any($2)
            order by event_id for update),
         kept as (
            update webhook_delivery d
            set state = e.state, due_at = e.due_at, tries = e.tries + 1, attempts = d.attempts + 1
            from ended e join locked l on l.event_id = e.event_id and l.state = 'PENDING' and l.tries = e.tries
            where d.endpoint_id = $1 and d.event_id = e.event_id
            returning d.event_id, d.organization_id, d.attempts)
         insert into webhook_attempt (attempt_id, endpoint_id, event_id, organization_id, number, at, milliseconds,
            status, failure)
         select e.attempt_id, $1, k.event_id, k.organization_id, k.attempts, e.at, e.milliseconds, e.status, e.failure
         from kept k join ended e on e.event_id = k.event_id",
    )
    .bind(endpoint.uuid())
    .bind(ended.iter().map(|end| end.event).collect::<Vec<_>>())
    .bind(ended.iter().map(|end| end.tries).collect::<Vec<_>>())
    .bind(ended.iter().map(|end| end.state.as_str()).collect::<Vec<_>>())
    .bind(ended.iter().map(|end| end.due_at).collect::<Vec<_>>())
    .bind(ended.iter().map(|end| end.attempt).collect::<Vec<_>>())
    .bind(ended.iter().map(|end| end.at).collect::<Vec<_>>())
    .bind(ended.iter().map(|end| end.milliseconds).collect::<Vec<_>>())
    .bind(ended.iter().map(|end| end.status).collect::<Vec<_>>())
    .bind(ended.iter().map(|end| end.failure).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Cancels what is to be sent to an endpoint that was taken away.
pub(crate) async fn update_cancelled(conn: &mut PgConnection, endpoint: WebhookEndpointId) -> Result<()> {
    sqlx::query(
        "with locked as (
            select event_id from webhook_delivery where endpoint_id = $1 and state = 'PENDING'
            order by event_id for update)
         update webhook_delivery set state = 'CANCELLED', due_at = null
         where endpoint_id = $1 and event_id in (select event_id from locked)",
    )
    .bind(endpoint.uuid())
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks the turn; false when it is another's by now. What comes for the endpoint waits for the lock: so the next statement
/// sees all that came before it, and what comes after it sees that the turn is over.
pub(crate) async fn lock_turn(conn: &mut PgConnection, claimed: &Claimed) -> Result<bool> {
    let locked: Option<bool> =
        sqlx::query_scalar("select true from webhook_turn where endpoint_id = $1 and lease = $2 for update")
            .bind(claimed.endpoint_id)
            .bind(claimed.lease)
            .fetch_optional(conn)
            .await?;
    Ok(locked.is_some())
}

/// Ends the turn: the next one is when something is due, not before `earliest`. A deleted endpoint has one more while something
/// is pending, to cancel it.
pub(crate) async fn update_released(
    conn: &mut PgConnection,
    claimed: &Claimed,
    waits: bool,
    slow: bool,
    earliest: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update webhook_turn set lease = null, leased_until = null, slow = $3, next_due = (
            select greatest(d.due_at, $4) from webhook_delivery d join webhook_endpoint e using (endpoint_id)
            where d.endpoint_id = $1 and d.state = 'PENDING'
              and (e.disabled_cause is null or e.deleted_at is not null)
              and (not $2 or not exists (
                select from webhook_delivery p
                where p.endpoint_id = d.endpoint_id and p.subject = d.subject and p.state = 'PENDING'
                  and (p.version, p.event_id) < (d.version, d.event_id)))
            order by d.due_at limit 1)
         where endpoint_id = $1",
    )
    .bind(claimed.endpoint_id)
    .bind(waits)
    .bind(slow)
    .bind(earliest)
    .execute(conn)
    .await?;
    Ok(())
}
