//! List cases, the newest first.

use careway_contract::cases::v1::{ListCasesRequest, ListCasesResponse};
use careway_kernel::{
    AccountId, CaseId, OrganizationId, Violations,
    text::{Line, Text},
};
use careway_service::{AuditEntry, Call, Paging, Result};
use chrono::{DateTime, Utc};
use prost_types::Timestamp;

use super::{
    party::{powers, scope},
    store::{
        filter::{AssigneeFilter, CaseFilter, list_cases as list_page},
        find::Scope,
    },
    view,
};
use crate::App;

pub(crate) async fn list_cases(
    app: &App,
    call: &Call,
    request: ListCasesRequest,
) -> Result<ListCasesResponse> {
    let mut v = Violations::default();
    let scope = parse_scope(&mut v, scope(call)?, &request.organization_id);
    let q = v.optional("q", &*request.q, Text::<500>::parse);
    let identifier = v.optional("identifier", &*request.identifier, Line::<100>::parse);
    let assignee = v.optional("assignee", &*request.assignee, parse_assignee);
    let topic = v.optional("topic", &*request.topic, Line::<60>::parse);
    let due_before = parse_instant(&mut v, "dueBefore", request.due_before);
    let updated_after = parse_instant(&mut v, "updatedAfter", request.updated_after);
    let page = (request.page_size, request.page_token.as_str());
    let filter = ListCasesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let bound = call.caller.organization()?.uuid();
    let paging = Paging::parse(&mut v, &app.page_key, "ListCases", bound, &filter, page);
    let parsed = (scope, q, identifier, assignee, topic, due_before, updated_after, paging);
    let (scope, q, identifier, assignee, topic, due_before, updated_after, paging) = v.all(parsed)?;

    let filter = CaseFilter {
        scope,
        state: view::parse_state(request.state()),
        q: q.map(|q| q.as_str().to_owned()),
        identifier: identifier.map(|line| line.as_str().to_owned()),
        assignee,
        topic: topic.map(|line| line.as_str().to_owned()),
        due_before,
        updated_after,
        before: paging.after_id()?.map(CaseId::from_uuid),
        limit: paging.limit(),
    };
    let found = {
        let mut reader = app.db.read(call).await?;
        list_page(&mut reader, &app.case_keys, &filter).await?
    };
    app.audit.read(call, AuditEntry { action: "case.list", ..Default::default() }).await?;
    let (cases, next_page_token) = paging.cut(found, |case| *case.id.uuid().as_bytes());
    let powers = powers(call);
    Ok(ListCasesResponse {
        cases: cases.iter().map(|case| view::case(case, powers)).collect(),
        next_page_token,
    })
}

/// Support may ask for one organization's; anybody else sees their own whatever they ask.
fn parse_scope(v: &mut Violations, scope: Scope, organization: &str) -> Option<Scope> {
    let asked = v.optional("organizationId", organization, OrganizationId::parse)?;
    match (scope, asked) {
        (Scope::All, Some(organization)) => Some(Scope::Own(organization)),
        (scope, None) => Some(scope),
        (own, Some(organization)) => {
            v.check("organizationId", own == Scope::Own(organization), "is for support alone");
            Some(own)
        }
    }
}

fn parse_assignee(text: &str) -> Result<AssigneeFilter, &'static str> {
    match text {
        "none" => Ok(AssigneeFilter::Nobody),
        text => AccountId::parse(text)
            .map(AssigneeFilter::Account)
            .map_err(|_| "must be the id of an account, or none"),
    }
}

fn parse_instant(v: &mut Violations, field: &str, at: Option<Timestamp>) -> Option<Option<DateTime<Utc>>> {
    let Some(at) = at else { return Some(None) };
    let instant = u32::try_from(at.nanos).ok().and_then(|nanos| DateTime::from_timestamp(at.seconds, nanos));
    v.field(field, instant.map(Some).ok_or("must be an instant"))
}
