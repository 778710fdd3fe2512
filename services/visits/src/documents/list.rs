//! List a visit's documents, newest first.

use careway_contract::visits::v1::{ListDocumentsRequest, ListDocumentsResponse};
use careway_kernel::{DocumentId, Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Paging, Result, path_id};

use super::{store, view};
use crate::{
    App,
    visits::{self, access::opened},
};

pub(crate) async fn list_documents(
    app: &App,
    call: &Call,
    request: ListDocumentsRequest,
) -> Result<ListDocumentsResponse> {
    let party = call.caller.organization()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let mut v = Violations::default();
    let bare = ListDocumentsRequest { visit_id: request.visit_id.clone(), ..Default::default() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListDocuments", party.uuid(), &bare, wanted);
    let (paging,) = v.all((paging,))?;

    let (member, documents) = {
        let mut reader = app.db.read(call).await?;
        let visit =
            visits::store::find_visit(&mut reader, id, party).await?.ok_or(Error::not_found("visit"))?;
        let member = opened(app, &visit, party)?.member;
        let before = paging.after_id()?.map(DocumentId::from_uuid);
        let sealer = &app.documents.sealer;
        let of = (id, party);
        (member, store::list_documents(&mut reader, sealer, of, before, paging.limit()).await?)
    };
    let (member, visit) = (Some(member), Some(id));
    app.audit
        .read(call, AuditEntry { action: "documents.list", member, visit, ..Default::default() })
        .await?;
    let (documents, next_page_token) = paging.cut(documents, |document| document.id.uuid().into_bytes());
    Ok(ListDocumentsResponse { documents: documents.iter().map(view::document).collect(), next_page_token })
}
