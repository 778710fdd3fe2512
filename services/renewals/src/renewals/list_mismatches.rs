//! List the authority's renewal data that no list shows, and why.

use careway_contract::renewals::v1::{ListMismatchesRequest, ListMismatchesResponse};
use careway_kernel::Violations;
use careway_service::{Call, Paging, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_mismatches(
    app: &App,
    call: &Call,
    request: ListMismatchesRequest,
) -> Result<ListMismatchesResponse> {
    let authority = call.caller.authority()?;
    let mut v = Violations::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let all = ListMismatchesRequest::default();
    let paging = Paging::parse(&mut v, &app.page_key, "ListMismatches", authority.uuid(), &all, wanted);
    let (paging,) = v.all((paging,))?;
    let mismatches = {
        let mut reader = app.db.read(call).await?;
        store::list_mismatches(&mut reader, authority, paging.after_id()?, paging.limit()).await?
    };
    let (mismatches, next_page_token) =
        paging.cut(mismatches, |mismatch| *mismatch.renewal_item_id.as_bytes());
    Ok(ListMismatchesResponse {
        mismatches: mismatches.iter().map(view::mismatch).collect(),
        next_page_token,
    })
}
