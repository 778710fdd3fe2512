//! Read a pre-authorization with its lines, texts and questions; never unaudited.

use careway_contract::visits::v1::{GetPreauthorizationRequest, GetPreauthorizationResponse};
use careway_service::{AuditEntry, Call, Error, Result};

use super::{request_parts::id, store, view};
use crate::{App, service_lines};

pub(crate) async fn get_preauthorization(
    app: &App,
    call: &Call,
    request: GetPreauthorizationRequest,
) -> Result<GetPreauthorizationResponse> {
    let (party, id) = (call.caller.organization()?, id(&request.preauthorization_id)?);
    let keys = &app.context.keys;
    let (it, lines, taken, questions) = {
        let mut reader = app.db.read(call).await?;
        let it = store::find_preauthorization(&mut reader, id, party).await?;
        let it = it.ok_or(Error::not_found("pre-authorization"))?;
        let owners = [id.uuid()];
        let mut lines = service_lines::store::list_lines(&mut reader, keys, Some(party), &owners).await?;
        let taken = store::list_taken(&mut reader, id).await?;
        let questions = store::question::list_questions(&mut reader, id).await?;
        (it, lines.remove(&id.uuid()).unwrap_or_default(), taken, questions)
    };
    let entry = AuditEntry {
        action: "preauthorization.read",
        member: Some(it.member),
        visit: Some(it.visit),
        ..Default::default()
    };
    app.audit.read(call, entry).await?;
    Ok(GetPreauthorizationResponse {
        lines: view::lines(&it, &lines, &taken),
        justification: view::justification(keys, &it)?,
        document_ids: it.documents.iter().map(ToString::to_string).collect(),
        questions: questions
            .iter()
            .map(|question| view::question(keys, it.id, question))
            .collect::<Result<_>>()?,
        preauthorization: Some(view::preauthorization(&it)),
    })
}
