//! What every change of a coverage has in common: the payer's lock, the rule, the event, the audit.

use careway_contract::visits::v1::{self as proto, CoverageChanged};
use careway_events::{Fact, record};
use careway_kernel::CoverageId;
use careway_service::{AuditEntry, Call, Error, Keyed, Result, Transaction};

use super::{
    domain::{Coverage, CoverageRefusal},
    store, view,
};
use crate::{App, audit};

/// Changes one coverage of the calling payer by a rule, and shows it; the transaction is still to be committed.
pub(crate) async fn change(
    app: &App,
    call: &Call,
    coverage_id: &str,
    action: &'static str,
    rule: impl FnOnce(Coverage) -> Result<Coverage, CoverageRefusal>,
) -> Keyed<(Transaction, proto::Coverage)> {
    let payer = call.caller.payer()?;
    let id = CoverageId::parse(coverage_id).map_err(|_| Error::not_found("coverage"))?;
    let mut tx = app.db.begin(call).await?;
    let coverage = store::lock_coverage(&mut tx, payer, id).await?.ok_or(Error::not_found("coverage"))?;
    let changed = rule(coverage)?;
    store::update_coverage(&mut tx, &changed).await?;
    record_change(&mut tx, call, action, &changed);
    let shown = view::coverage(&changed);
    Ok((tx, shown))
}

/// Says that a coverage began, changed or ended, and notes who did it.
pub(crate) fn record_change(tx: &mut Transaction, call: &Call, action: &'static str, coverage: &Coverage) {
    record_changes(tx, call, action, std::slice::from_ref(coverage));
}

/// The same of many coverages at once.
pub(crate) fn record_changes(
    tx: &mut Transaction,
    call: &Call,
    action: &'static str,
    coverages: &[Coverage],
) {
    for coverage in coverages {
        let fact = CoverageChanged {
            coverage_id: coverage.id.to_string(),
            member_id: coverage.member.to_string(),
            payer_id: coverage.payer.to_string(),
            plan_id: coverage.plan.to_string(),
            status: coverage.status.as_str().to_owned(),
            valid_from: coverage.from.to_string(),
            valid_to: coverage.to.to_string(),
        };
        record(tx, Fact::new(fact).about(coverage.id.uuid(), coverage.version).of(coverage.payer));
    }
    let entry = |it: &Coverage| AuditEntry { action, member: Some(it.member), ..Default::default() };
    audit::note_all(tx, call, coverages.iter().map(entry).collect());
}
