//! Write a claim for a visit: a draft, or submitted at once.

use careway_contract::visits::v1::{CreateClaimRequest, CreateClaimResponse};
use careway_kernel::{Violations, VisitId};
use careway_service::{Call, Keyed, path_id};

use super::{
    payments::payment_request::reference,
    view,
    write::{self, ClaimInput, Written},
};
use crate::{App, documents, service_lines};

pub(crate) async fn create_claim(
    app: &App,
    call: &Call,
    request: CreateClaimRequest,
) -> Keyed<CreateClaimResponse> {
    let facility = call.caller.facility()?;
    let visit: VisitId = path_id("visit", &request.visit_id)?;
    let mut v = Violations::default();
    let lines = service_lines::view::parse(&mut v, request.lines);
    let documents = documents::citations::parse(&mut v, &request.document_ids);
    let given = v.optional("externalReference", request.external_reference.as_str(), reference);
    let (lines, documents, reference) = v.all((lines, documents, given))?;
    let input = ClaimInput { lines, documents, reference: reference.clone() };

    let mut tx = app.db.begin(call).await?;
    match write::write(app, &mut tx, (visit, facility), input, request.submit).await {
        Ok(Written { claim, lines }) => {
            write::record_submitted(&mut tx, call, &claim);
            let lines: Vec<_> = lines.into_iter().map(Into::into).collect();
            let claim = view::whole(&app.context.keys, &claim, &lines)?;
            tx.commit(CreateClaimResponse { claim: Some(claim) }).await
        }
        Err(error) => {
            drop(tx);
            Err(write::named(app, call, (facility, reference.as_deref()), error).await.into())
        }
    }
}
