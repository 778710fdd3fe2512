//! Take an opt-out back, or have done with an answer that meant nothing of the kind.

use careway_contract::renewals::v1::{DeleteOptOutRequest, DeleteOptOutResponse};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::store;
use crate::App;

pub(crate) async fn delete_opt_out(
    app: &App,
    call: &Call,
    request: DeleteOptOutRequest,
) -> Keyed<DeleteOptOutResponse> {
    let organization = call.caller.organization()?;
    let id = path_id("opt-out", &request.opt_out_id)?;
    let mut tx = app.db.begin(call).await?;
    if !store::delete_opt_out(&mut tx, organization, id).await? {
        return Err(Error::not_found("opt-out").into());
    }
    tx.audit(AuditEntry { action: "opt_out.delete", ..AuditEntry::default() });
    tx.commit(DeleteOptOutResponse {}).await
}
