//! List the declarations, the one that begins last first.

use careway_contract::channels::v1::{ListConsentsRequest, ListConsentsResponse};
use careway_kernel::Violations;
use careway_service::{Call, Error, Paging, Result};
use uuid::Uuid;

use super::{store, view};
use crate::App;

pub(crate) async fn list_consents(
    app: &App,
    call: &Call,
    request: ListConsentsRequest,
) -> Result<ListConsentsResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let filter = ListConsentsRequest::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListConsents", party.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let before = paging.after_id()?.map(|place| i32::try_from(place.as_u128())).transpose();
    let before = before.map_err(Error::internal)?;
    let mut reader = app.db.read(call).await?;
    let consents = store::list_consents(&mut reader, before, paging.limit()).await?;
    let place = |version: i32| Uuid::from_u128(u128::from(version.unsigned_abs()));
    let (consents, next_page_token) = paging.cut(consents, |consent| *place(consent.version).as_bytes());
    Ok(ListConsentsResponse { consents: consents.iter().map(view::consent).collect(), next_page_token })
}
