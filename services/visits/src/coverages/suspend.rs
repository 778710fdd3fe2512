//! Suspend a coverage: nothing is covered from a day on, until it is resumed.

use careway_contract::visits::v1::{SuspendCoverageRequest, SuspendCoverageResponse};
use careway_kernel::{Violations, parse_date};
use careway_service::{Call, Keyed};

use super::{change::change, view::parse_suspension};
use crate::App;

pub(crate) async fn suspend_coverage(
    app: &App,
    call: &Call,
    request: SuspendCoverageRequest,
) -> Keyed<SuspendCoverageResponse> {
    let mut v = Violations::default();
    let reason = v.present("reason", parse_suspension(request.reason()));
    let from = v.required("from", request.from.as_str(), parse_date);
    let (reason, from) = v.all((reason, from))?;
    let (tx, coverage) =
        change(app, call, &request.coverage_id, "coverage.suspend", |it| it.suspend(from, reason)).await?;
    tx.commit(SuspendCoverageResponse { coverage: Some(coverage) }).await
}
