//! Retract a document that was entered in error. It stays where it is, and so does who read it.

use careway_contract::visits::v1::{RetractDocumentRequest, RetractDocumentResponse};
use careway_kernel::{DocumentId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, timestamp, version};

use super::{domain::Retraction, store};
use crate::{App, audit, texts::Short, visits};

pub(crate) async fn retract_document(
    app: &App,
    call: &Call,
    request: RetractDocumentRequest,
) -> Keyed<RetractDocumentResponse> {
    let (facility, by) = (call.caller.facility()?, call.caller.person_or_client()?);
    let absent = || Error::not_found("document");
    let id = DocumentId::parse(&request.document_id).map_err(|_| absent())?;
    let mut violations = Violations::default();
    let reason = violations.required("reason", request.reason.as_str(), Short::parse);
    let (reason,) = violations.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let (at, sealer) = (tx.now(), &app.documents.sealer);
    let document = store::lock_document(&mut tx, sealer, id, facility).await?.ok_or_else(absent)?;
    let document = document.retract(Retraction { at, by, reason: reason.into() })?;
    store::update_retraction(&mut tx, sealer, &document).await?;
    let visit = visits::store::find_visit(&mut tx, document.visit, facility).await?;
    let member = visit.and_then(|visit| visit.patient).map(|patient| patient.member);
    let visit = Some(document.visit);
    audit::note(
        &mut tx,
        call,
        AuditEntry { action: "document.retract", member, visit, ..Default::default() },
    );
    tx.commit(RetractDocumentResponse {
        document_id: id.to_string(),
        retracted_at: Some(timestamp(at)),
        version: version(document.version),
    })
    .await
}
