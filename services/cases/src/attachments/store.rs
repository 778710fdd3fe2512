//! The table `case_attachment`.

use careway_documents::{Content, MediaType, WrappedKey};
use careway_kernel::{CaseId, CaseMessageId, DocumentId, OrganizationId, Redacted};
use careway_service::{Error, Result, Sealer, one_of};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::domain::{Attachment, Availability, Binding};

const FILE_NAME: &str = "case_attachment.sealed_file_name";

/// Whose a new row is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    organization: OrganizationId,
    binding: Option<Binding>,
    internal: bool,
}

impl Owner {
    /// The uploader's, until a message has it.
    pub(super) const fn uploader(organization: OrganizationId) -> Self {
        Self { organization, binding: None, internal: false }
    }

    /// A message's.
    pub(super) const fn message(to: Binding) -> Self {
        Self { organization: to.organization, binding: Some(to), internal: to.internal }
    }
}

#[derive(FromRow)]
struct Row {
    attachment_id: Uuid,
    message_id: Option<Uuid>,
    uploaded_by: Option<Uuid>,
    uploaded_at: DateTime<Utc>,
    sealed_file_name: Option<Vec<u8>>,
    availability: String,
    media_type: String,
    size_bytes: i64,
    sha256: Vec<u8>,
    key_id: Option<String>,
    sealed_key: Option<Vec<u8>>,
}

impl Row {
    fn open(self, sealer: &Sealer) -> Result<Attachment> {
        let unreadable =
            |what: &str| Error::internal(anyhow::anyhow!("an attachment's {what} cannot be read"));
        let name = self
            .sealed_file_name
            .map(|sealed| sealer.open(FILE_NAME, self.attachment_id, &sealed))
            .transpose()?
            .unwrap_or_default();
        let media_type = MediaType::find(&self.media_type).ok_or_else(|| unreadable("media type"))?;
        let size = u64::try_from(self.size_bytes).map_err(Error::internal)?;
        let sha256 = self.sha256.try_into().map_err(|_| unreadable("SHA-256"))?;
        let key = self.key_id.zip(self.sealed_key).map(|(key_id, sealed)| WrappedKey { key_id, sealed });
        Ok(Attachment {
            id: DocumentId::from_uuid(self.attachment_id),
            message: self.message_id.map(CaseMessageId::from_uuid),
            uploaded_by: self.uploaded_by,
            uploaded_at: self.uploaded_at,
            file_name: Redacted::new(String::from_utf8(name).map_err(Error::internal)?),
            availability: one_of(
                "case_attachment.availability",
                &self.availability,
                &Availability::ALL,
                Availability::as_str,
            )?,
            media_type,
            size,
            sha256,
            content: key.map(|key| Content { media_type, size, sha256, key }),
        })
    }
}

/// A case that the caller sees, by its id or its number.
pub(super) async fn find_case(
    conn: &mut PgConnection,
    id: Option<CaseId>,
    number: Option<&str>,
) -> Result<Option<Uuid>> {
    let case = sqlx::query_scalar("select case_id from support_case where case_id = $1 or number = $2")
        .bind(id.map(CaseId::uuid))
        .bind(number)
        .fetch_optional(conn)
        .await?;
    Ok(case)
}

/// How many files of one uploader no message has.
pub(super) async fn get_waiting(
    conn: &mut PgConnection,
    uploader: Uuid,
    since: DateTime<Utc>,
) -> Result<i64> {
    let waiting = sqlx::query_scalar(
        "select count(*) from case_attachment
         where uploaded_by = $1 and message_id is null and uploaded_at > $2",
    )
    .bind(uploader)
    .bind(since)
    .fetch_one(conn)
    .await?;
    Ok(waiting)
}

/// A file whose row the caller sees.
pub(super) async fn find_attachment(
    conn: &mut PgConnection,
    sealer: &Sealer,
    id: DocumentId,
) -> Result<Option<Attachment>> {
    let row: Option<Row> = sqlx::query_as("select * from case_attachment where attachment_id = $1")
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.open(sealer)).transpose()
}

/// The files of messages, in the order in which they came.
pub(crate) async fn list_of_messages(
    conn: &mut PgConnection,
    sealer: &Sealer,
    messages: &[CaseMessageId],
) -> Result<Vec<Attachment>> {
    let messages: Vec<Uuid> = messages.iter().map(|message| message.uuid()).collect();
    let rows: Vec<Row> =
        sqlx::query_as("select * from case_attachment where message_id = any($1) order by attachment_id")
            .bind(messages)
            .fetch_all(conn)
            .await?;
    rows.into_iter().map(|row| row.open(sealer)).collect()
}

