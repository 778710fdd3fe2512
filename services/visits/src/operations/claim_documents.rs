//! Documents that support a claim or an appeal: what a claim cites, its payer may read.

use careway_kernel::{DocumentId, Violations};
use careway_service::{Result, Transaction};
use uuid::Uuid;

use crate::{
    domain::claim::{Claim, State},
    store::document_citation::{self, Citation, CitationKind},
};

/// Documents of one claim or one appeal, at most.
const MOST: usize = 20;

/// The ids as they were given, each once.
pub(super) fn parse(v: &mut Violations, ids: &[String]) -> Option<Vec<Uuid>> {
    v.check("documentIds", ids.len() <= MOST, format!("must be at most {MOST}"));
    let ids = v.each("documentIds", ids, |v, id| {
        v.field("", Uuid::try_parse(id).map_err(|_| "must be the id of a document"))
    })?;
    let mut once: Vec<Uuid> = Vec::with_capacity(ids.len());
    for id in ids {
        if !once.contains(&id) {
            once.push(id);
        }
    }
    Some(once)
}

/// Cites the documents: they must be of the claim's visit, and the claim's payer may read them from then on. A draft is
/// nobody's but the facility's, and cites nothing yet.
pub(super) async fn cite(tx: &mut Transaction, claim: &Claim, documents: &[Uuid]) -> Result<()> {
    if claim.state == State::Draft || documents.is_empty() {
        return Ok(());
    }
    let documents: Vec<DocumentId> = documents.iter().copied().map(DocumentId::from_uuid).collect();
    let citation = Citation {
        visit: claim.visit.id,
        payer: claim.visit.payer,
        kind: CitationKind::Claim,
        by: claim.id.uuid(),
        at: tx.now(),
    };
    document_citation::cite(tx, citation, &documents).await
}
