//! Make a plan with its first version.

use careway_contract::visits::v1::{CreatePlanRequest, CreatePlanResponse};
use careway_kernel::{PlanId, Violations};
use careway_service::{Call, Keyed, OnConstraint};

use super::{
    definition,
    domain::{PlanVersion, refusal::PlanRefusal},
    store, view,
};
use crate::App;

pub(crate) async fn create_plan(
    app: &App,
    call: &Call,
    request: CreatePlanRequest,
) -> Keyed<CreatePlanResponse> {
    let payer = call.caller.payer()?;
    let mut tx = app.db.begin(call).await?;
    let known = store::service_type::list_codes(&mut tx).await?;
    let mut v = Violations::default();
    let definition = definition::parse(&mut v, request.definition.unwrap_or_default(), &known);
    let (definition,) = v.all((definition,))?;

    let plan = PlanVersion {
        id: PlanId::new(&app.clock),
        payer,
        version: 1,
        latest_version: 1,
        created_at: tx.now(),
        definition,
    };
    store::insert_plan(&mut tx, &plan).await.on_constraint("plan_code_once", || PlanRefusal::CodeTaken)?;
    tx.commit(CreatePlanResponse { plan: Some(view::plan(&plan)) }).await
}
