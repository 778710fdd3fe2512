//! Download the rows that were not taken, to mend and send again.

use careway_contract::renewals::v1::DownloadRejectedRowsRequest;
use careway_service::{AuditEntry, Call, RawAnswer, Result, workbook};

use super::{get::find, rejected_rows};
use crate::App;

pub(crate) async fn download_rejected_rows(
    app: &App,
    call: &Call,
    request: DownloadRejectedRowsRequest,
) -> Result<RawAnswer> {
    let import = find(app, call, &request.import_id).await?;
    app.audit.read(call, AuditEntry { action: "import.rejected", ..Default::default() }).await?;
    let headings = rejected_rows::headings(&import);
    let pages = rejected_rows::pages(app.clone(), call.clone(), import);
    Ok(workbook::download("rejected.xlsx", "Rejected", headings, pages))
}
