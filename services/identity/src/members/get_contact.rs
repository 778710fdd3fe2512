//! How a member is reached, for Careway's own services.

use careway_contract::identity::v1::{GetMemberContactRequest, GetMemberContactResponse, MemberContact};
use careway_kernel::{Email, MemberId, PhoneNumber};
use careway_service::{AuditEntry, Call, Result, path_id};

use super::store;
use crate::App;

pub(crate) async fn get_member_contact(
    app: &App,
    call: &Call,
    request: GetMemberContactRequest,
) -> Result<GetMemberContactResponse> {
    let id = path_id::<MemberId>("member", &request.member_id)?;
    let data_keys = &app.data_keys;
    let mut reader = app.db.read(call).await?;
    let Some(member) = store::find_member_anywhere(&mut reader, data_keys, id).await? else {
        return Ok(GetMemberContactResponse { contact: None });
    };
    let principal = match member.facts.principal {
        Some(principal) => store::find_member_anywhere(&mut reader, data_keys, principal).await?,
        None => None,
    };
    drop(reader);
    app.audit
        .read(call, AuditEntry { action: "member.contact", member: Some(id), ..AuditEntry::default() })
        .await?;
    let principal = principal.as_ref().map(|principal| &principal.facts);
    let sms = member.facts.sms_number().or_else(|| principal?.sms_number());
    let email = member.facts.email.as_ref().or_else(|| principal?.email.as_ref());
    Ok(GetMemberContactResponse {
        contact: Some(MemberContact {
            member_id: id.to_string(),
            payer_id: member.payer.to_string(),
            given_names: member.facts.name.given_names().to_owned(),
            family_name: member.facts.name.family_name().to_owned(),
            language: member.facts.language.as_str().to_owned(),
            sms_number: sms.map(PhoneNumber::as_e164).unwrap_or_default().to_owned(),
            email: email.map(Email::as_str).unwrap_or_default().to_owned(),
        }),
    })
}
