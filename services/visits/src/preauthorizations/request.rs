//! Request a pre-authorization: decided at once where no person is needed, else the payer's clock starts. Or write a draft.

use careway_contract::visits::v1::{RequestPreauthorizationRequest, RequestPreauthorizationResponse};
use careway_kernel::{Violations, VisitId};
use careway_service::{Call, Error, Keyed, path_id};

use super::{
    domain::{Urgency, transitions::may_ask},
    events,
    request_parts::{Writing, all_planned, lines, write},
    settle::{self, PreauthorizationDraft},
    store, view,
};
use crate::{
    App, documents,
    service_lines::settle::{AdjudicationContext, new_lines},
    texts::Justification,
};

pub(crate) async fn request_preauthorization(
    app: &App,
    call: &Call,
    request: RequestPreauthorizationRequest,
) -> Keyed<RequestPreauthorizationResponse> {
    let (facility, person) = (call.caller.facility()?, call.caller.person_or_client()?);
    let visit: VisitId = path_id("visit", &request.visit_id)?;
    let mut v = Violations::default();
    let asked = lines(&mut v, &request.lines);
    let justification = v.required("justification", request.justification.as_str(), Justification::parse);
    let documents = documents::citations::parse(&mut v, &request.document_ids);
    let urgency = view::parse_urgency(request.urgency()).unwrap_or(Urgency::Standard);
    let (asked, justification, documents) = v.all((asked, justification, documents))?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let new = store::facts::lock_new(&mut tx, visit, facility, &asked, now).await?;
    let new = new.ok_or(Error::not_found("visit"))?;
    let care = AdjudicationContext::with(app, &mut tx, new.facts).await?;
    may_ask(&care.facts.visit, now, app.context.settings.grace())?;
    let lines = new_lines(app, all_planned(&care, asked)?);
    let writing = Writing { person, sequence: new.sequence, urgency, justification, documents };
    let written = write(app, &care, &lines, writing, now)?;
    let mut case = PreauthorizationDraft::new(care, lines);
    let mut it = if request.draft { written.keep_draft()? } else { case.settle(written.submit(now)?, now)? };
    case.save(app, &mut tx, &mut it).await?;
    if !request.draft {
        settle::cite(&mut tx, &it, &it.documents).await?;
        events::requested(&mut tx, &it);
        events::concluded(&mut tx, &it);
    }
    events::note(&mut tx, call, "preauthorization.request", &it);
    tx.commit(RequestPreauthorizationResponse {
        lines: view::lines(&it, &case.lines, &case.taken),
        preauthorization: Some(view::preauthorization(&it)),
    })
    .await
}
