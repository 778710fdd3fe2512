//! Read an import.

use careway_contract::renewals::v1::{GetImportRequest, GetImportResponse};
use careway_kernel::ImportId;
use careway_service::{Call, Error, Result, path_id};

use super::{domain::Import, store, view};
use crate::App;

pub(crate) async fn get_import(
    app: &App,
    call: &Call,
    request: GetImportRequest,
) -> Result<GetImportResponse> {
    let import = find(app, call, &request.import_id).await?;
    Ok(GetImportResponse { import: Some(view::import(&import)) })
}

/// The caller's import of this id.
pub(super) async fn find(app: &App, call: &Call, id: &str) -> Result<Import> {
    let authority = call.caller.authority()?;
    let id: ImportId = path_id("import", id)?;
    let mut reader = app.db.read(call).await?;
    store::find_import(&mut reader, authority, id).await?.ok_or_else(|| Error::not_found("import"))
}
