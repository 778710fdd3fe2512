//! Read one form: its newest version or the one that a case was opened with.

use careway_contract::cases::v1::{GetCaseFormRequest, GetCaseFormResponse};
use careway_kernel::Violations;
use careway_service::{Call, Error, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn get_case_form(
    app: &App,
    call: &Call,
    request: GetCaseFormRequest,
) -> Result<GetCaseFormResponse> {
    let mut v = Violations::default();
    let language = call.language(&mut v, &request.language);
    v.check("formVersion", request.form_version >= 0, "must be a version");
    let (language,) = v.all((language,))?;
    let mut reader = app.db.read(call).await?;
    let form = match request.form_version {
        0 => store::find_newest(&mut reader, &request.topic).await?,
        version => store::find_version(&mut reader, &request.topic, version).await?,
    };
    let form = form.ok_or_else(|| Error::not_found("form"))?;
    let mut shown = view::case_form(&form, language);
    if call.caller.may("cases.manage") {
        shown.definition = Some(view::definition(&form.definition));
    }
    Ok(GetCaseFormResponse { case_form: Some(shown) })
}
