//! The member behind an identifier, for Careway's own services.

use careway_contract::identity::v1::{ResolveMemberRequest, ResolveMemberResponse};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Result};

use super::request::{find, read_identifier};
use crate::{
    App,
    members::{self, view::summary},
};

pub(crate) async fn resolve_member(
    app: &App,
    call: &Call,
    request: ResolveMemberRequest,
) -> Result<ResolveMemberResponse> {
    let mut violations = Violations::default();
    let asked = read_identifier(&mut violations, request.member.as_ref());
    let (asked,) = violations.all((asked,))?;
    let Some(person) = find(app, call, &asked).await? else {
        return Ok(ResolveMemberResponse { member: None });
    };
    let found = members::store::summary::list_by_ids(&app.db, call, &[person.id.uuid()]).await?.pop();
    app.audit
        .read(call, AuditEntry { action: "member.resolve", member: Some(person.id), ..AuditEntry::default() })
        .await?;
    Ok(ResolveMemberResponse { member: found.as_ref().map(summary) })
}
