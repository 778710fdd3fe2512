//! Who may read a file: who sees its message; its uploader alone while none has it.

use careway_kernel::DocumentId;
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{domain::Attachment, store};
use crate::App;

/// A file that the caller may read now. That it was read is noted before anything of it is told.
pub(super) async fn read(app: &App, call: &Call, id: &str, action: &'static str) -> Result<Attachment> {
    let (id, reader): (DocumentId, _) = (path_id("attachment", id)?, call.caller.person_or_client()?);
    let found = {
        let mut conn = app.db.read(call).await?;
        store::find_attachment(&mut conn, &app.attachments.sealer, id).await?
    };
    let readable = found.filter(|attachment| attachment.is_read_by(reader, app.clock.now()));
    let attachment = readable.ok_or(Error::not_found("attachment"))?;
    app.audit.read(call, AuditEntry { action, ..Default::default() }).await?;
    Ok(attachment)
}
