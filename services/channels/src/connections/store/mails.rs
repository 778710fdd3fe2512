//! The tables of mails: `connection_mail`, and `message_outcome`, which is what became of a message that may not be known
//! here yet.

use careway_kernel::{ConnectionId, MessageId, id_at};
use careway_service::{Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// What a mail to a channel is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailKind {
    Intent,
    Told,
    Changed,
    Notice,
    Reminder,
    Overdue,
}

impl MailKind {
    const ALL: [Self; 6] =
        [Self::Intent, Self::Told, Self::Changed, Self::Notice, Self::Reminder, Self::Overdue];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Intent => "INTENT",
            Self::Told => "TOLD",
            Self::Changed => "CHANGED",
            Self::Notice => "NOTICE",
            Self::Reminder => "REMINDER",
            Self::Overdue => "OVERDUE",
        }
    }
}

/// A mail that renewals has not taken yet, and to whom it goes.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) id: Uuid,
    pub(crate) kind: MailKind,
    pub(crate) state: String,
    pub(crate) provider_id: Uuid,
    pub(crate) provider: String,
    pub(crate) channel: String,
    pub(crate) address: String,
    pub(crate) language: String,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted,
    Failed,
}

#[derive(sqlx::FromRow)]
struct Row {
    mail_id: Uuid,
    kind: String,
    state: String,
    provider_id: Uuid,
    provider: String,
    channel: String,
    onboarding_address: String,
    language: String,
}

/// A mail that is to be sent.
pub(crate) async fn insert_mail(
    conn: &mut PgConnection,
    connection: ConnectionId,
    kind: MailKind,
    state: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into connection_mail (mail_id, connection_id, kind, state, made_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(id_at(now))
    .bind(connection.uuid())
    .bind(kind.as_str())
    .bind(state)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Mails that renewals has not taken yet, oldest first.
pub(crate) async fn list_waiting_mails(
    conn: &mut PgConnection,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Mail>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select m.mail_id, m.kind, m.state, c.provider_id, coalesce(f.name, '') as provider,
            coalesce(h.name, '') as channel, p.onboarding_address, p.language
         from connection_mail m
         join connection c using (connection_id)
         join channel_profile p on p.channel_id = c.channel_id
         left join organization_ref f on f.organization_id = c.provider_id
         left join organization_ref h on h.organization_id = c.channel_id
         where m.message_id is null and m.mail_id > $1 order by m.mail_id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let mail = |row: Row| {
        Ok(Mail {
            id: row.mail_id,
            kind: one_of("connection_mail.kind", &row.kind, &MailKind::ALL, MailKind::as_str)?,
            state: row.state,
            provider_id: row.provider_id,
            provider: row.provider,
            channel: row.channel,
            address: row.onboarding_address,
            language: row.language,
        })
    };
    rows.into_iter().map(mail).collect()
}

/// Whoever notes a message and whoever notes what became of it wait for each other: one of them sees both.
pub(crate) async fn lock_message(conn: &mut PgConnection, message: MessageId) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1::text, 0))")
        .bind(message.uuid())
        .execute(conn)
        .await?;
    Ok(())
}

/// What renewals calls a mail; what became of that message, if it is known already.
pub(crate) async fn update_sent(
    conn: &mut PgConnection,
    mail: Uuid,
    message: MessageId,
) -> Result<Option<Outcome>> {
    let accepted: Option<bool> = sqlx::query_scalar(
        "with sent as (
            update connection_mail set message_id = $2 where mail_id = $1 returning message_id)
         select o.accepted from sent left join message_outcome o using (message_id)",
    )
    .bind(mail)
    .bind(message.uuid())
    .fetch_optional(conn)
    .await?
    .flatten();
    Ok(accepted.map(outcome))
}

/// What became of a message; the first word stands.
pub(crate) async fn insert_outcome(
    conn: &mut PgConnection,
    message: MessageId,
    outcome: Outcome,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into message_outcome (message_id, accepted, at) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(message.uuid())
    .bind(outcome == Outcome::Accepted)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The connection whose intent a message declares, unless a later mail declares it anew.
pub(crate) async fn find_mail_of(
    conn: &mut PgConnection,
    message: MessageId,
) -> Result<Option<ConnectionId>> {
    let connection: Option<Uuid> = sqlx::query_scalar(
        "select m.connection_id from connection_mail m
         where m.message_id = $1 and m.kind = 'INTENT' and not exists (
            select from connection_mail later where later.connection_id = m.connection_id and later.kind = 'INTENT'
              and later.mail_id > m.mail_id)",
    )
    .bind(message.uuid())
    .fetch_optional(conn)
    .await?;
    Ok(connection.map(ConnectionId::from_uuid))
}

fn outcome(accepted: bool) -> Outcome {
    if accepted { Outcome::Accepted } else { Outcome::Failed }
}
