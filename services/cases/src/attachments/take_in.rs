//! What both uploads do: the file is taken in as it comes, and kept only when all of it is in order.

use bytes::Bytes;
use careway_documents::{Received, content_digest, file_name};
use careway_kernel::{CaseId, DocumentId, HumanNumber, OrganizationId, Redacted, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, Kind as ErrorKind, Result, Stop};
use sha2::{Digest, Sha256};
use tonic::Streaming;

use super::{
    domain::{Attachment, AttachmentRefusal, Availability, LIFETIME, MOST_WAITING},
    error::of_attachment,
    store,
};
use crate::App;

/// What the first piece and the headers say of a file.
pub(super) struct FileInput {
    /// Whose it is.
    of: Option<OrganizationId>,
    file_name: String,
    length: Option<u64>,
    digest: Option<[u8; 32]>,
}

impl FileInput {
    pub(super) fn parse(call: &Call, name: &str) -> Result<Self> {
        let mut v = Violations::default();
        let file_name = v.required("fileName", name, file_name::parse);
        let digest = |v: &mut Violations, header: &str| {
            let parsed = call.of_raw_body(&header.to_ascii_lowercase()).map(content_digest::sha256);
            v.field(header, parsed.transpose().map(Option::flatten))
        };
        let (of_content, of_whole) = (digest(&mut v, "Content-Digest"), digest(&mut v, "Repr-Digest"));
        let (file_name, of_content, of_whole) = v.all((file_name, of_content, of_whole))?;
        let length = call.of_raw_body("careway-content-length").and_then(|length| length.parse().ok());
        Ok(Self { of: call.caller.organization().ok(), file_name, length, digest: of_content.or(of_whole) })
    }
}

/// Refuses before the file is read: a case that the caller does not see, and more files than may wait for a message.
pub(super) async fn may_upload(app: &App, call: &Call, case: Option<&str>) -> Result<()> {
    call.caller.organization()?;
    let uploader = call.caller.person_or_client()?;
    let mut reader = app.db.read(call).await?;
    if let Some(case) = case {
        let (id, number) = (CaseId::parse(case).ok(), HumanNumber::normalize("S", case).ok());
        let found = store::find_case(&mut reader, id, number.as_deref()).await?;
        found.ok_or(Error::not_found("case"))?;
    }
    let waiting = store::get_waiting(&mut reader, uploader, app.clock.now() - LIFETIME).await?;
    if waiting < MOST_WAITING { Ok(()) } else { Err(AttachmentRefusal::TooManyWaiting.into()) }
}

/// Takes the file in, from the piece that has come already on.
pub(super) async fn take_in<P>(
    app: &App,
    input: &FileInput,
    begun: Bytes,
    mut pieces: Streaming<P>,
    content: impl Fn(P) -> Bytes,
) -> Result<(DocumentId, Received)> {
    let id = DocumentId::new(&app.clock);
    let mut upload =
        app.attachments.files.begin_upload(id, input.length, input.of).await.map_err(of_attachment)?;
    upload.take(begun).await.map_err(of_attachment)?;
    while let Some(piece) = pieces.message().await? {
        upload.take(content(piece)).await.map_err(of_attachment)?;
    }
    Ok((id, upload.finish(input.digest).await.map_err(of_attachment)?))
}

/// Keeps what was taken in, as its uploader's alone.
pub(super) async fn keep<R: prost::Message>(
    app: &App,
    call: &Call,
    (input, (id, received)): (FileInput, (DocumentId, Received)),
    said: &[u8],
    answer: impl Fn(&Attachment) -> R,
) -> Keyed<R> {
    let (organization, uploader) = (call.caller.organization()?, call.caller.person_or_client()?);
    let Received { content, object } = received;
    let call = call.having_read(fingerprint(said, &content.sha256));
    let mut tx = app.db.begin(&call).await?;
    let attachment = Attachment {
        id,
        message: None,
        uploaded_by: Some(uploader),
        uploaded_at: tx.now(),
        file_name: Redacted::new(input.file_name),
        availability: Availability::Available,
        media_type: content.media_type,
        size: content.size,
        sha256: content.sha256,
        content: Some(content),
    };
    let owner = store::Owner::uploader(organization);
    store::insert_attachments(&mut tx, &app.attachments.sealer, owner, &[&attachment]).await?;
    tx.audit(AuditEntry { action: "case.attach", ..Default::default() });

    // From here on it may be committed whether or not we hear of it. An object that in the end no row names is swept.
    object.persist();
    let outcome = tx.commit(answer(&attachment)).await;
    if let Err(Stop::Refused(error)) = &outcome
        && !matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout)
    {
        app.attachments.files.discard(id);
    }
    outcome
}

/// What an `Idempotency-Key` stands for: all that was said of the file, and what it is.
fn fingerprint(said: &[u8], sha256: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((said.len() as u64).to_be_bytes());
    hash.update(said);
    hash.update(sha256);
    hash.finalize().into()
}
