//! Resume a suspended coverage.

use careway_contract::visits::v1::{ResumeCoverageRequest, ResumeCoverageResponse};
use careway_kernel::{Violations, parse_date};
use careway_service::{Call, Keyed};

use super::change::change;
use crate::App;

pub(crate) async fn resume_coverage(
    app: &App,
    call: &Call,
    request: ResumeCoverageRequest,
) -> Keyed<ResumeCoverageResponse> {
    let mut v = Violations::default();
    let on = v.required("on", request.on.as_str(), parse_date);
    let (on,) = v.all((on,))?;
    let (tx, coverage) =
        change(app, call, &request.coverage_id, "coverage.resume", |it| it.resume(on)).await?;
    tx.commit(ResumeCoverageResponse { coverage: Some(coverage) }).await
}
