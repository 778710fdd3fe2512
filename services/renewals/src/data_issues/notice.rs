//! What messages to an authority's people say of a data issue: never whose data they are.

use careway_contract::renewals::v1::{GetNoticeRequest, GetNoticeResponse};
use careway_kernel::DataIssueId;
use careway_service::{Call, Error, Result, path_id};

use super::store;
use crate::App;

pub(crate) async fn data_issue_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let id: DataIssueId = path_id("data issue", &request.id)?;
    let mut reader = app.db.read(call).await?;
    let told = store::find_told(&mut reader, id).await?.ok_or(Error::not_found("data issue"))?;
    let values = [("agency", told.agency), ("code", told.code)];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(GetNoticeResponse { state: told.state, values, ..Default::default() })
}
