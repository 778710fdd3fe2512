//! The documents that a claim or a pre-authorization cites: read from requests, and open to its payer once it is sent.

use careway_kernel::{DocumentId, Violations};
use careway_service::{Result, Transaction};
use uuid::Uuid;

use super::store::{self, citation::Citation};

/// Documents that one request cites, at most.
const MOST: usize = 20;

/// The ids as they were given, each once.
pub(crate) fn parse(v: &mut Violations, ids: &[String]) -> Option<Vec<Uuid>> {
    v.check("documentIds", ids.len() <= MOST, format!("must be at most {MOST}"));
    let ids = v.each("documentIds", ids, |v, id| {
        v.field("", Uuid::try_parse(id).map_err(|_| "must be the id of a document"))
    })?;
    let mut once = Vec::with_capacity(ids.len());
    for id in ids {
        if !once.contains(&id) {
            once.push(id);
        }
    }
    Some(once)
}

/// Opens documents of the visit to the payer, for the claim or pre-authorization that cites them.
pub(crate) async fn cite(tx: &mut Transaction, citation: Citation, documents: &[Uuid]) -> Result<()> {
    if documents.is_empty() {
        return Ok(());
    }
    let documents: Vec<DocumentId> = documents.iter().copied().map(DocumentId::from_uuid).collect();
    store::citation::cite(tx, citation, &documents).await
}
