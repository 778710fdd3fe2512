//! Give a plan a new version; coverages made before keep theirs.

use careway_contract::visits::v1::{ReplacePlanRequest, ReplacePlanResponse};
use careway_kernel::{PlanId, Violations};
use careway_service::{Call, Error, Keyed, path_id};

use super::{definition, domain::PlanVersion, store, view};
use crate::App;

pub(crate) async fn replace_plan(
    app: &App,
    call: &Call,
    request: ReplacePlanRequest,
) -> Keyed<ReplacePlanResponse> {
    let payer = call.caller.payer()?;
    let id: PlanId = path_id("plan", &request.plan_id)?;
    call.expected_version()?;
    let mut tx = app.db.begin(call).await?;
    let known = store::service_type::list_codes(&mut tx).await?;
    let mut v = Violations::default();
    let definition = definition::parse(&mut v, request.definition.unwrap_or_default(), &known);

    let Some(plan) = store::lock_plan(&mut tx, payer, id).await? else {
        v.finish()?;
        return Err(Error::not_found("plan").into());
    };
    call.check_version(plan.version.into())?;
    if let Some(newer) = &definition {
        let (code, currency) = (&plan.definition.code, plan.definition.currency);
        v.check("code", newer.code == *code, format!("must stay {code}"));
        v.check(
            "currency",
            newer.currency == currency,
            format!("must stay {currency}: the ledger adds it up"),
        );
    }
    let (definition,) = v.all((definition,))?;

    let version = plan.latest_version + 1;
    let plan = PlanVersion { version, latest_version: version, created_at: tx.now(), definition, ..plan };
    store::insert_version(&mut tx, &plan).await?;
    tx.commit(ReplacePlanResponse { plan: Some(view::plan(&plan)) }).await
}
