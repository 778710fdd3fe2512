//! Documents that a claim or a pre-authorization shows to its payer.

use careway_kernel::{DocumentId, OrganizationId, VisitId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::documents::domain::refusal::DocumentRefusal;

/// What cites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CitationKind {
    Claim,
    Preauthorization,
}

impl CitationKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "CLAIM",
            Self::Preauthorization => "PREAUTHORIZATION",
        }
    }
}

/// A claim or a pre-authorization that cites documents of its visit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Citation {
    pub(crate) visit: VisitId,
    /// Who may read them from now on.
    pub(crate) payer: OrganizationId,
    pub(crate) kind: CitationKind,
    /// The claim or the pre-authorization.
    pub(crate) by: Uuid,
    pub(crate) at: DateTime<Utc>,
}

/// Cites documents; one that is cited already stays so. The caller is the facility.
///
/// # Errors
/// `DOCUMENT_UNKNOWN` with the `documentId` of one that the visit does not have, or that was retracted.
pub(crate) async fn cite(
    conn: &mut PgConnection,
    citation: Citation,
    documents: &[DocumentId],
) -> Result<()> {
    let ids: Vec<Uuid> = documents.iter().map(|id| id.uuid()).collect();
    // A retraction waits until this is committed, and the other way round.
    let unknown: Option<Uuid> = sqlx::query_scalar(
        "with found as (
            select document_id, facility_id from document
            where document_id = any($1) and visit_id = $2 and retracted_at is null for share
         ), cited as (
            insert into document_citation (document_id, facility_id, payer_id, cited_by, kind, cited_at)
            select document_id, facility_id, $3, $4, $5, $6 from found
            on conflict (document_id, cited_by) do nothing
         )
         select id from unnest($1) as id where id not in (select document_id from found) limit 1",
    )
    .bind(ids)
    .bind(citation.visit.uuid())
    .bind(citation.payer.uuid())
    .bind(citation.by)
    .bind(citation.kind.as_str())
    .bind(citation.at)
    .fetch_optional(conn)
    .await?;
    match unknown {
        None => Ok(()),
        Some(id) => Err(DocumentRefusal::Unknown(DocumentId::from_uuid(id)).into()),
    }
}
