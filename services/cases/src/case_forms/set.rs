//! Set a topic's form: a new version, whole. The schema is itself checked, so that no form can be set that cannot be
//! answered, or whose check costs more than an answer may.

use careway_contract::cases::v1::{SetCaseFormRequest, SetCaseFormResponse};
use careway_kernel::{Language, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{
    domain::{CaseForm, parse_topic},
    store, view,
};
use crate::App;

pub(crate) async fn set_case_form(
    app: &App,
    call: &Call,
    request: SetCaseFormRequest,
) -> Keyed<SetCaseFormResponse> {
    let mut v = Violations::default();
    let topic = v.field("topic", parse_topic(&request.topic));
    let definition = view::parse_definition(&mut v, request.definition.unwrap_or_default());
    let (topic, definition) = v.all((topic, definition))?;
    let before = call.expected_version()?;
    let version = i32::try_from(before + 1).map_err(|_| Error::stale())?;

    let mut tx = app.db.begin(call).await?;
    let form = CaseForm { topic, version, definition, created_at: tx.now() };
    if !store::insert_version(&mut tx, &form, &call.caller.subject.to_string()).await? {
        return Err(Error::stale().into());
    }
    tx.audit(AuditEntry { action: "case_form.set", ..Default::default() });
    let mut shown = view::case_form(&form, Language::En);
    shown.definition = Some(view::definition(&form.definition));
    tx.commit(SetCaseFormResponse { case_form: Some(shown) }).await
}
