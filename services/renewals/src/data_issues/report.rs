//! Report that something is wrong with a participant's data.

use careway_contract::renewals::v1::{ReportDataIssueRequest, ReportDataIssueResponse};
use careway_kernel::{DataIssueId, ParticipantId, Redacted, Violations, text::Text};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::{DataIssue, IssueState},
    events::data_issue_reported,
    store::{self, ShownIssue},
    view,
};
use crate::{App, participants};

pub(crate) async fn report_data_issue(
    app: &App,
    call: &Call,
    request: ReportDataIssueRequest,
) -> Keyed<ReportDataIssueResponse> {
    let agency = call.caller.agency()?;
    let id: ParticipantId = path_id("participant", &request.participant_id)?;
    let mut v = Violations::default();
    let field = v.present("field", view::parse_field(request.field()));
    let note = v.required("note", request.note.as_str(), Text::<1000>::parse);
    let (field, note) = v.all((field, note))?;

    let keys = &app.contact_keys;
    let mut tx = app.db.begin(call).await?;
    let locked = participants::store::lock_participant(&mut tx, keys, agency, id).await?;
    let (participant, _) = locked.ok_or(Error::not_found("participant"))?;
    let issue = DataIssue {
        id: DataIssueId::new(&app.clock),
        participant: id,
        authority: participant.authority,
        agency,
        field,
        note: Redacted::new(note.as_str()),
        state: IssueState::Open,
        answer: None,
        reported_by: call.caller.subject.to_string(),
        reported_at: tx.now(),
        resolved: None,
        version: 1,
    };
    store::insert_issue(&mut tx, keys, &issue).await?;
    data_issue_reported(&mut tx, &issue);
    tx.audit(AuditEntry { action: "data_issue.report", member: participant.member, ..Default::default() });
    let shown = ShownIssue { issue, bhxh_number: participant.bhxh_number, full_name: participant.full_name };
    tx.commit(ReportDataIssueResponse { data_issue: Some(view::data_issue(&shown)) }).await
}
