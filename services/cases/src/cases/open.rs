//! Open a case, with its first message.

use careway_contract::cases::v1::{OpenCaseRequest, OpenCaseResponse};
use careway_kernel::{AccountId, CaseId, CaseMessageId, DocumentId, OrganizationId, Redacted, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, Result};

use super::{
    domain::{
        Case, Organization, Severity,
        opening::{Drawn, Opening},
        refusal::CaseRefusal,
        step::NewMessage,
    },
    keep::{attach, keep_new},
    party::{actor, is_support, powers},
    staff,
    store::{self, draw::Draw},
    view, words,
};
use crate::{App, attachments};

pub(crate) async fn open_case(app: &App, call: &Call, request: OpenCaseRequest) -> Keyed<OpenCaseResponse> {
    let (organization, opening, description, files) = parse(call, &request)?;
    if is_support(call) {
        let requester = require_member(app, opening.requester, organization).await;
        app.db.unless_replayed(call, requester).await?;
    }

    let mut tx = app.db.begin(call).await?;
    let Draw { sequence, organization: known, form } =
        store::draw::draw_number(&mut tx, organization, &opening.topic).await?;
    let form = form.ok_or_else(|| Error::violation("topic", "must be a topic of the forms"))?;
    form.check(opening.form_version, opening.answers.given.as_ref(), &opening.answers.unknown)?;
    let organization = match known {
        Some(known) => known,
        // Its own token names it; that it is told of comes later.
        None if !is_support(call) => Organization::unknown(organization),
        None => return Err(Error::not_found("organization").into()),
    };
    let drawn = Drawn { id: CaseId::new(&app.clock), sequence };
    let message = NewMessage::public(CaseMessageId::new(&app.clock), description);
    let step = Case::open(opening, organization, drawn, message, (&actor(call), tx.now()));
    let mut step = step.acting_for(call.caller.organization()?);
    keep_new(app, &mut tx, &mut step).await?;
    attach(app, &mut tx, call, &step, &files).await?;
    tx.audit(AuditEntry { action: "case.open", ..Default::default() });
    tx.commit(OpenCaseResponse { case: Some(view::case(&step.case, powers(call))) }).await
}

fn parse(
    call: &Call,
    request: &OpenCaseRequest,
) -> Result<(OrganizationId, Opening, Redacted, Vec<DocumentId>)> {
    let mut v = Violations::default();
    let kind = v.present("kind", view::parse_kind(request.kind()));
    let topic = words::topic(&mut v, &request.topic);
    v.check("formVersion", request.form_version >= 1, "must be the version of the form");
    let subject = words::subject(&mut v, &request.subject);
    let description = words::body(&mut v, "description", &request.description);
    let answers = words::answers(&mut v, request.answers.as_ref(), &request.unknown);
    let identifiers = words::identifiers(&mut v, &request.identifiers);
    let external_id = words::external_id(&mut v, &request.external_id);
    let files = attachments::parse_ids(&mut v, &request.attachment_ids);
    let (organization, requester) = parse_parties(&mut v, call, request);
    let parsed = (
        kind,
        topic,
        subject,
        description,
        answers,
        identifiers,
        external_id,
        organization,
        requester,
        files,
    );
    let (
        kind,
        topic,
        subject,
        description,
        answers,
        identifiers,
        external_id,
        organization,
        requester,
        files,
    ) = v.all(parsed)?;
    let opening = Opening {
        kind,
        topic,
        form_version: request.form_version,
        subject,
        answers,
        identifiers,
        external_id,
        severity: view::parse_severity(request.severity()).unwrap_or(Severity::Normal),
        requester,
        participants: Vec::new(),
    };
    Ok((organization, opening, description, files))
}

/// For whom: support says it, for others it is themselves.
fn parse_parties(
    v: &mut Violations,
    call: &Call,
    request: &OpenCaseRequest,
) -> (Option<OrganizationId>, Option<Option<AccountId>>) {
    if is_support(call) {
        let organization = v.required("organizationId", &*request.organization_id, OrganizationId::parse);
        return (organization, v.optional("requesterId", &*request.requester_id, AccountId::parse));
    }
    for (field, given) in
        [("organizationId", &request.organization_id), ("requesterId", &request.requester_id)]
    {
        v.check(field, given.is_empty(), "is for support alone");
    }
    (call.caller.organization().ok(), Some(actor(call).account))
}

async fn require_member(app: &App, requester: Option<AccountId>, organization: OrganizationId) -> Result<()> {
    let Some(requester) = requester else { return Ok(()) };
    match staff::holds(app, requester, organization, "cases.read").await? {
        true => Ok(()),
        false => Err(CaseRefusal::ParticipantNotMember.into()),
    }
}
