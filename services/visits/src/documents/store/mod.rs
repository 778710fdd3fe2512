//! Documents in Postgres: found, locked, listed, inserted; their wrapped keys.

pub(crate) mod citation;

use careway_documents::{Content, MediaType, WrappedKey};
use careway_kernel::{DocumentId, OrganizationId, VisitId};
use careway_service::{Error, Result, Sealer};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::domain::{Document, Kind, Retraction, opening::Opening};

pub(crate) const TITLE: &str = "document.sealed_title";
const FILE_NAME: &str = "document.sealed_file_name";
const RETRACTION: &str = "document.sealed_retraction";

#[derive(FromRow)]
struct Row {
    document_id: Uuid,
    version: i64,
    visit_id: Uuid,
    facility_id: Uuid,
    kind: String,
    sealed_title: Vec<u8>,
    sealed_file_name: Option<Vec<u8>>,
    media_type: String,
    size_bytes: i64,
    sha256: Vec<u8>,
    key_id: String,
    sealed_key: Vec<u8>,
    added_by: Uuid,
    added_at: DateTime<Utc>,
    retracted_by: Option<Uuid>,
    retracted_at: Option<DateTime<Utc>>,
    sealed_retraction: Option<Vec<u8>>,
}

impl Row {
    fn open(self, sealer: &Sealer) -> Result<Document> {
        let text = |column, sealed: &[u8]| -> Result<String> {
            String::from_utf8(sealer.open(column, self.document_id, sealed)?).map_err(Error::internal)
        };
        let retraction = match (self.retracted_at, self.retracted_by, &self.sealed_retraction) {
            (Some(at), Some(by), Some(reason)) => {
                Some(Retraction { at, by, reason: text(RETRACTION, reason)? })
            }
            _ => None,
        };
        let unreadable = |what: &str| Error::internal(anyhow::anyhow!("a document's {what} cannot be read"));
        Ok(Document {
            id: DocumentId::from_uuid(self.document_id),
            version: self.version,
            visit: VisitId::from_uuid(self.visit_id),
            facility: OrganizationId::from_uuid(self.facility_id),
            kind: Kind::find(&self.kind).ok_or_else(|| unreadable("kind"))?,
            title: text(TITLE, &self.sealed_title)?,
            file_name: self.sealed_file_name.as_deref().map(|sealed| text(FILE_NAME, sealed)).transpose()?,
            content: Content {
                media_type: MediaType::find(&self.media_type).ok_or_else(|| unreadable("media type"))?,
                size: u64::try_from(self.size_bytes).map_err(Error::internal)?,
                sha256: self.sha256.try_into().map_err(|_| unreadable("SHA-256"))?,
                key: WrappedKey { key_id: self.key_id, sealed: self.sealed_key },
            },
            added_by: self.added_by,
            added_at: self.added_at,
            retraction,
        })
    }
}

/// A document of this facility, one that is cited to this payer, or one that a medical file opened to this facility.
pub(crate) async fn find_document(
    conn: &mut PgConnection,
    sealer: &Sealer,
    id: DocumentId,
    party: OrganizationId,
) -> Result<Option<Document>> {
    let row: Option<Row> = sqlx::query_as(
        "select d.* from document d where d.document_id = $1 and (d.facility_id = $2 or exists \
         (select from document_citation c where c.document_id = d.document_id and c.payer_id = $2) or exists \
         (select from document_opening o where o.document_id = d.document_id and o.facility_id = $2))",
    )
    .bind(id.uuid())
    .bind(party.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(|row| row.open(sealer)).transpose()
}

/// Locks a facility's own document.
pub(crate) async fn lock_document(
    conn: &mut PgConnection,
    sealer: &Sealer,
    id: DocumentId,
    facility: OrganizationId,
) -> Result<Option<Document>> {
    let row: Option<Row> =
        sqlx::query_as("select * from document where document_id = $1 and facility_id = $2 for update")
            .bind(id.uuid())
            .bind(facility.uuid())
            .fetch_optional(conn)
            .await?;
    row.map(|row| row.open(sealer)).transpose()
}

/// A page of a visit's documents, newest first, and one more when there is one: those of this facility, or those that are
/// cited to this payer.
pub(crate) async fn list_documents(
    conn: &mut PgConnection,
    sealer: &Sealer,
    (visit, party): (VisitId, OrganizationId),
    before: Option<DocumentId>,
    limit: i64,
) -> Result<Vec<Document>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select d.* from document d where d.visit_id = $1 and (d.facility_id = $2 or exists \
         (select from document_citation c where c.document_id = d.document_id and c.payer_id = $2)) \
         and ($3::uuid is null or d.document_id < $3) order by d.document_id desc limit $4",
    )
    .bind(visit.uuid())
    .bind(party.uuid())
    .bind(before.map(DocumentId::uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.open(sealer)).collect()
}

