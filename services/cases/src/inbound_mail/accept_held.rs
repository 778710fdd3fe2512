//! Accept a held mail: into a case, or as a new one of a person of an organization. Its words are the person's from then on.

use careway_contract::cases::v1::{AcceptHeldMailRequest, AcceptHeldMailResponse};
use careway_kernel::{AccountId, OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, Result, Transaction};
use uuid::Uuid;

use super::{
    domain::held::may_accept,
    keep::{open, take_files},
    message::{actor, message_of, opening_of},
    original, receive,
    store::{
        held::{HeldRow, lock_held, update_decided},
        original::find_original,
    },
    summary::Summary,
};
use crate::{
    App,
    attachments::{
        Binding,
        mail::{Taken, insert_taken},
    },
    cases::{
        domain::{Case, Side, refusal::CaseRefusal},
        keep::keep,
        party::{case_key, powers},
        staff,
        store::find::{CaseKey, Scope, find_case, lock_case},
    },
};

/// Where a mail belongs.
enum Place {
    Case(CaseKey),
    Organization(OrganizationId),
}

pub(crate) async fn accept_held_mail(
    app: &App,
    call: &Call,
    request: AcceptHeldMailRequest,
) -> Keyed<AcceptHeldMailResponse> {
    let id = mail_id(&request.inbound_mail_id)?;
    let (place, by) = parse(&request)?;
    let organization = organization(app, call, &place).await;
    let organization = app.db.unless_replayed(call, organization).await?;
    let member = require_member(app, by, organization).await;
    app.db.unless_replayed(call, member).await?;
    let files = files(app, call, id).await;
    let files = app.db.unless_replayed(call, files).await?;

    let mut tx = app.db.begin(call).await?;
    let held = lock_held(&mut tx, id).await?.ok_or(Error::not_found("mail"))?;
    may_accept(held.decision.is_some(), held.authenticated, powers(call).manage)?;
    let bound = take(app, &mut tx, &held, (place, organization), by).await?;
    let case = bound.case;
    if !files.is_empty() {
        insert_taken(app, &mut tx, files, bound).await?;
    }
    let (decided_by, now) = (call.caller.subject.to_string(), tx.now());
    update_decided(&mut tx, id, ("ACCEPTED", &decided_by, now), Some(case.uuid())).await?;
    tx.audit(AuditEntry { action: "held-mail.accept", ..Default::default() });
    tx.commit(AcceptHeldMailResponse { case_id: case.to_string() }).await
}

/// Reads the mail that a path names.
pub(super) fn mail_id(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text).map_err(|_| Error::not_found("mail"))
}

fn parse(request: &AcceptHeldMailRequest) -> Result<(Place, AccountId)> {
    let mut v = Violations::default();
    let by = v.required("accountId", request.account_id.as_str(), AccountId::parse);
    let organization = v.optional("organizationId", request.organization_id.as_str(), OrganizationId::parse);
    let is_one = request.case_id.is_empty() != request.organization_id.is_empty();
    v.check("caseId", is_one, "must be given, or organizationId, and not both");
    let (by, organization) = v.all((by, organization))?;
    match organization {
        Some(organization) => Ok((Place::Organization(organization), by)),
        None => Ok((Place::Case(case_key(&request.case_id)?), by)),
    }
}

async fn organization(app: &App, call: &Call, place: &Place) -> Result<OrganizationId> {
    match place {
        Place::Organization(organization) => Ok(*organization),
        Place::Case(key) => {
            let mut reader = app.db.read(call).await?;
            let case = find_case(&mut reader, &app.case_keys, Scope::All, key).await?;
            Ok(case.ok_or(Error::not_found("case"))?.organization.id)
        }
    }
}

async fn require_member(app: &App, by: AccountId, organization: OrganizationId) -> Result<()> {
    match staff::holds(app, by, organization, "cases.write").await? {
        true => Ok(()),
        false => Err(CaseRefusal::ParticipantNotMember.into()),
    }
}

/// The files of the mail, taken in before the transaction that keeps them.
async fn files(app: &App, call: &Call, mail: Uuid) -> Result<Vec<Taken>> {
    let original = {
        let mut reader = app.db.read(call).await?;
        find_original(&mut reader, mail).await?
    };
    let Some(original) = original else { return Ok(Vec::new()) };
    let raw = original::read(app, mail, original).await?;
    take_files(app, &receive::read(app, "", &raw).await?).await
}

async fn take(
    app: &App,
    tx: &mut Transaction,
    held: &HeldRow,
    (place, organization): (Place, OrganizationId),
    by: AccountId,
) -> Result<Binding> {
    let mail = held.inbound_mail_id;
    let summary = Summary::of_row(app, held)?;
    let message = message_of(app, &summary.text, summary.unreadable, mail, false);
    let by_author = actor(Side::Partner, by);
    match place {
        Place::Organization(_) => {
            let opening = opening_of(&summary.subject, by, Vec::new(), Vec::new());
            open(app, tx, organization, opening, message, &by_author).await
        }
        Place::Case(key) => {
            let id = message.id;
            let case: Option<Case> = lock_case(tx, &app.case_keys, Scope::All, &key).await?;
            let mut step = case.ok_or(Error::not_found("case"))?.say(message, &by_author, tx.now())?;
            keep(app, tx, &mut step).await?;
            Ok(Binding { case: step.case.id, organization, message: id, internal: false })
        }
    }
}
