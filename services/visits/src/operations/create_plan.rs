//! Make a plan with its first version.

use careway_contract::visits::v1::{CreatePlanRequest, CreatePlanResponse};
use careway_kernel::{PlanId, Violations};
use careway_service::{Call, OnConstraint, Result};

use super::visit_callers::payer;
use crate::{
    App,
    api::{plan_definition, plan_view},
    benefit_error::plan_code_taken,
    domain::plan::PlanVersion,
    store,
};

pub(crate) async fn create_plan(
    app: &App,
    call: &Call,
    request: CreatePlanRequest,
) -> Result<CreatePlanResponse> {
    let payer = payer(call)?;
    let mut tx = app.db.begin(call).await?;
    let known = store::service_type::list_codes(&mut tx).await?;
    let mut v = Violations::default();
    let definition = plan_definition::parse(&mut v, request.definition.unwrap_or_default(), &known);
    let (definition,) = v.all((definition,))?;

    let plan = PlanVersion {
        id: PlanId::new(&app.clock),
        payer,
        version: 1,
        latest_version: 1,
        created_at: tx.now(),
        definition,
    };
    store::plan::insert_plan(&mut tx, &plan).await.on_constraint("plan_code_once", plan_code_taken)?;
    tx.commit(CreatePlanResponse { plan: Some(plan_view::plan(&plan)) }).await
}
