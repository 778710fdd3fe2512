//! Read a coverage.

use careway_contract::visits::v1::{GetCoverageRequest, GetCoverageResponse};
use careway_kernel::CoverageId;
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_coverage(
    app: &App,
    call: &Call,
    request: GetCoverageRequest,
) -> Result<GetCoverageResponse> {
    let payer = call.caller.organization()?;
    let id: CoverageId = path_id("coverage", &request.coverage_id)?;
    let coverage = {
        let mut reader = app.db.read(call).await?;
        store::find_coverage(&mut reader, payer, id).await?.ok_or(Error::not_found("coverage"))?
    };
    let entry = AuditEntry { action: "coverage.read", member: Some(coverage.member), ..Default::default() };
    app.audit.read(call, entry).await?;
    Ok(GetCoverageResponse { coverage: Some(view::coverage(&coverage)) })
}
