//! Read and set a payer's own rules for visits.

use careway_contract::visits::v1::{
    GetVisitRulesRequest, GetVisitRulesResponse, SetVisitRulesRequest, SetVisitRulesResponse, VisitRules,
};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Result};

use crate::{App, callers::payer, organizations, visits};

pub(crate) async fn get_visit_rules(
    app: &App,
    call: &Call,
    _: GetVisitRulesRequest,
) -> Result<GetVisitRulesResponse> {
    let payer = payer(call)?;
    let mut reader = app.db.read(call).await?;
    let own = organizations::store::find_rules(&mut reader, payer).await?;
    let (admission_notice_hours, version) =
        own.unwrap_or_else(|| (app.desk.settings.admission_notice_hours.into(), 0));
    let rules = VisitRules { admission_notice_hours, version: visits::view::version(version) };
    Ok(GetVisitRulesResponse { rules: Some(rules) })
}

pub(crate) async fn set_visit_rules(
    app: &App,
    call: &Call,
    request: SetVisitRulesRequest,
) -> Result<SetVisitRulesResponse> {
    let payer = payer(call)?;
    let hours = request.admission_notice_hours;
    let mut violations = Violations::default();
    violations.check("admissionNoticeHours", (1..=720).contains(&hours), "must be 1 to 720");
    violations.finish()?;
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let version = organizations::store::upsert_rules(&mut tx, payer, hours, now).await?;
    tx.audit(AuditEntry { action: "visit_rules.set", ..Default::default() });
    let rules = VisitRules { admission_notice_hours: hours, version: visits::view::version(version) };
    tx.commit(SetVisitRulesResponse { rules: Some(rules) }).await
}
