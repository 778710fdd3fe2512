//! Set a payer's own rules for visits.

use careway_contract::visits::v1::{SetVisitRulesRequest, SetVisitRulesResponse, VisitRules};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Error, Keyed, version};

use super::store;
use crate::App;

pub(crate) async fn set_visit_rules(
    app: &App,
    call: &Call,
    request: SetVisitRulesRequest,
) -> Keyed<SetVisitRulesResponse> {
    let payer = call.caller.payer()?;
    let hours = request.admission_notice_hours;
    let mut violations = Violations::default();
    violations.check("admissionNoticeHours", (1..=720).contains(&hours), "must be 1 to 720");
    violations.finish()?;
    let changes = call.expected_version()? + 1;
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    if !store::upsert_visit_rules(&mut tx, payer, hours, changes, now).await? {
        return Err(Error::stale().into());
    }
    tx.audit(AuditEntry { action: "visit_rules.set", ..Default::default() });
    let rules = VisitRules { admission_notice_hours: hours, version: Some(version(changes)) };
    tx.commit(SetVisitRulesResponse { rules: Some(rules) }).await
}
