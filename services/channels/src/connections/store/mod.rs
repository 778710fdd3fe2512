//! The tables of connections: `connection`, `connection_item`, `channel_notice`, `joint_test`, `connection_step`, `connection_consent`.

mod grounds;
mod mails;
mod notices;
mod pulse;
mod row;
mod save;

use careway_kernel::{ConnectionId, OrganizationId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use self::row::{Row, StepRow};
pub(crate) use self::{
    grounds::{find_with_grounds, list_unsettled},
    mails::{
        Mail, MailKind, Outcome, find_mail_of, insert_mail, insert_outcome, list_waiting_mails, lock_message,
        update_sent,
    },
    notices::{NoticeRow, save_notices},
    pulse::{get_pulse, update_asked, update_pulse},
    save::{GivenConsent, insert_connection, insert_consent, save_connection, save_test},
};
use super::domain::{Connection, State};

/// A step that was taken.
#[derive(Debug, Clone)]
pub(crate) struct DoneStep {
    pub(crate) step: &'static str,
    pub(crate) by: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) detail: String,
}

/// A step as it was kept.
#[derive(Debug, Clone)]
pub(crate) struct ListedStep {
    pub(crate) id: Uuid,
    pub(crate) step: String,
    pub(crate) by: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) state: State,
    pub(crate) detail: String,
}

/// Which connections, newest first.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionFilter {
    /// One of the two sides; none means anybody's.
    pub(crate) party: Option<OrganizationId>,
    pub(crate) state: Option<State>,
    /// Older than this one.
    pub(crate) before: Option<ConnectionId>,
    pub(crate) limit: i64,
}

macro_rules! select_connection {
    ($rest:literal) => {
        concat!(
            "select c.*,
                (select coalesce(jsonb_agg(to_jsonb(i)), '[]') from connection_item i
                 where i.connection_id = c.connection_id) as items,
                (select to_jsonb(t) from joint_test t where t.connection_id = c.connection_id
                 order by t.test_id desc limit 1) as test
             from connection c ",
            $rest
        )
    };
}

/// Locks a connection of the party's, and keeps its channel from booking meanwhile; false when there is none.
pub(crate) async fn lock_connection(
    conn: &mut PgConnection,
    party: Option<OrganizationId>,
    id: ConnectionId,
) -> Result<bool> {
    // First what bookings lock first.
    sqlx::query(
        "select pg_advisory_xact_lock(bookable_key(provider_id)) from connection where connection_id = $1",
    )
    .bind(id.uuid())
    .execute(&mut *conn)
    .await?;
    let locked: Option<Uuid> = sqlx::query_scalar(
        "select connection_id from connection
         where connection_id = $1 and ($2::uuid is null or provider_id = $2 or channel_id = $2) for update",
    )
    .bind(id.uuid())
    .bind(party.map(OrganizationId::uuid))
    .fetch_optional(conn)
    .await?;
    Ok(locked.is_some())
}

/// The connections of a provider that have not ended.
pub(crate) async fn list_open_connections(
    conn: &mut PgConnection,
    provider: OrganizationId,
) -> Result<Vec<ConnectionId>> {
    let open: Vec<Uuid> = sqlx::query_scalar(
        "select connection_id from connection where provider_id = $1 and state <> 'ENDED' order by connection_id",
    )
    .bind(provider.uuid())
    .fetch_all(conn)
    .await?;
    Ok(open.into_iter().map(ConnectionId::from_uuid).collect())
}

/// A connection of the party's.
pub(crate) async fn find_connection(
    conn: &mut PgConnection,
    party: Option<OrganizationId>,
    id: ConnectionId,
) -> Result<Option<Connection>> {
    let row: Option<Row> = sqlx::query_as(select_connection!(
        "where c.connection_id = $1 and ($2::uuid is null or c.provider_id = $2 or c.channel_id = $2)"
    ))
    .bind(id.uuid())
    .bind(party.map(OrganizationId::uuid))
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// A page of connections.
pub(crate) async fn list_connections(
    conn: &mut PgConnection,
    filter: &ConnectionFilter,
) -> Result<Vec<Connection>> {
    let rows: Vec<Row> = sqlx::query_as(select_connection!(
        "where ($1::uuid is null or c.provider_id = $1 or c.channel_id = $1) and ($2::text is null or c.state = $2)
           and ($3::uuid is null or c.connection_id < $3)
         order by c.connection_id desc limit $4"
    ))
    .bind(filter.party.map(OrganizationId::uuid))
    .bind(filter.state.map(State::as_str))
    .bind(filter.before.map(ConnectionId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A page of what was done with a connection, newest first.
pub(crate) async fn list_steps(
    conn: &mut PgConnection,
    id: ConnectionId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ListedStep>> {
    let rows: Vec<StepRow> = sqlx::query_as(
        "select step_id, step, by, at, state, detail from connection_step
         where connection_id = $1 and ($2::uuid is null or step_id < $2)
         order by step_id desc limit $3",
    )
    .bind(id.uuid())
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Where the channel's system is asked whether it is well.
pub(crate) async fn find_health_url(conn: &mut PgConnection, id: ConnectionId) -> Result<Option<String>> {
    let url = sqlx::query_scalar("select health_url from connection where connection_id = $1");
    Ok(url.bind(id.uuid()).fetch_optional(conn).await?.flatten())
}
