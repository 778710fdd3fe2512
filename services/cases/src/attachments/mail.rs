//! Files that come with a mail: whatever they are, they are kept.

use bytes::Bytes;
use careway_documents::{FileRefusal, MediaType, NewObject};
use careway_kernel::{DocumentId, Redacted};
use careway_service::{NotWritten, Result, Transaction};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{
    domain::{Attachment, Availability, Binding},
    store,
};
use crate::App;

/// A file of a mail.
pub(crate) struct MailFile {
    /// What the mail calls it.
    pub(crate) file_name: String,
    pub(crate) content: Bytes,
    /// It is a mail itself: its content alone does not tell.
    pub(crate) is_mail: bool,
}

/// A file that was taken in, and is kept once its row is. Dropped, nothing of it stays.
pub(crate) struct Taken {
    attachment: Attachment,
    object: Option<NewObject>,
}

/// Takes files of a mail in, before the transaction that keeps them. One that the scanner refuses, or that is too
/// large, is noted, not kept.
///
/// # Errors
/// `SCANNER_UNAVAILABLE`, `DOCUMENTS_UNAVAILABLE`: nothing was taken, and the mail is to come again.
pub(crate) async fn take_in(app: &App, files: Vec<MailFile>, at: DateTime<Utc>) -> Result<Vec<Taken>> {
    let mut taken = Vec::with_capacity(files.len());
    for file in files {
        taken.push(take(app, file, at).await?);
    }
    Ok(taken)
}

async fn take(app: &App, file: MailFile, at: DateTime<Utc>) -> Result<Taken> {
    let id = DocumentId::new(&app.clock);
    let mut attachment = Attachment {
        id,
        message: None,
        uploaded_by: None,
        uploaded_at: at,
        file_name: Redacted::new(file.file_name),
        availability: Availability::Available,
        media_type: MediaType::Unknown,
        size: file.content.len() as u64,
        sha256: Sha256::digest(&file.content).into(),
        content: None,
    };
    if file.content.is_empty() {
        return Ok(Taken { attachment, object: None });
    }
    match received(app, id, file.content).await {
        Ok(received) => {
            let mut content = received.content;
            if file.is_mail {
                content.media_type = MediaType::Mail;
            }
            attachment.media_type = content.media_type;
            attachment.availability = Availability::of_mail(content.media_type);
            attachment.content = Some(content);
            Ok(Taken { attachment, object: Some(received.object) })
        }
        Err(NotWritten::Refused(FileRefusal::Infected)) => {
            attachment.availability = Availability::Infected;
            Ok(Taken { attachment, object: None })
        }
        // Never a reason to let the mail come again: it would be as large. The original has the file.
        Err(NotWritten::Refused(FileRefusal::TooLarge { .. })) => {
            attachment.availability = Availability::TooLarge;
            Ok(Taken { attachment, object: None })
        }
        Err(not_taken) => Err(super::error::of_attachment(not_taken)),
    }
}

async fn received(
    app: &App,
    id: DocumentId,
    content: Bytes,
) -> Result<careway_documents::Received, NotWritten<FileRefusal>> {
    let length = content.len() as u64;
    let mut upload = app.attachments.files.begin_upload(id, Some(length), None).await?.of_any_type();
    upload.take(content).await?;
    upload.finish(None).await
}

/// Keeps a mail's files with the message that it became, which this transaction has kept already.
pub(crate) async fn insert_taken(
    app: &App,
    tx: &mut Transaction,
    taken: Vec<Taken>,
    to: Binding,
) -> Result<()> {
    let owner = store::Owner::message(to);
    let attachments: Vec<_> = taken.iter().map(|taken| &taken.attachment).collect();
    store::insert_attachments(tx, &app.attachments.sealer, owner, &attachments).await?;
    // It may be committed from here on; an object that in the end no row names is swept.
    taken.into_iter().filter_map(|taken| taken.object).for_each(NewObject::persist);
    Ok(())
}
