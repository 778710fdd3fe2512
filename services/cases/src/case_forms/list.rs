//! List the case forms: every topic with its questions, in the language asked for or else in English.

use careway_contract::cases::v1::{ListCaseFormsRequest, ListCaseFormsResponse};
use careway_kernel::{Language, Violations};
use careway_service::{Call, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_case_forms(
    app: &App,
    call: &Call,
    request: ListCaseFormsRequest,
) -> Result<ListCaseFormsResponse> {
    let language = parse(&request)?;
    let mut conn = app.db.read(call).await?;
    let forms = store::list_case_forms(&mut conn, language).await?;
    Ok(ListCaseFormsResponse { case_forms: forms.into_iter().map(view::case_form).collect() })
}

fn parse(request: &ListCaseFormsRequest) -> Result<Language> {
    let mut violations = Violations::default();
    let language = match request.language.as_str() {
        "" => Some(Language::En),
        text => violations.field("language", Language::parse(text)),
    };
    violations.finish()?;
    Ok(language.unwrap_or(Language::En))
}
