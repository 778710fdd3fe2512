//! Request information: the payer asks the facility before it decides, and its clock stands still for the answer.

use careway_contract::visits::v1::{
    RequestPreauthorizationInformationRequest, RequestPreauthorizationInformationResponse,
};
use careway_kernel::Violations;
use careway_service::{Call, Error, Keyed};

use super::{
    events,
    request_parts::id,
    store::{self, question::Question},
    view,
};
use crate::{
    App,
    seal::Column,
    texts::{Justification, Short},
};

/// What one question asks for, at most.
const MOST_DOCUMENTS: usize = 20;

pub(crate) async fn request_preauthorization_information(
    app: &App,
    call: &Call,
    request: RequestPreauthorizationInformationRequest,
) -> Keyed<RequestPreauthorizationInformationResponse> {
    let (payer, person) = (call.caller.payer()?, call.caller.person_or_client()?);
    let id = id(&request.preauthorization_id)?;
    let mut v = Violations::default();
    let question = v.required("question", request.question.as_str(), Justification::parse);
    let few = request.documents.len() <= MOST_DOCUMENTS;
    v.check("documents", few, format!("must be at most {MOST_DOCUMENTS}"));
    let documents = request.documents.iter().take(MOST_DOCUMENTS);
    let documents = v.each("documents", documents, |v, it| v.required("", it.as_str(), Short::parse));
    let (question, documents) = v.all((question, documents))?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let locked = store::lock_preauthorization(&mut tx, id, payer).await?;
    let locked = locked.ok_or(Error::not_found("pre-authorization"))?;
    call.check_version(locked.preauthorization.version)?;
    let it = locked.preauthorization.ask(now, locked.answer_within)?;
    let due_at = it.deadline.map_or(now, |deadline| deadline.due_at);
    let kept = Question {
        number: it.questions.into(),
        sealed_question: app.context.keys.seal(Column::Question, id, question.as_str().as_bytes())?,
        documents: documents.into_iter().map(String::from).collect(),
        asked_by: person,
        asked_at: now,
        due_at,
        sealed_answer: None,
        document_ids: Vec::new(),
        answered_by: None,
        answered_at: None,
    };
    store::question::insert_question(&mut tx, &it, &kept).await?;
    events::asked(&mut tx, &it);
    events::note(&mut tx, call, "preauthorization.request_information", &it);
    let preauthorization = Some(view::preauthorization(&it));
    tx.commit(RequestPreauthorizationInformationResponse { preauthorization }).await
}
