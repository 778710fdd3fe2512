//! Respond: the facility answers the payer's question, and the payer's clock goes on.

use careway_contract::visits::v1::{RespondToPreauthorizationRequest, RespondToPreauthorizationResponse};
use careway_kernel::Violations;
use careway_service::{Call, Error, Result};

use super::{
    cited_documents, preauthorization_telling as telling,
    preauthorization_wish::{id, text},
    visit_callers::{facility, subject},
};
use crate::{
    App,
    api::preauthorization_view as view,
    domain::{preauthorization::State, preauthorization_transitions::PreauthorizationRefusal},
    seal::Column,
    store::{self, preauthorization_question::Answer},
};

pub(crate) async fn respond_to_preauthorization(
    app: &App,
    call: &Call,
    request: RespondToPreauthorizationRequest,
) -> Result<RespondToPreauthorizationResponse> {
    let (facility, person) = (facility(call)?, subject(call)?);
    let id = id(&request.preauthorization_id)?;
    let mut v = Violations::default();
    let answer = v.required("answer", request.answer.as_str(), text);
    let documents = cited_documents::parse(&mut v, &request.document_ids);
    let (answer, documents) = v.all((answer, documents))?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let locked = store::preauthorization::lock_preauthorization(&mut tx, id, facility).await?;
    let locked = locked.ok_or(Error::not_found("pre-authorization"))?;
    call.check_version(locked.preauthorization.version)?;
    if locked.disputed {
        return Err(PreauthorizationRefusal::VisitDisputed.into());
    }
    let late = locked.preauthorization.state == State::Pended;
    let it = locked.preauthorization.answer(now)?;
    let answer = Answer {
        sealed: app.desk.keys.seal(Column::Answer, id, answer.as_bytes())?,
        documents,
        by: person,
        at: now,
    };
    let head = store::preauthorization::updating(&it);
    store::preauthorization_question::keep_answer(&mut tx, head, &it, &answer).await?;
    cited_documents::cite_by_preauthorization(&mut tx, &it, &answer.documents).await?;
    telling::answered(&mut tx, &it, late);
    telling::note(&mut tx, call, "preauthorization.respond", &it);
    let preauthorization = Some(view::preauthorization(&it));
    tx.commit(RespondToPreauthorizationResponse { preauthorization }).await
}
