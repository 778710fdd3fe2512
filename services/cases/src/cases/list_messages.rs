//! List what was said in a case, the oldest first.

use careway_contract::cases::v1::{ListCaseMessagesRequest, ListCaseMessagesResponse};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Error, Paging, Result};

use super::{
    party::{case_key, is_support, scope},
    store::{find::find_case, message},
    view,
};
use crate::{App, attachments};

pub(crate) async fn list_case_messages(
    app: &App,
    call: &Call,
    request: ListCaseMessagesRequest,
) -> Result<ListCaseMessagesResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let page = (request.page_size, request.page_token.as_str());
    let filter = ListCaseMessagesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let mut v = Violations::default();
    let bound = call.caller.organization()?.uuid();
    let paging = Paging::parse(&mut v, &app.page_key, "ListCaseMessages", bound, &filter, page);
    let (paging,) = v.all((paging,))?;

    let wanted = (is_support(call), paging.after_number()?, paging.limit());
    let (found, files) = {
        let mut reader = app.db.read(call).await?;
        let case = find_case(&mut reader, &app.case_keys, scope, &key).await?;
        let case = case.ok_or(Error::not_found("case"))?;
        let messages = message::list_messages(&mut reader, &app.case_keys, case.id, wanted).await?;
        let ids: Vec<_> = messages.iter().map(|message| message.id).collect();
        let files = attachments::store::list_of_messages(&mut reader, &app.attachments.sealer, &ids).await?;
        (messages, files)
    };
    app.audit.read(call, AuditEntry { action: "case.messages", ..Default::default() }).await?;
    let (messages, next_page_token) = paging.cut(found, |message| message.position.to_be_bytes());
    Ok(ListCaseMessagesResponse {
        messages: messages
            .iter()
            .map(|message| view::with_files(view::message(message, is_support(call)), &files))
            .collect(),
        next_page_token,
    })
}
