//! Uploaded files become a message's, in the transaction that keeps the message.

use careway_kernel::{DocumentId, Violations};
use careway_service::{Call, Result, Transaction};

use super::{
    domain::{Attachment, AttachmentRefusal, Binding, LIFETIME, MOST_OF_A_MESSAGE},
    store,
};
use crate::App;

/// The files that a request names, each once.
pub(crate) fn parse_ids(v: &mut Violations, given: &[String]) -> Option<Vec<DocumentId>> {
    let mut ids = v.each("attachmentIds", given, |v, id| v.field("", DocumentId::parse(id)))?;
    ids.sort_unstable();
    ids.dedup();
    Some(ids)
}

/// Gives files of the caller's to a message that this transaction has kept already. All of them, or it is refused.
pub(crate) async fn bind(
    app: &App,
    tx: &mut Transaction,
    call: &Call,
    ids: &[DocumentId],
    to: Binding,
) -> Result<Vec<Attachment>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    if ids.len() > MOST_OF_A_MESSAGE {
        return Err(AttachmentRefusal::TooMany.into());
    }
    let (uploader, since) = (call.caller.person_or_client()?, tx.now() - LIFETIME);
    let bound = store::update_bound(tx, &app.attachments.sealer, ids, (uploader, since), to).await?;
    match ids.iter().find(|id| bound.iter().all(|file| file.id != **id)) {
        None => Ok(bound),
        Some(unknown) => Err(AttachmentRefusal::Unknown(*unknown).into()),
    }
}
