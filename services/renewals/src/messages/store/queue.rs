//! The queue: what is kept for sending, taken by a sender, and submitted.

use careway_kernel::{MessageId, OrganizationId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::super::domain::{about::About, lanes::Rooms, message::NewMessage};

/// A message that a sender has taken.
#[derive(Clone, FromRow)]
pub(crate) struct Taken {
    pub(crate) message_id: Uuid,
    pub(crate) organization_id: Option<Uuid>,
    pub(crate) channel: String,
    pub(crate) priority: i16,
    pub(crate) template: String,
    pub(crate) sealed: Option<Vec<u8>>,
    /// An [`About`], perhaps of a version newer than this process.
    pub(crate) subject: Option<serde_json::Value>,
    pub(crate) attempts: i32,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// By which route a part of it has gone already.
    pub(crate) route: Option<String>,
    pub(crate) version: i64,
}

/// What is about to be given to a route.
pub(crate) struct Submission {
    pub(crate) message_id: Uuid,
    pub(crate) version: i64,
    /// None of a mail.
    pub(crate) route: Option<String>,
    /// Of a text message; none of a mail.
    pub(crate) parts: i32,
    pub(crate) reference: Option<i32>,
    /// Whom it goes to, by keyed hashes.
    pub(crate) recipient_keys: Vec<[u8; 32]>,
    /// Of a mail, when its context gave them: its Message-ID, and the keyed hash of its return address.
    pub(crate) mail_id: Option<String>,
    pub(crate) return_key: Option<[u8; 32]>,
}

/// Keeps a message, or finds the one with its dedupe key; answers which it is.
pub(crate) async fn insert_message(
    conn: &mut PgConnection,
    message: &NewMessage,
    sealed: Option<&[u8]>,
    about: Option<&About>,
    now: DateTime<Utc>,
) -> Result<MessageId> {
    let id: Uuid = sqlx::query_scalar(
        "insert into message (message_id, organization_id, dedupe_key, channel, priority, template, state, sealed, \
                              subject, due_at, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, 'QUEUED', $7, $8, $9, $10, $11)
         on conflict (dedupe_key) do update set dedupe_key = excluded.dedupe_key
         returning message_id",
    )
    .bind(message.id.uuid())
    .bind(message.organization.map(OrganizationId::uuid))
    .bind(&message.dedupe_key)
    .bind(message.channel.as_str())
    .bind(message.priority as i16)
    .bind(&message.template)
    .bind(sealed)
    .bind(about.map(Json))
    .bind(message.due_at)
    .bind(message.expires_at)
    .bind(now)
    .fetch_one(conn)
    .await?;
    Ok(MessageId::from_uuid(id))
}

/// What is due is taken until then, most urgent first, as far as each kind has room; other senders pass over it.
pub(crate) async fn update_taken(
    conn: &mut PgConnection,
    channel: &str,
    rooms: Rooms,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Taken>> {
    let taken = sqlx::query_as(
        "with otp as (
             select message_id from message
             where channel = $1 and priority = 1 and state in ('QUEUED', 'HELD') and due_at <= $5
                 and (taken_until is null or taken_until < $5)
             order by due_at limit $2 for update skip locked
         ), transactional as (
             select message_id from message
             where channel = $1 and priority = 2 and state in ('QUEUED', 'HELD') and due_at <= $5
                 and (taken_until is null or taken_until < $5)
             order by due_at limit least($3, $2 - (select count(*) from otp)) for update skip locked
         ), bulk as (
             select message_id from message
             where channel = $1 and priority = 3 and state in ('QUEUED', 'HELD') and due_at <= $5
                 and (taken_until is null or taken_until < $5)
             order by due_at
             limit greatest(0, least($4, $2 - (select count(*) from otp) - (select count(*) from transactional)))
             for update skip locked
         )
         update message set taken_until = $6, version = version + 1
         where message_id in (select message_id from otp union all select message_id from transactional
                              union all select message_id from bulk)
         returning message_id, organization_id, channel, priority, template, sealed, subject, attempts, expires_at,
             route, version",
    )
    .bind(channel)
    .bind(rooms.otp)
    .bind(rooms.transactional)
    .bind(rooms.bulk)
    .bind(now)
    .bind(until)
    .fetch_all(conn)
    .await?;
    Ok(taken)
}

/// What a sender gives back untried: it keeps its place.
pub(crate) async fn update_released(conn: &mut PgConnection, taken: &[(Uuid, i64)]) -> Result<()> {
    let (ids, versions): (Vec<Uuid>, Vec<i64>) = taken.iter().copied().unzip();
    sqlx::query(
        "update message set taken_until = null
         from unnest($1::uuid[], $2::bigint[]) as taken (id, version)
         where message_id = taken.id and message.version = taken.version",
    )
    .bind(ids)
    .bind(versions)
    .execute(conn)
    .await?;
    Ok(())
}

/// A message that is its sender's to give to a route.
#[derive(FromRow)]
pub(crate) struct Submitted {
    pub(crate) message_id: Uuid,
    /// As the sender knew it: two may want the same message, and one of them has it.
    pub(crate) known: i64,
    pub(crate) version: i64,
}

/// These are given to their routes now. Not those that another sender has taken meanwhile.
pub(crate) async fn update_submitted(
    conn: &mut PgConnection,
    submissions: &[Submission],
    now: DateTime<Utc>,
) -> Result<Vec<Submitted>> {
    let recipients =
        || submissions.iter().flat_map(|of| of.recipient_keys.iter().map(|key| (of.message_id, key)));
    let submitted = sqlx::query_as(
        "with submission as (
             select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::int[], $5::int[], $7::text[], $8::bytea[])
                 as submission (id, version, route, parts, reference, mail_id, return_key)
         ), submitted as (
             update message set state = 'SUBMITTED', submitted_at = $6, route = submission.route, taken_until = null,
                    mail_id = submission.mail_id, return_key = submission.return_key,
                    recipient_keys = (select array_agg(recipient.key)
                                      from unnest($9::uuid[], $10::bytea[]) as recipient (id, key)
                                      where recipient.id = submission.id),
                    version = message.version + 1
             from submission
             where message_id = submission.id and message.version = submission.version
                 and state in ('QUEUED', 'HELD', 'SUBMITTED')
             returning message_id, organization_id, submission.version as known, message.version, submission.route,
                 parts, reference
         ), part as (
             insert into message_part (message_id, number, organization_id, route, reference, submitted_at)
             select message_id, number, organization_id, route, reference, $6
             from submitted cross join generate_series(1, parts) as number
             on conflict (message_id, number) do update
                 set route = excluded.route, reference = excluded.reference, submitted_at = excluded.submitted_at
                 where message_part.carrier_id is null
         ), refused as (
             -- Another route joins the message of fewer parts than the one that refused it.
             delete from message_part using submitted
             where message_part.message_id = submitted.message_id and number > parts and carrier_id is null
         )
         select message_id, known, version from submitted",
    )
    .bind(submissions.iter().map(|of| of.message_id).collect::<Vec<_>>())
    .bind(submissions.iter().map(|of| of.version).collect::<Vec<_>>())
    .bind(submissions.iter().map(|of| of.route.as_deref()).collect::<Vec<_>>())
    .bind(submissions.iter().map(|of| of.parts).collect::<Vec<_>>())
    .bind(submissions.iter().map(|of| of.reference).collect::<Vec<_>>())
    .bind(now)
    .bind(submissions.iter().map(|of| of.mail_id.as_deref()).collect::<Vec<_>>())
    .bind(submissions.iter().map(|of| of.return_key.as_ref().map(<[u8; 32]>::as_slice)).collect::<Vec<_>>())
    .bind(recipients().map(|(id, _)| id).collect::<Vec<_>>())
    .bind(recipients().map(|(_, key)| key.as_slice()).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    Ok(submitted)
}
