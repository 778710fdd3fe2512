//! Answer a data issue: the data were corrected, or are as they should be.

use careway_contract::renewals::v1::{ResolveDataIssueRequest, ResolveDataIssueResponse};
use careway_kernel::{DataIssueId, Redacted, Violations, text::Text};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::Resolved,
    store::{self, ShownIssue},
    view,
};
use crate::App;

pub(crate) async fn resolve_data_issue(
    app: &App,
    call: &Call,
    request: ResolveDataIssueRequest,
) -> Keyed<ResolveDataIssueResponse> {
    let authority = call.caller.authority()?;
    let id: DataIssueId = path_id("data issue", &request.data_issue_id)?;
    let mut v = Violations::default();
    let outcome = v.present("outcome", view::parse_outcome(request.outcome()));
    let answer = v.field("answer", Text::<1000>::parse(&request.answer));
    let (outcome, answer) = v.all((outcome, answer))?;

    let keys = &app.contact_keys;
    let mut tx = app.db.begin(call).await?;
    let locked = store::lock_issue(&mut tx, keys, authority, id).await?;
    let shown = locked.ok_or(Error::not_found("data issue"))?;
    let answer = (!answer.is_empty()).then(|| Redacted::new(answer.as_str()));
    let by = Resolved { by: call.caller.subject.to_string(), at: tx.now() };
    let issue = shown.issue.resolve(outcome, answer, by)?;
    store::update_issue(&mut tx, keys, &issue).await?;
    tx.audit(AuditEntry { action: "data_issue.resolve", ..Default::default() });
    let shown = ShownIssue { issue, ..shown };
    tx.commit(ResolveDataIssueResponse { data_issue: Some(view::data_issue(&shown)) }).await
}
