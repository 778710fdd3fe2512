//! Read a data issue.

use careway_contract::renewals::v1::{GetDataIssueRequest, GetDataIssueResponse};
use careway_kernel::DataIssueId;
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_data_issue(
    app: &App,
    call: &Call,
    request: GetDataIssueRequest,
) -> Result<GetDataIssueResponse> {
    let party = call.caller.organization()?;
    let id: DataIssueId = path_id("data issue", &request.data_issue_id)?;
    let shown = {
        let mut reader = app.db.read(call).await?;
        store::find_issue(&mut reader, &app.contact_keys, party, id).await?
    };
    let shown = shown.ok_or(Error::not_found("data issue"))?;
    app.audit.read(call, AuditEntry { action: "data_issue.read", ..Default::default() }).await?;
    Ok(GetDataIssueResponse { data_issue: Some(view::data_issue(&shown)) })
}
