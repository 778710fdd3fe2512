//! Read a payer's own rules for visits.

use careway_contract::visits::v1::{GetVisitRulesRequest, GetVisitRulesResponse, VisitRules};
use careway_service::{Call, Result, version};

use super::store;
use crate::App;

pub(crate) async fn get_visit_rules(
    app: &App,
    call: &Call,
    _: GetVisitRulesRequest,
) -> Result<GetVisitRulesResponse> {
    let payer = call.caller.payer()?;
    let mut reader = app.db.read(call).await?;
    let own = store::find_visit_rules(&mut reader, payer).await?;
    let (admission_notice_hours, changes) =
        own.unwrap_or_else(|| (app.context.settings.admission_notice_hours.into(), 0));
    let rules = VisitRules { admission_notice_hours, version: Some(version(changes)) };
    Ok(GetVisitRulesResponse { rules: Some(rules) })
}
