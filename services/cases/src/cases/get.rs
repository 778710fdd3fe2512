//! Read a case.

use careway_contract::cases::v1::{GetCaseRequest, GetCaseResponse};
use careway_service::{AuditEntry, Call, Error, Result};

use super::{
    party::{case_key, powers, scope},
    store::find::find_case,
    view,
};
use crate::App;

pub(crate) async fn get_case(app: &App, call: &Call, request: GetCaseRequest) -> Result<GetCaseResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let case = {
        let mut reader = app.db.read(call).await?;
        find_case(&mut reader, &app.case_keys, scope, &key).await?
    };
    let case = case.ok_or(Error::not_found("case"))?;
    app.audit.read(call, AuditEntry { action: "case.read", ..Default::default() }).await?;
    Ok(GetCaseResponse { case: Some(view::case(&case, powers(call))) })
}
