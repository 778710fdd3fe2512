//! A mail as it is kept.

use careway_kernel::{AccountId, CaseId};
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::original::Original;

/// A row to be kept.
pub(crate) struct MailRow {
    pub(crate) id: Uuid,
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) matched_id: Uuid,
    pub(crate) authenticated: bool,
    pub(crate) outcome: &'static str,
    pub(crate) reason: Option<&'static str>,
    pub(crate) case: Option<CaseId>,
    pub(crate) author: Option<AccountId>,
    pub(crate) author_key: Vec<u8>,
    pub(crate) words_key: Vec<u8>,
    pub(crate) message_key: Option<Vec<u8>>,
    pub(crate) message_name: Option<Vec<u8>>,
    pub(crate) summary: Vec<u8>,
    pub(crate) original: Original,
    /// The automatic mail to its author.
    pub(crate) answer: Option<&'static str>,
    pub(crate) received_at: DateTime<Utc>,
}

/// Keeps a mail, with that it waits when it is held, and with its answer. False when it came before.
pub(crate) async fn insert_mail(conn: &mut PgConnection, row: &MailRow) -> Result<bool> {
    let object = row.original.object();
    let kept: Option<(Uuid,)> = sqlx::query_as(
        "with kept as (
            insert into inbound_mail (inbound_mail_id, fingerprint, matched_id, authenticated, outcome, reason, case_id,
                author_id, author_key, words_key, message_key, summary, raw, received_at, message_name)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $16)
            on conflict on constraint inbound_mail_once do nothing
            returning inbound_mail_id),
         large as (
            insert into mail_original (document_id, inbound_mail_id, size_bytes, sha256, key_id, sealed_key)
            select $17, inbound_mail_id, $18, $19, $20, $21 from kept where $17::uuid is not null),
         held as (
            insert into held_mail (inbound_mail_id) select inbound_mail_id from kept where $5 = 'HELD'),
         answered as (
            insert into automatic_answer (inbound_mail_id, address_key, case_id, answer, sent_at)
            select inbound_mail_id, $9, $7, $15, $14 from kept where $15::text is not null)
         select inbound_mail_id from kept",
    )
    .bind(row.id)
    .bind(&row.fingerprint)
    .bind(row.matched_id)
    .bind(row.authenticated)
    .bind(row.outcome)
    .bind(row.reason)
    .bind(row.case.map(CaseId::uuid))
    .bind(row.author.map(AccountId::uuid))
    .bind(&row.author_key)
    .bind(&row.words_key)
    .bind(&row.message_key)
    .bind(&row.summary)
    .bind(row.original.in_row())
    .bind(row.received_at)
    .bind(row.answer)
    .bind(&row.message_name)
    .bind(object.map(|(document, _)| document.uuid()))
    .bind(object.map(|(_, content)| i64::try_from(content.size)).transpose().map_err(Error::internal)?)
    .bind(object.map(|(_, content)| content.sha256.to_vec()))
    .bind(object.map(|(_, content)| content.key.key_id.as_str()))
    .bind(object.map(|(_, content)| content.key.sealed.as_slice()))
    .fetch_optional(conn)
    .await?;
    Ok(kept.is_some())
}
