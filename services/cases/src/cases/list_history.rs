//! List what happened to a case, the oldest first.

use careway_contract::cases::v1::{ListCaseHistoryRequest, ListCaseHistoryResponse};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Error, Paging, Result};

use super::{
    party::{case_key, is_support, scope},
    store::{find::find_case, history},
    view,
};
use crate::App;

pub(crate) async fn list_case_history(
    app: &App,
    call: &Call,
    request: ListCaseHistoryRequest,
) -> Result<ListCaseHistoryResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let page = (request.page_size, request.page_token.as_str());
    let filter = ListCaseHistoryRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let mut v = Violations::default();
    let bound = call.caller.organization()?.uuid();
    let paging = Paging::parse(&mut v, &app.page_key, "ListCaseHistory", bound, &filter, page);
    let (paging,) = v.all((paging,))?;

    let wanted = (is_support(call), paging.after_number()?, paging.limit());
    let found = {
        let mut reader = app.db.read(call).await?;
        let case = find_case(&mut reader, &app.case_keys, scope, &key).await?;
        let case = case.ok_or(Error::not_found("case"))?;
        history::list_history(&mut reader, &app.case_keys, case.id, wanted).await?
    };
    app.audit.read(call, AuditEntry { action: "case.history", ..Default::default() }).await?;
    let (entries, next_page_token) = paging.cut(found, |entry| entry.number.to_be_bytes());
    Ok(ListCaseHistoryResponse { changes: entries.iter().map(view::change).collect(), next_page_token })
}
