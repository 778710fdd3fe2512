//! List the confirmed interest forms, the newest first.

use careway_contract::cases::v1::{ListInterestFormsRequest, ListInterestFormsResponse};
use careway_kernel::Violations;
use careway_service::{Call, Paging, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_interest_forms(
    app: &App,
    call: &Call,
    request: ListInterestFormsRequest,
) -> Result<ListInterestFormsResponse> {
    let caller = call.caller.organization()?;
    let mut v = Violations::default();
    let filter = ListInterestFormsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListInterestForms", caller.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;

    let state = view::parse_state(request.state());
    let mut reader = app.db.read(call).await?;
    let before = paging.after_id()?;
    let found = store::list_forms(&mut reader, &app.interest_keys, state, before, paging.limit()).await?;
    let (forms, next_page_token) = paging.cut(found, |form| *form.id.uuid().as_bytes());
    Ok(ListInterestFormsResponse {
        interest_forms: forms.iter().map(view::interest_form).collect(),
        next_page_token,
    })
}
