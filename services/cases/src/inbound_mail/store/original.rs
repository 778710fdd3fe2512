//! The table `mail_original`, and the originals that are in their mails' rows.

use careway_documents::{Content, MediaType, WrappedKey};
use careway_kernel::{CaseId, CaseMessageId, DocumentId};
use careway_service::{Error, Result};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Where a mail is as it came.
pub(crate) enum Original {
    /// In its row, sealed.
    InRow(Vec<u8>),
    /// An object of its own.
    Object(DocumentId, Content),
}

impl Original {
    pub(super) fn in_row(&self) -> Option<&[u8]> {
        match self {
            Self::InRow(sealed) => Some(sealed),
            Self::Object(..) => None,
        }
    }

    pub(super) fn object(&self) -> Option<(DocumentId, &Content)> {
        match self {
            Self::InRow(_) => None,
            Self::Object(document, content) => Some((*document, content)),
        }
    }
}

#[derive(FromRow)]
struct Row {
    raw: Option<Vec<u8>>,
    document_id: Option<Uuid>,
    size_bytes: Option<i64>,
    sha256: Option<Vec<u8>>,
    key_id: Option<String>,
    sealed_key: Option<Vec<u8>>,
}

impl Row {
    /// Neither is there once its message was redacted.
    fn original(self) -> Result<Option<Original>> {
        if let Some(sealed) = self.raw {
            return Ok(Some(Original::InRow(sealed)));
        }
        let key = self.key_id.zip(self.sealed_key).map(|(key_id, sealed)| WrappedKey { key_id, sealed });
        let whole = self.document_id.zip(self.size_bytes).zip(self.sha256).zip(key);
        let Some((((document, size), sha256), key)) = whole else { return Ok(None) };
        let unreadable = || Error::internal(anyhow::anyhow!("a mail's SHA-256 cannot be read"));
        Ok(Some(Original::Object(
            DocumentId::from_uuid(document),
            Content {
                media_type: MediaType::Mail,
                size: u64::try_from(size).map_err(Error::internal)?,
                sha256: sha256.try_into().map_err(|_| unreadable())?,
                key,
            },
        )))
    }
}

/// The mail that a message came by.
pub(crate) async fn find_mail_of(
    conn: &mut PgConnection,
    case: CaseId,
    message: CaseMessageId,
) -> Result<Option<Uuid>> {
    let mail: Option<Option<Uuid>> =
        sqlx::query_scalar("select inbound_mail_id from case_message where message_id = $1 and case_id = $2")
            .bind(message.uuid())
            .bind(case.uuid())
            .fetch_optional(conn)
            .await?;
    Ok(mail.flatten())
}

/// Where a mail is as it came; nowhere once its message was redacted.
pub(crate) async fn find_original(conn: &mut PgConnection, mail: Uuid) -> Result<Option<Original>> {
    let row: Option<Row> = sqlx::query_as(
        "select m.raw, o.document_id, o.size_bytes, o.sha256, o.key_id, o.sealed_key
         from inbound_mail m left join mail_original o using (inbound_mail_id)
         where m.inbound_mail_id = $1",
    )
    .bind(mail)
    .fetch_optional(conn)
    .await?;
    row.map_or(Ok(None), Row::original)
}

/// Locks originals that are under another key than this, leaving those that another replica holds.
pub(crate) async fn lock_keys_other_than(
    conn: &mut PgConnection,
    key_id: &str,
    limit: usize,
) -> Result<Vec<(DocumentId, WrappedKey)>> {
    let rows: Vec<(Uuid, String, Vec<u8>)> = sqlx::query_as(
        "select document_id, key_id, sealed_key from mail_original where key_id <> $1
         limit $2 for update skip locked",
    )
    .bind(key_id)
    .bind(i64::try_from(limit).map_err(Error::internal)?)
    .fetch_all(conn)
    .await?;
    let wrapped = |(id, key_id, sealed)| (DocumentId::from_uuid(id), WrappedKey { key_id, sealed });
    Ok(rows.into_iter().map(wrapped).collect())
}

/// Keeps the keys of locked originals as they are wrapped now.
pub(crate) async fn update_wrapped_keys(
    conn: &mut PgConnection,
    wrapped: &[(DocumentId, WrappedKey)],
) -> Result<()> {
    let ids: Vec<Uuid> = wrapped.iter().map(|(id, _)| id.uuid()).collect();
    let key_ids: Vec<&str> = wrapped.iter().map(|(_, key)| key.key_id.as_str()).collect();
    let sealed: Vec<&[u8]> = wrapped.iter().map(|(_, key)| key.sealed.as_slice()).collect();
    sqlx::query(
        "update mail_original o set key_id = n.key_id, sealed_key = n.sealed_key
         from unnest($1::uuid[], $2::text[], $3::bytea[]) as n (document_id, key_id, sealed_key)
         where o.document_id = n.document_id",
    )
    .bind(ids)
    .bind(key_ids)
    .bind(sealed)
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of these that no original is.
pub(crate) async fn list_unknown(conn: &mut PgConnection, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let unknown: Vec<Uuid> = sqlx::query_scalar(
        "select id from unnest($1::uuid[]) as id where not exists (
            select from mail_original where document_id = id)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(unknown.into_iter().map(DocumentId::from_uuid).collect())
}
