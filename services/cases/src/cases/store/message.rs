//! What was said in a case.

use careway_kernel::{AccountId, CaseId, CaseMessageId, Redacted};
use careway_service::{Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::{
    find::{CaseKey, Scope},
    row::{CaseRow, SELECT_CASE},
};
use crate::{
    case_keys::{CaseKeys, Column},
    cases::domain::{Case, Channel, Side},
};

/// A message as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: CaseMessageId,
    /// Its place in the order of messages.
    pub(crate) position: i64,
    pub(crate) internal: bool,
    pub(crate) side: Side,
    pub(crate) channel: Channel,
    pub(crate) author: Option<AccountId>,
    /// None once it was redacted.
    pub(crate) body: Option<Redacted>,
    pub(crate) inbound_mail: Option<Uuid>,
    pub(crate) written_at: DateTime<Utc>,
    pub(crate) redacted_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    message_id: Uuid,
    position: i64,
    internal: bool,
    side: String,
    channel: String,
    author_id: Option<Uuid>,
    body: Option<Vec<u8>>,
    inbound_mail_id: Option<Uuid>,
    written_at: DateTime<Utc>,
    redacted_at: Option<DateTime<Utc>>,
}

impl Row {
    fn open(self, keys: &CaseKeys) -> Result<Message> {
        let body = self.body.map(|sealed| keys.open(Column::Body, self.message_id, &sealed)).transpose()?;
        Ok(Message {
            id: CaseMessageId::from_uuid(self.message_id),
            position: self.position,
            internal: self.internal,
            side: one_of("case_message.side", &self.side, Side::ALL, Side::as_str)?,
            channel: one_of("case_message.channel", &self.channel, Channel::ALL, Channel::as_str)?,
            author: self.author_id.map(AccountId::from_uuid),
            body,
            inbound_mail: self.inbound_mail_id,
            written_at: self.written_at,
            redacted_at: self.redacted_at,
        })
    }
}

/// A page of a case's messages, the oldest first; those of support among itself where the caller may see them.
pub(crate) async fn list_messages(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    case: CaseId,
    (with_notes, after, limit): (bool, Option<i64>, i64),
) -> Result<Vec<Message>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select message_id, position, internal, side, channel, author_id, body, inbound_mail_id, written_at, redacted_at
         from case_message
         where case_id = $1 and ($2 or not internal) and ($3::bigint is null or position > $3)
         order by position limit $4",
    )
    .bind(case.uuid())
    .bind(with_notes)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

#[derive(sqlx::FromRow)]
struct LockedRow {
    #[sqlx(flatten)]
    case: CaseRow,
    message_id: Uuid,
    position: i64,
    internal: bool,
    side: String,
    message_channel: String,
    author_id: Option<Uuid>,
    inbound_mail_id: Option<Uuid>,
    written_at: DateTime<Utc>,
    redacted_at: Option<DateTime<Utc>>,
}

/// A case, locked, with one of its messages, but for its words.
pub(crate) async fn lock_case_with_message(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    (scope, case): (Scope, &CaseKey),
    message: CaseMessageId,
) -> Result<Option<(Case, Message)>> {
    let sql = format!(
        "select locked.*, m.message_id, m.position, m.internal, m.side, m.channel as message_channel, m.author_id,
            m.inbound_mail_id, m.written_at, m.redacted_at
         from ({SELECT_CASE}
            where (c.case_id = $1 or c.number = $2) and ($3::uuid is null or c.organization_id = $3) for update of c
         ) locked
         join case_message m on m.case_id = locked.case_id where m.message_id = $4"
    );
    let row: Option<LockedRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(case.id())
        .bind(case.number())
        .bind(scope.organization())
        .bind(message.uuid())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let message = Row {
        message_id: row.message_id,
        position: row.position,
        internal: row.internal,
        side: row.side,
        channel: row.message_channel,
        author_id: row.author_id,
        body: None,
        inbound_mail_id: row.inbound_mail_id,
        written_at: row.written_at,
        redacted_at: row.redacted_at,
    };
    Ok(Some((row.case.open(keys)?, message.open(keys)?)))
}
