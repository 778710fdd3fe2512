//! Read a visit; with the member's data only while it allows that, and never unaudited.

use careway_contract::visits::v1::{GetVisitRequest, GetVisitResponse};
use careway_kernel::VisitId;
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{access::opened, store, view};
use crate::App;

pub(crate) async fn get_visit(app: &App, call: &Call, request: GetVisitRequest) -> Result<GetVisitResponse> {
    let organization = call.caller.organization()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let visit = {
        let mut reader = app.db.read(call).await?;
        store::find_visit(&mut reader, id, organization).await?.ok_or(Error::not_found("visit"))?
    };
    let mut answer = GetVisitResponse { visit: Some(view::visit(&visit)), ..Default::default() };
    if let Ok(patient) = opened(app, &visit, organization) {
        let member = Some(patient.member);
        let entry = AuditEntry { action: "visit.read", member, visit: Some(id), ..Default::default() };
        app.audit.read(call, entry).await?;
        let shown = view::shown(&app.context.keys, &visit, patient)?;
        answer.member = Some(shown.member);
        answer.coverage = Some(shown.coverage);
        answer.service_types = shown.service_types;
    }
    Ok(answer)
}
