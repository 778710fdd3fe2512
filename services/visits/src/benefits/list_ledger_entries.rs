//! The ledger entries that a coverage caused, newest first.

use careway_contract::visits::v1::{ListLedgerEntriesRequest, ListLedgerEntriesResponse};
use careway_kernel::{CoverageId, Violations};
use careway_service::{AuditEntry, Call, Error, Paging, Result, path_id};

use super::{store, view};
use crate::{
    App, coverages,
    plans::{self, domain::Code},
};

pub(crate) async fn list_ledger_entries(
    app: &App,
    call: &Call,
    request: ListLedgerEntriesRequest,
) -> Result<ListLedgerEntriesResponse> {
    let payer = call.caller.organization()?;
    let id: CoverageId = path_id("coverage", &request.coverage_id)?;
    let mut v = Violations::default();
    let account = v.optional("account", request.account.as_str(), Code::parse);
    let filter = ListLedgerEntriesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListLedgerEntries", payer.uuid(), &filter, wanted);
    let (account, paging) = v.all((account, paging))?;

    let before = paging.after_number()?;
    let (coverage, currency, entries) = {
        let mut reader = app.db.read(call).await?;
        let coverage = coverages::store::find_coverage(&mut reader, payer, id).await?;
        let coverage = coverage.ok_or(Error::not_found("coverage"))?;
        let plan =
            plans::store::find_plan(&mut reader, payer, coverage.plan, Some(coverage.plan_version)).await?;
        let currency = plan.ok_or(Error::not_found("plan"))?.definition.currency;
        let account = account.as_ref().map(Code::as_str);
        let entries =
            store::ledger::list_entries(&mut reader, payer, id, account, before, paging.limit()).await?;
        (coverage, currency, entries)
    };
    let entry = AuditEntry { action: "ledger.read", member: Some(coverage.member), ..Default::default() };
    app.audit.read(call, entry).await?;
    let (entries, next_page_token) = paging.cut(entries, |entry| entry.id.to_be_bytes());
    let entries = entries.iter().map(|entry| view::entry(entry, currency)).collect();
    Ok(ListLedgerEntriesResponse { entries, next_page_token })
}
