//! List the payer's plans, newest first.

use careway_contract::visits::v1::{ListPlansRequest, ListPlansResponse};
use careway_kernel::{PlanId, Violations};
use careway_service::{Call, Paging, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_plans(
    app: &App,
    call: &Call,
    request: ListPlansRequest,
) -> Result<ListPlansResponse> {
    let payer = call.caller.organization()?;
    let mut v = Violations::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let paging =
        Paging::parse(&mut v, &app.page_key, "ListPlans", payer.uuid(), &ListPlansRequest::default(), wanted);
    let (paging,) = v.all((paging,))?;

    let before = paging.after_id()?.map(PlanId::from_uuid);
    let mut reader = app.db.read(call).await?;
    let plans = store::list_plans(&mut reader, payer, before, paging.limit()).await?;
    let (plans, next_page_token) = paging.cut(plans, |plan| *plan.id.uuid().as_bytes());
    Ok(ListPlansResponse { plans: plans.iter().map(view::plan).collect(), next_page_token })
}
