//! Read a plan, in its latest version or another.

use careway_contract::visits::v1::{GetPlanRequest, GetPlanResponse};
use careway_kernel::PlanId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_plan(app: &App, call: &Call, request: GetPlanRequest) -> Result<GetPlanResponse> {
    let payer = call.caller.organization()?;
    let id: PlanId = path_id("plan", &request.plan_id)?;
    let mut reader = app.db.read(call).await?;
    let plan = store::find_plan(&mut reader, payer, id, request.version).await?;
    let plan = plan.ok_or(Error::not_found("plan"))?;
    Ok(GetPlanResponse { plan: Some(view::plan(&plan)) })
}
