//! Respond: the facility answers the payer's question, and the payer's clock goes on.

use careway_contract::visits::v1::{RespondToPreauthorizationRequest, RespondToPreauthorizationResponse};
use careway_kernel::Violations;
use careway_service::{Call, Error, Keyed};

use super::{
    domain::{State, transitions::PreauthorizationRefusal},
    events,
    request_parts::id,
    settle,
    store::{self, question::Answer},
    view,
};
use crate::{App, documents, seal::Column, texts::Justification};

pub(crate) async fn respond_to_preauthorization(
    app: &App,
    call: &Call,
    request: RespondToPreauthorizationRequest,
) -> Keyed<RespondToPreauthorizationResponse> {
    let (facility, person) = (call.caller.facility()?, call.caller.person_or_client()?);
    let id = id(&request.preauthorization_id)?;
    let mut v = Violations::default();
    let answer = v.required("answer", request.answer.as_str(), Justification::parse);
    let documents = documents::citations::parse(&mut v, &request.document_ids);
    let (answer, documents) = v.all((answer, documents))?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let locked = store::lock_preauthorization(&mut tx, id, facility).await?;
    let locked = locked.ok_or(Error::not_found("pre-authorization"))?;
    call.check_version(locked.preauthorization.version)?;
    if locked.disputed {
        return Err(PreauthorizationRefusal::VisitDisputed.into());
    }
    let late = locked.preauthorization.state == State::Pended;
    let it = locked.preauthorization.answer(now)?;
    let answer = Answer {
        sealed: app.context.keys.seal(Column::Answer, id, answer.as_str().as_bytes())?,
        documents,
        by: person,
        at: now,
    };
    store::question::update_answered(&mut tx, &it, &answer).await?;
    settle::cite(&mut tx, &it, &answer.documents).await?;
    events::answered(&mut tx, &it, late);
    events::note(&mut tx, call, "preauthorization.respond", &it);
    let preauthorization = Some(view::preauthorization(&it));
    tx.commit(RespondToPreauthorizationResponse { preauthorization }).await
}
