//! Submit a draft: from here on it is a request like any other.

use careway_contract::visits::v1::{SubmitPreauthorizationRequest, SubmitPreauthorizationResponse};
use careway_service::{Call, Keyed};

use super::{
    domain::transitions::may_ask,
    events,
    request_parts::id,
    settle::{self, PreauthorizationDraft},
    store::facts::Amending,
    view,
};
use crate::App;

pub(crate) async fn submit_preauthorization(
    app: &App,
    call: &Call,
    request: SubmitPreauthorizationRequest,
) -> Keyed<SubmitPreauthorizationResponse> {
    let (facility, id) = (call.caller.facility()?, id(&request.preauthorization_id)?);
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let (mut case, draft) =
        PreauthorizationDraft::lock(app, &mut tx, id, facility, Amending::default()).await?;
    call.check_version(draft.version)?;
    let submitted = draft.submit(now)?;
    may_ask(&case.care.facts.visit, now, app.context.settings.grace())?;
    let mut it = case.settle(submitted, now)?;
    case.save(app, &mut tx, &mut it).await?;
    settle::cite(&mut tx, &it, &it.documents).await?;
    events::requested(&mut tx, &it);
    events::concluded(&mut tx, &it);
    events::note(&mut tx, call, "preauthorization.submit", &it);
    tx.commit(SubmitPreauthorizationResponse {
        lines: view::lines(&it, &case.lines, &case.taken),
        preauthorization: Some(view::preauthorization(&it)),
    })
    .await
}