/// Keeps a new document.
pub(crate) async fn insert_document(
    conn: &mut PgConnection,
    sealer: &Sealer,
    document: &Document,
) -> Result<()> {
    let row = document.id.uuid();
    let file_name =
        document.file_name.as_ref().map(|name| sealer.seal(FILE_NAME, row, name.as_bytes())).transpose()?;
    sqlx::query(
        "insert into document (document_id, version, visit_id, facility_id, kind, sealed_title, sealed_file_name, \
         media_type, size_bytes, sha256, key_id, sealed_key, added_by, added_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(row)
    .bind(document.version)
    .bind(document.visit.uuid())
    .bind(document.facility.uuid())
    .bind(document.kind.as_str())
    .bind(sealer.seal(TITLE, row, document.title.as_bytes())?)
    .bind(file_name)
    .bind(document.content.media_type.as_str())
    .bind(i64::try_from(document.content.size).map_err(Error::internal)?)
    .bind(&document.content.sha256[..])
    .bind(&document.content.key.key_id)
    .bind(&document.content.key.sealed)
    .bind(document.added_by)
    .bind(document.added_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps the retraction of a locked document.
pub(crate) async fn update_retraction(
    conn: &mut PgConnection,
    sealer: &Sealer,
    document: &Document,
) -> Result<()> {
    let Some(retraction) = &document.retraction else { return Ok(()) };
    sqlx::query(
        "update document set version = $2, retracted_by = $3, retracted_at = $4, sealed_retraction = $5 \
         where document_id = $1",
    )
    .bind(document.id.uuid())
    .bind(document.version)
    .bind(retraction.by)
    .bind(retraction.at)
    .bind(sealer.seal(RETRACTION, document.id.uuid(), retraction.reason.as_bytes())?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks documents that are under another key than this, leaving those that another replica holds.
pub(crate) async fn lock_keys_other_than(
    conn: &mut PgConnection,
    key_id: &str,
    limit: usize,
) -> Result<Vec<(DocumentId, WrappedKey)>> {
    let rows: Vec<(Uuid, String, Vec<u8>)> = sqlx::query_as(
        "select document_id, key_id, sealed_key from document where key_id <> $1 \
         limit $2 for update skip locked",
    )
    .bind(key_id)
    .bind(i64::try_from(limit).map_err(Error::internal)?)
    .fetch_all(conn)
    .await?;
    let wrapped = |(id, key_id, sealed)| (DocumentId::from_uuid(id), WrappedKey { key_id, sealed });
    Ok(rows.into_iter().map(wrapped).collect())
}

/// Keeps the keys of locked documents as they are wrapped now. What the documents are does not change, nor their version.
pub(crate) async fn update_wrapped_keys(
    conn: &mut PgConnection,
    wrapped: &[(DocumentId, WrappedKey)],
) -> Result<()> {
    let ids: Vec<Uuid> = wrapped.iter().map(|(id, _)| id.uuid()).collect();
    let key_ids: Vec<&str> = wrapped.iter().map(|(_, key)| key.key_id.as_str()).collect();
    let sealed: Vec<&[u8]> = wrapped.iter().map(|(_, key)| key.sealed.as_slice()).collect();
    sqlx::query(
        "update document d set key_id = n.key_id, sealed_key = n.sealed_key \
         from unnest($1::uuid[], $2::text[], $3::bytea[]) as n (document_id, key_id, sealed_key) \
         where d.document_id = n.document_id",
    )
    .bind(ids)
    .bind(key_ids)
    .bind(sealed)
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of these that are no document.
pub(crate) async fn list_unknown(conn: &mut PgConnection, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let unknown: Vec<Uuid> = sqlx::query_scalar(
        "select id from unnest($1::uuid[]) as id where not exists (select from document where document_id = id)",
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

/// How a document of another facility is open to the caller, if it is.
pub(crate) async fn find_opening(conn: &mut PgConnection, document: DocumentId) -> Result<Option<Opening>> {
    let opening: Option<(Uuid, bool)> =
        sqlx::query_as("select visit_id, recorded_disputed from document_opening_of($1)")
            .bind(document.uuid())
            .fetch_optional(conn)
            .await?;
    let opened = |(visit, recorded_disputed)| Opening { visit: VisitId::from_uuid(visit), recorded_disputed };
    Ok(opening.map(opened))
}
