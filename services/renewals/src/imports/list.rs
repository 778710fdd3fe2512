//! List the authority's imports, newest first.

use careway_contract::renewals::v1::{ListImportsRequest, ListImportsResponse};
use careway_kernel::Violations;
use careway_service::{Call, Paging, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_imports(
    app: &App,
    call: &Call,
    request: ListImportsRequest,
) -> Result<ListImportsResponse> {
    let authority = call.caller.authority()?;
    let mut v = Violations::default();
    let filter = ListImportsRequest::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListImports", authority.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let mut reader = app.db.read(call).await?;
    let imports = store::list_imports(&mut reader, authority, paging.after_id()?, paging.limit()).await?;
    let (imports, next_page_token) = paging.cut(imports, |import| *import.id.uuid().as_bytes());
    Ok(ListImportsResponse { imports: imports.iter().map(view::import).collect(), next_page_token })
}
