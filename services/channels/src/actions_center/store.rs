//! The table `actions_center_answer`, and bookings without whom they are for.

use careway_kernel::{BookingId, ConnectionId, OrganizationId, ServiceId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    domain::{Answer, Cause, Failure, Hash, Kept, Reserved},
    parse::Asked,
};
use crate::bookings::domain::BookingState;

#[derive(sqlx::FromRow)]
struct AnswerRow {
    fingerprint: Vec<u8>,
    booking_id: Option<Uuid>,
    booking_state: Option<String>,
    cause: Option<String>,
    description: Option<String>,
}

impl TryFrom<AnswerRow> for Kept {
    type Error = Error;

    fn try_from(row: AnswerRow) -> Result<Self> {
        let answer = match (row.booking_id, row.booking_state, row.cause, row.description) {
            (Some(booking), Some(state), None, None) => Answer::Booked {
                booking: BookingId::from_uuid(booking),
                state: one_of("booking.state", &state, &BookingState::ALL, BookingState::as_str)?,
            },
            (None, None, Some(cause), Some(description)) => {
                let cause = one_of("actions_center_answer.cause", &cause, &Cause::ALL, Cause::as_str)?;
                Answer::Failed(Failure { cause, description })
            }
            _ => return Err(Error::internal(anyhow::anyhow!("half an answer"))),
        };
        let fingerprint = row.fingerprint.try_into();
        let fingerprint =
            fingerprint.map_err(|_| Error::internal(anyhow::anyhow!("a fingerprint of another length")))?;
        Ok(Self { fingerprint, answer })
    }
}

#[derive(sqlx::FromRow)]
struct ReservedRow {
    booking_id: Uuid,
    connection_id: Uuid,
    service_id: Uuid,
    starts_at: DateTime<Utc>,
    duration_minutes: i32,
    state: String,
}

impl TryFrom<ReservedRow> for Reserved {
    type Error = Error;

    fn try_from(row: ReservedRow) -> Result<Self> {
        Ok(Self {
            id: BookingId::from_uuid(row.booking_id),
            connection: ConnectionId::from_uuid(row.connection_id),
            service: ServiceId::from_uuid(row.service_id),
            start: row.starts_at,
            minutes: row.duration_minutes.into(),
            state: one_of("booking.state", &row.state, &BookingState::ALL, BookingState::as_str)?,
        })
    }
}

/// Whether the channel has, or had, this connection.
pub(super) async fn is_merchant(
    conn: &mut PgConnection,
    channel: OrganizationId,
    merchant: ConnectionId,
) -> Result<bool> {
    let known = sqlx::query_scalar(
        "select exists (select from connection where connection_id = $1 and channel_id = $2)",
    );
    Ok(known.bind(merchant.uuid()).bind(channel.uuid()).fetch_one(conn).await?)
}

/// What was answered under a token.
pub(super) async fn find_answer(
    conn: &mut PgConnection,
    channel: OrganizationId,
    key: &Hash,
) -> Result<Option<Kept>> {
    let row: Option<AnswerRow> = sqlx::query_as(
        "select fingerprint, booking_id, booking_state, cause, description from actions_center_answer
         where channel_id = $1 and key_hash = $2",
    )
    .bind(channel.uuid())
    .bind(&key[..])
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// Keeps an answer under its token; false when the token has one already.
pub(super) async fn insert_answer(
    conn: &mut PgConnection,
    channel: OrganizationId,
    asked: &Asked,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (booked, failed) = match answer {
        Answer::Booked { booking, state } => (Some((booking.uuid(), state.as_str())), None),
        Answer::Failed(failure) => (None, Some((failure.cause.as_str(), &*failure.description))),
    };
    let inserted = sqlx::query(
        "insert into actions_center_answer (channel_id, key_hash, fingerprint, user_hash, booking_id, booking_state,
            cause, description, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (channel_id, key_hash) do nothing",
    )
    .bind(channel.uuid())
    .bind(&asked.key[..])
    .bind(&asked.fingerprint[..])
    .bind(&asked.user[..])
    .bind(booked.map(|(booking, _)| booking))
    .bind(booked.map(|(_, state)| state))
    .bind(failed.map(|(cause, _)| cause))
    .bind(failed.map(|(_, description)| description))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// A channel's booking.
pub(super) async fn find_reserved(
    conn: &mut PgConnection,
    channel: OrganizationId,
    id: BookingId,
) -> Result<Option<Reserved>> {
    let row: Option<ReservedRow> = sqlx::query_as(
        "select booking_id, connection_id, service_id, starts_at, duration_minutes, state from booking
         where booking_id = $1 and channel_id = $2",
    )
    .bind(id.uuid())
    .bind(channel.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// A user's bookings that are not over, the earliest first.
pub(super) async fn list_reserved(
    conn: &mut PgConnection,
    channel: OrganizationId,
    user: &Hash,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Reserved>> {
    let rows: Vec<ReservedRow> = sqlx::query_as(
        "select b.booking_id, b.connection_id, b.service_id, b.starts_at, b.duration_minutes, b.state
         from actions_center_answer a join booking b on b.booking_id = a.booking_id
         where a.channel_id = $1 and a.user_hash = $2 and b.channel_id = $1
           and b.state in ('PENDING', 'BOOKED') and b.ends_at > $3
         order by b.starts_at, b.booking_id limit $4",
    )
    .bind(channel.uuid())
    .bind(&user[..])
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Forgets answers that were given, and bookings that were over, by then; how many.
pub(super) async fn delete_old(conn: &mut PgConnection, until: DateTime<Utc>, limit: i64) -> Result<u64> {
    let deleted = sqlx::query(
        "delete from actions_center_answer where (channel_id, key_hash) in (
            select a.channel_id, a.key_hash from actions_center_answer a
            left join booking b on b.booking_id = a.booking_id
            where a.created_at < $1 and (b.booking_id is null or b.ends_at < $1)
            order by a.created_at limit $2)",
    );
    Ok(deleted.bind(until).bind(limit).execute(conn).await?.rows_affected())
}
