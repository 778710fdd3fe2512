//! The prescriptions of a visit.

use careway_contract::visits::v1::{ListVisitPrescriptionsRequest, ListVisitPrescriptionsResponse};
use careway_kernel::VisitId;
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{get::reader, store, view};
use crate::{
    App,
    visits::{self, access::opened},
};

pub(crate) async fn list_visit_prescriptions(
    app: &App,
    call: &Call,
    request: ListVisitPrescriptionsRequest,
) -> Result<ListVisitPrescriptionsResponse> {
    let party = call.caller.organization()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let (visit, listed) = {
        let mut reader = app.db.read(call).await?;
        let (keys, now) = (&app.context.keys, app.clock.now());
        let visit =
            visits::store::find_visit(&mut reader, id, party).await?.ok_or(Error::not_found("visit"))?;
        opened(app, &visit, party)?;
        (visit, store::list_visit_prescriptions(&mut reader, keys, id, party, now).await?)
    };
    let shown = listed
        .iter()
        .map(|it| {
            let as_whom = reader(app, it, party)?;
            Ok(view::prescription(&it.prescription, &it.dispensings, it.today, as_whom))
        })
        .collect::<Result<_>>()?;
    let member = visit.patient.as_ref().map(|patient| patient.member);
    let entry = AuditEntry { action: "prescriptions.read", member, visit: Some(id), ..Default::default() };
    app.audit.read(call, entry).await?;
    Ok(ListVisitPrescriptionsResponse { prescriptions: shown })
}
