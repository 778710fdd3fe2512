//! List agencies by code: those that the calling authority appointed, or the calling agency's own appointments.

use careway_contract::renewals::v1::{ListAgenciesRequest, ListAgenciesResponse};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{Call, Error, Paging, Result};
use uuid::Uuid;

use super::{store, view};
use crate::App;

pub(crate) async fn list_agencies(
    app: &App,
    call: &Call,
    request: ListAgenciesRequest,
) -> Result<ListAgenciesResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let filter = ListAgenciesRequest::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListAgencies", party.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;

    let after = paging.after().map(place).transpose()?;
    let mut reader = app.db.read(call).await?;
    let agencies = store::list_agencies(&mut reader, party, after, paging.limit()).await?;
    let (agencies, next_page_token) = paging.cut(agencies, |it| {
        [it.agency.authority.uuid().into_bytes(), it.agency.agency.uuid().into_bytes()].concat()
    });
    let agencies = agencies.iter().map(|it| view::agency(it, party)).collect();
    Ok(ListAgenciesResponse { agencies, next_page_token })
}

/// The authority and the agency of the last row.
fn place(cursor: &[u8]) -> Result<[OrganizationId; 2]> {
    let (authority, agency) = cursor.split_at_checked(16).unwrap_or_default();
    let id = |bytes| Uuid::from_slice(bytes).map(OrganizationId::from_uuid).map_err(Error::internal);
    Ok([id(authority)?, id(agency)?])
}
