//! List the mails that wait for a person, the newest first.

use careway_contract::cases::v1::{ListHeldMailRequest, ListHeldMailResponse};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Paging, Result};

use super::{store::held, summary::Summary, view};
use crate::App;

pub(crate) async fn list_held_mail(
    app: &App,
    call: &Call,
    request: ListHeldMailRequest,
) -> Result<ListHeldMailResponse> {
    let mut v = Violations::default();
    let page = (request.page_size, request.page_token.as_str());
    let bound = call.caller.organization()?.uuid();
    let filter = ListHeldMailRequest::default();
    let paging = Paging::parse(&mut v, &app.page_key, "ListHeldMail", bound, &filter, page);
    let (paging,) = v.all((paging,))?;
    let rows = {
        let mut reader = app.db.read(call).await?;
        held::list_held(&mut reader, paging.after_id()?, paging.limit()).await?
    };
    app.audit.read(call, AuditEntry { action: "held-mail.list", ..Default::default() }).await?;
    let (rows, next_page_token) = paging.cut(rows, |row| *row.inbound_mail_id.as_bytes());
    let shown = rows.iter().map(|row| Ok(view::held_mail(row, Summary::of_row(app, row)?)));
    Ok(ListHeldMailResponse { held_mail: shown.collect::<Result<_>>()?, next_page_token })
}
