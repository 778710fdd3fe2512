//! How can we help? List the forms, or those that somebody's words speak of.

use careway_contract::cases::v1::{ListCaseFormsRequest, ListCaseFormsResponse};
use careway_kernel::{Violations, text::Line};
use careway_service::{Call, Result};

use super::{domain::search, store, view};
use crate::App;

pub(crate) async fn list_case_forms(
    app: &App,
    call: &Call,
    request: ListCaseFormsRequest,
) -> Result<ListCaseFormsResponse> {
    let mut v = Violations::default();
    let language = call.language(&mut v, &request.language);
    let words = v.optional("q", request.q.as_str(), Line::<200>::parse);
    let (language, words) = v.all((language, words))?;
    let mut reader = app.db.read(call).await?;
    let forms = store::list_newest(&mut reader).await?;
    let shown = search::find(forms, words.as_ref().map_or("", Line::as_str));
    Ok(ListCaseFormsResponse {
        case_forms: shown.iter().map(|form| view::case_form(form, language)).collect(),
    })
}
