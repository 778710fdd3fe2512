//! Whom to write to in an organization about something, for Careway's own services.

use careway_contract::identity::v1::{ListStaffContactsRequest, ListStaffContactsResponse};
use careway_kernel::{AccountId, OrganizationId};
use careway_service::{Call, Result, path_id};

use super::{domain::roles::Table, store};
use crate::App;

/// Addressees of one message, at most.
const MOST: i64 = 50;

pub(crate) async fn list_staff_contacts(
    app: &App,
    call: &Call,
    request: ListStaffContactsRequest,
) -> Result<ListStaffContactsResponse> {
    let id = path_id::<OrganizationId>("organization", &request.organization_id)?;
    let mut reader = app.db.read(call).await?;
    let Some(office) = store::find_office(&mut reader, id).await? else {
        return Ok(ListStaffContactsResponse::default());
    };
    let table = Table::of(office.kind);
    let mut emails = match AccountId::parse(&request.account_id) {
        Ok(account) => store::find_email(&mut reader, id, account).await?.into_iter().collect(),
        Err(_) => Vec::new(),
    };
    if emails.is_empty() {
        emails = store::list_emails(&mut reader, id, &table.holders(&request.permission), MOST).await?;
    }
    if emails.is_empty() {
        let administrator = [table.administrator()];
        emails = store::list_emails(&mut reader, id, &administrator, MOST).await?;
    }
    Ok(ListStaffContactsResponse { emails, language: office.locale, organization_name: office.name })
}