/// Keeps new files of one owner.
pub(super) async fn insert_attachments(
    conn: &mut PgConnection,
    sealer: &Sealer,
    owner: Owner,
    attachments: &[&Attachment],
) -> Result<()> {
    let each = || attachments.iter();
    let names =
        each().map(|file| Ok(sealer.seal(FILE_NAME, file.id.uuid(), file.file_name.expose().as_bytes())?));
    let sizes = each().map(|file| i64::try_from(file.size).map_err(Error::internal));
    let keys = || each().map(|file| file.content.as_ref().map(|content| &content.key));
    sqlx::query(
        "insert into case_attachment (attachment_id, organization_id, case_id, message_id, internal, uploaded_by,
            uploaded_at, sealed_file_name, availability, media_type, size_bytes, sha256, key_id, sealed_key)
         select f.id, $1, $2, $3, $4, f.uploaded_by, f.uploaded_at, f.name, f.availability, f.media_type, f.size,
            f.sha256, f.key_id, f.key
         from unnest($5::uuid[], $6::uuid[], $7::timestamptz[], $8::bytea[], $9::text[], $10::text[], $11::bigint[],
            $12::bytea[], $13::text[], $14::bytea[])
            as f (id, uploaded_by, uploaded_at, name, availability, media_type, size, sha256, key_id, key)",
    )
    .bind(owner.organization.uuid())
    .bind(owner.binding.map(|to| to.case.uuid()))
    .bind(owner.binding.map(|to| to.message.uuid()))
    .bind(owner.internal)
    .bind(each().map(|file| file.id.uuid()).collect::<Vec<_>>())
    .bind(each().map(|file| file.uploaded_by).collect::<Vec<_>>())
    .bind(each().map(|file| file.uploaded_at).collect::<Vec<_>>())
    .bind(names.collect::<Result<Vec<Vec<u8>>>>()?)
    .bind(each().map(|file| file.availability.as_str()).collect::<Vec<_>>())
    .bind(each().map(|file| file.media_type.as_str()).collect::<Vec<_>>())
    .bind(sizes.collect::<Result<Vec<i64>>>()?)
    .bind(each().map(|file| file.sha256.to_vec()).collect::<Vec<_>>())
    .bind(keys().map(|key| key.map(|key| key.key_id.as_str())).collect::<Vec<_>>())
    .bind(keys().map(|key| key.map(|key| key.sealed.as_slice())).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives files to a message: those of the uploader that no message has yet, and that are not over. Which they were.
pub(super) async fn update_bound(
    conn: &mut PgConnection,
    sealer: &Sealer,
    ids: &[DocumentId],
    (uploader, since): (Uuid, DateTime<Utc>),
    to: Binding,
) -> Result<Vec<Attachment>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let bound: Vec<Row> = sqlx::query_as(
        "update case_attachment set organization_id = $4, case_id = $5, message_id = $6, internal = $7
         where attachment_id = any($1) and uploaded_by = $2 and uploaded_at > $3 and message_id is null
         returning *",
    )
    .bind(ids)
    .bind(uploader)
    .bind(since)
    .bind(to.organization.uuid())
    .bind(to.case.uuid())
    .bind(to.message.uuid())
    .bind(to.internal)
    .fetch_all(conn)
    .await?;
    let mut bound: Vec<_> = bound.into_iter().map(|row| row.open(sealer)).collect::<Result<_>>()?;
    bound.sort_by_key(|file| file.id);
    Ok(bound)
}

/// Removes files that no message had in time, leaving those that another replica is at.
pub(super) async fn delete_waiting(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<DocumentId>> {
    let gone: Vec<Uuid> = sqlx::query_scalar(
        "delete from case_attachment where attachment_id in (
            select attachment_id from case_attachment
            where message_id is null and uploaded_at <= $1 limit $2 for update skip locked)
         returning attachment_id",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(gone.into_iter().map(DocumentId::from_uuid).collect())
}

/// Locks files that are under another key than this, leaving those that another replica holds.
pub(crate) async fn lock_keys_other_than(
    conn: &mut PgConnection,
    key_id: &str,
    limit: usize,
) -> Result<Vec<(DocumentId, WrappedKey)>> {
    let rows: Vec<(Uuid, String, Vec<u8>)> = sqlx::query_as(
        "select attachment_id, key_id, sealed_key from case_attachment where key_id <> $1
         limit $2 for update skip locked",
    )
    .bind(key_id)
    .bind(i64::try_from(limit).map_err(Error::internal)?)
    .fetch_all(conn)
    .await?;
    let wrapped = |(id, key_id, sealed)| (DocumentId::from_uuid(id), WrappedKey { key_id, sealed });
    Ok(rows.into_iter().map(wrapped).collect())
}

/// Keeps the keys of locked files as they are wrapped now.
pub(crate) async fn update_wrapped_keys(
    conn: &mut PgConnection,
    wrapped: &[(DocumentId, WrappedKey)],
) -> Result<()> {
    let ids: Vec<Uuid> = wrapped.iter().map(|(id, _)| id.uuid()).collect();
    let key_ids: Vec<&str> = wrapped.iter().map(|(_, key)| key.key_id.as_str()).collect();
    let sealed: Vec<&[u8]> = wrapped.iter().map(|(_, key)| key.sealed.as_slice()).collect();
    sqlx::query(
        "update case_attachment a set key_id = n.key_id, sealed_key = n.sealed_key
         from unnest($1::uuid[], $2::text[], $3::bytea[]) as n (attachment_id, key_id, sealed_key)
         where a.attachment_id = n.attachment_id",
    )
    .bind(ids)
    .bind(key_ids)
    .bind(sealed)
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of these that no row keeps a key of.
pub(crate) async fn list_unknown(conn: &mut PgConnection, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let unknown: Vec<Uuid> = sqlx::query_scalar(
        "select id from unnest($1::uuid[]) as id where not exists (
            select from case_attachment where attachment_id = id and key_id is not null)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(unknown.into_iter().map(DocumentId::from_uuid).collect())
}

/// The id of the database, which was made with it.
pub(crate) async fn get_database_id(conn: &mut PgConnection) -> Result<Uuid> {
    let id = sqlx::query_scalar("select database_id from document_place").fetch_one(conn).await?;
    Ok(id)
}
