//! Who may see a visit's documents: its facility while the visit shows the member, and the payer where they are cited.

use careway_kernel::DocumentId;
use careway_service::{AuditEntry, Call, Error, Result};

use super::{domain::Document, store};
use crate::{
    App,
    visits::{self, access::opened},
};

/// A document that the caller may read now. That it was read is noted before anything of it is told.
pub(crate) async fn read(app: &App, call: &Call, id: &str, action: &'static str) -> Result<Document> {
    let party = call.caller.organization()?;
    let absent = || Error::not_found("document");
    let id = DocumentId::parse(id).map_err(|_| absent())?;
    let (document, visit) = {
        let mut reader = app.db.read(call).await?;
        let document = store::find_document(&mut reader, &app.documents.sealer, id, party).await?;
        let document = document.ok_or_else(absent)?;
        let opening = store::find_opening(&mut reader, id).await?;
        let visit = document.read_by(party, opening).ok_or_else(absent)?;
        let visit = visits::store::find_visit(&mut reader, visit, party).await?;
        (document, visit.ok_or_else(absent)?)
    };
    let member = Some(opened(app, &visit, party)?.member);
    app.audit.read(call, AuditEntry { action, member, visit: Some(visit.id), ..Default::default() }).await?;
    Ok(document)
}
