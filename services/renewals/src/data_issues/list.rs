//! List data issues, the newest first.

use careway_contract::renewals::v1::{ListDataIssuesRequest, ListDataIssuesResponse};
use careway_kernel::{DataIssueId, OrganizationId, ParticipantId, Violations};
use careway_service::{AuditEntry, Call, Paging, Result};

use super::{
    store::{self, IssueFilter},
    view,
};
use crate::App;

pub(crate) async fn list_data_issues(
    app: &App,
    call: &Call,
    request: ListDataIssuesRequest,
) -> Result<ListDataIssuesResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let participant = v.optional("participantId", request.participant_id.as_str(), ParticipantId::parse);
    let agency = v.optional("agencyId", request.agency_id.as_str(), OrganizationId::parse);
    let filter = ListDataIssuesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListDataIssues", party.uuid(), &filter, wanted);
    let (participant, agency, paging) = v.all((participant, agency, paging))?;

    let state = view::parse_state(request.state());
    let before = paging.after_id()?.map(DataIssueId::from_uuid);
    let filter = IssueFilter { party, state, participant, agency, before, limit: paging.limit() };
    let found = {
        let mut reader = app.db.read(call).await?;
        store::list_issues(&mut reader, &app.contact_keys, &filter).await?
    };
    app.audit.read(call, AuditEntry { action: "data_issue.list", ..Default::default() }).await?;
    let (issues, next_page_token) = paging.cut(found, |it| *it.issue.id.uuid().as_bytes());
    Ok(ListDataIssuesResponse { data_issues: issues.iter().map(view::data_issue).collect(), next_page_token })
}
