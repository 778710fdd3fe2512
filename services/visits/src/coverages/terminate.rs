//! End a coverage before its last day.

use careway_contract::visits::v1::{TerminateCoverageRequest, TerminateCoverageResponse};
use careway_kernel::{Violations, parse_date};
use careway_service::{Call, Keyed};

use super::{change::change, view::parse_termination};
use crate::App;

pub(crate) async fn terminate_coverage(
    app: &App,
    call: &Call,
    request: TerminateCoverageRequest,
) -> Keyed<TerminateCoverageResponse> {
    let mut v = Violations::default();
    let reason = v.present("reason", parse_termination(request.reason()));
    let last_day = v.required("lastDay", request.last_day.as_str(), parse_date);
    let (reason, last_day) = v.all((reason, last_day))?;
    let (tx, coverage) =
        change(app, call, &request.coverage_id, "coverage.terminate", |it| it.terminate(last_day, reason))
            .await?;
    tx.commit(TerminateCoverageResponse { coverage: Some(coverage) }).await
}
