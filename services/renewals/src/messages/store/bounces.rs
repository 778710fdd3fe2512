//! What mail servers report of our mails.

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A mail that may be the one that a report is of, locked.
#[derive(FromRow)]
pub(crate) struct SentMail {
    pub(crate) message_id: Uuid,
    pub(crate) organization_id: Option<Uuid>,
    pub(crate) channel: String,
    pub(crate) template: String,
    pub(crate) subject: Option<serde_json::Value>,
    pub(crate) state: String,
    pub(crate) version: i64,
    pub(crate) recipient_keys: Vec<Vec<u8>>,
}

/// What is reported of a recipient.
pub(crate) struct BounceRow<'a> {
    pub(crate) recipient_key: &'a [u8],
    pub(crate) kind: &'static str,
}

/// The mails with this return address, of the message that it names or that its context gave it to: two at most, since
/// of several it tells none.
pub(crate) async fn lock_returned(
    conn: &mut PgConnection,
    message_id: Option<Uuid>,
    return_key: &[u8; 32],
) -> Result<Vec<SentMail>> {
    let mails = sqlx::query_as(
        "select message_id, organization_id, channel, template, subject, state, version, recipient_keys
         from message
         where (message_id = $1 or return_key = $2) and channel = 'EMAIL' and recipient_keys is not null
         order by message_id desc limit 2 for update",
    );
    Ok(mails.bind(message_id).bind(return_key.as_slice()).fetch_all(conn).await?)
}

/// The mail with this Message-ID, made of its own id or given by its context.
pub(crate) async fn lock_mail(
    conn: &mut PgConnection,
    message_id: Option<Uuid>,
    mail_id: &str,
) -> Result<Option<SentMail>> {
    let mail = sqlx::query_as(
        "select message_id, organization_id, channel, template, subject, state, version, recipient_keys
         from message
         where (message_id = $1 or mail_id = $2) and channel = 'EMAIL' and recipient_keys is not null
         order by message_id desc limit 1 for update",
    );
    Ok(mail.bind(message_id).bind(mail_id).fetch_optional(conn).await?)
}

/// Keeps what is reported of a mail's recipients, once of each; answers of which it is new.
pub(crate) async fn insert_bounces(
    conn: &mut PgConnection,
    mail: &SentMail,
    bounces: &[BounceRow<'_>],
    now: DateTime<Utc>,
) -> Result<Vec<Vec<u8>>> {
    let new = sqlx::query_scalar(
        "insert into mail_bounce (message_id, recipient_key, organization_id, kind, reported_at)
         select $1, bounce.key, $2, bounce.kind, $5 from unnest($3::bytea[], $4::text[]) as bounce (key, kind)
         on conflict (message_id, recipient_key) do nothing
         returning recipient_key",
    )
    .bind(mail.message_id)
    .bind(mail.organization_id)
    .bind(bounces.iter().map(|of| of.recipient_key).collect::<Vec<_>>())
    .bind(bounces.iter().map(|of| of.kind).collect::<Vec<_>>())
    .bind(now)
    .fetch_all(conn)
    .await?;
    Ok(new)
}

/// How many of a mail's recipients it did not reach.
pub(crate) async fn get_unreached_count(conn: &mut PgConnection, message_id: Uuid) -> Result<usize> {
    let count: i64 = sqlx::query_scalar("select count(*) from mail_bounce where message_id = $1")
        .bind(message_id)
        .fetch_one(conn)
        .await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// How often each of these failed softly since then.
pub(crate) async fn list_soft_failures(
    conn: &mut PgConnection,
    keys: &[Vec<u8>],
    since: DateTime<Utc>,
) -> Result<Vec<(Vec<u8>, i64)>> {
    let failures = sqlx::query_as(
        "select recipient_key, count(*) from mail_bounce
         where recipient_key = any($1) and kind = 'SOFT' and reported_at > $2
         group by recipient_key",
    );
    Ok(failures.bind(keys).bind(since).fetch_all(conn).await?)
}

/// What the report made of the mail: nothing of its words is kept.
pub(crate) async fn update_bounced(
    conn: &mut PgConnection,
    message_id: Uuid,
    (state, reason): (&str, Option<&str>),
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update message set state = $2, reason = coalesce($3, reason), ended_at = $4, sealed = null,
                version = version + 1
         where message_id = $1",
    )
    .bind(message_id)
    .bind(state)
    .bind(reason)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// What counts no more.
pub(crate) async fn delete_old_bounces(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query("delete from mail_bounce where reported_at < $1").bind(before).execute(conn).await?;
    Ok(())
}
