//! Add a document to a visit: the file is taken in as it comes, and kept only when all of it is in order.

use bytes::Bytes;
use careway_contract::visits::v1::{AddDocumentRequest, AddDocumentResponse, DocumentAdded};
use careway_documents::{Received, content_digest, file_name};
use careway_events::{Fact, record};
use careway_kernel::{DocumentId, OrganizationId, Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Keyed, Kind as ErrorKind, Result, Stop, path_id};
use prost::Message;
use sha2::{Digest, Sha256};
use tonic::Streaming;

use super::{
    domain::{Document, Kind},
    store, view,
};
use crate::{
    App, audit,
    texts::Short,
    visits::{self, access::opened},
};

pub(crate) async fn add_document(
    app: &App,
    call: &Call,
    mut pieces: Streaming<AddDocumentRequest>,
) -> Keyed<AddDocumentResponse> {
    let (facility, by) = (call.caller.facility()?, call.caller.person_or_client()?);
    let mut first = pieces.message().await?.unwrap_or_default();
    let content = first.content.take().unwrap_or_default().data;
    let input = DocumentInput::parse(call, &first)?;
    may_add(app, call, &input, facility).await?;

    let id = DocumentId::new(&app.clock);
    let Received { content, object } = take_in(app, (id, facility), &input, content, pieces).await?;
    let call = call.having_read(fingerprint(&first, &content.sha256));

    let mut tx = app.db.begin(&call).await?;
    let visit = visits::store::lock_facility_visit(&mut tx, input.visit, facility).await?;
    let visit = visit.ok_or(Error::not_found("visit"))?;
    let member = opened(app, &visit, facility)?.member;
    let document = Document {
        id,
        version: 1,
        visit: visit.id,
        facility,
        kind: input.kind,
        title: input.title.into(),
        file_name: input.file_name,
        content,
        added_by: by,
        added_at: tx.now(),
        retraction: None,
    };
    store::insert_document(&mut tx, &app.documents.sealer, &document).await?;
    let added = DocumentAdded {
        document_id: id.to_string(),
        visit_id: visit.id.to_string(),
        facility_id: facility.to_string(),
    };
    record(&mut tx, Fact::new(added).about(id.uuid(), document.version).of(facility));
    let (member, visit) = (Some(member), Some(visit.id));
    audit::note(&mut tx, &call, AuditEntry { action: "document.add", member, visit, ..Default::default() });

    // From here on it may be committed whether or not we hear of it. An object that in the end no row names is swept.
    object.persist();
    let response = AddDocumentResponse { document: Some(view::document(&document)) };
    let outcome = tx.commit(response).await;
    if let Err(Stop::Refused(error)) = &outcome
        && !matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout)
    {
        app.documents.files.discard(id);
    }
    outcome
}

/// What the first piece says of the document.
struct DocumentInput {
    visit: VisitId,
    kind: Kind,
    title: Short,
    file_name: Option<String>,
    length: Option<u64>,
    digest: Option<[u8; 32]>,
}

impl DocumentInput {
    fn parse(call: &Call, first: &AddDocumentRequest) -> Result<Self> {
        let visit: VisitId = path_id("visit", &first.visit_id)?;
        let mut v = Violations::default();
        let kind = v.present("kind", view::parse_kind(first.kind()));
        let title = v.required("title", first.title.as_str(), Short::parse);
        let file_name = v.optional("fileName", first.file_name.as_str(), file_name::parse);
        let digest = |v: &mut Violations, header: &str| {
            let parsed = call.of_raw_body(&header.to_ascii_lowercase()).map(content_digest::sha256);
            v.field(header, parsed.transpose().map(Option::flatten))
        };
        let (of_content, of_whole) = (digest(&mut v, "Content-Digest"), digest(&mut v, "Repr-Digest"));
        let (kind, title, file_name, of_content, of_whole) =
            v.all((kind, title, file_name, of_content, of_whole))?;
        let length = call.of_raw_body("careway-content-length").and_then(|length| length.parse().ok());
        Ok(Self { visit, kind, title, file_name, length, digest: of_content.or(of_whole) })
    }
}

/// Refuses before the file is read what would be refused after it. A key that was answered is always read, because its
/// answer stands whatever has become of the visit.
async fn may_add(app: &App, call: &Call, input: &DocumentInput, facility: OrganizationId) -> Result<()> {
    let visit = visits::store::find_facility_visit(&app.db, call, input.visit, facility).await?;
    let opened =
        visit.ok_or(Error::not_found("visit")).and_then(|visit| opened(app, &visit, facility).map(drop));
    match opened.err() {
        Some(refusal) if !app.db.is_answered(call).await? => Err(refusal),
        _ => Ok(()),
    }
}

async fn take_in(
    app: &App,
    (id, facility): (DocumentId, OrganizationId),
    input: &DocumentInput,
    begun: Bytes,
    mut pieces: Streaming<AddDocumentRequest>,
) -> Result<Received> {
    let mut upload = app.documents.files.begin_upload(id, input.length, Some(facility)).await?;
    upload.take(begun).await?;
    while let Some(piece) = pieces.message().await? {
        upload.take(piece.content.unwrap_or_default().data).await?;
    }
    Ok(upload.finish(input.digest).await?)
}

/// What an `Idempotency-Key` stands for: all that was said of the document, and what it is.
fn fingerprint(said: &AddDocumentRequest, sha256: &[u8; 32]) -> [u8; 32] {
    let said = said.encode_to_vec();
    let mut hash = Sha256::new();
    hash.update((said.len() as u64).to_be_bytes());
    hash.update(said);
    hash.update(sha256);
    hash.finalize().into()
}
