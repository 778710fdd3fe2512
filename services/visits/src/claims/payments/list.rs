//! List payment advices, newest first.

use careway_contract::visits::v1::{ListPaymentAdvicesRequest, ListPaymentAdvicesResponse};
use careway_kernel::{OrganizationId, PaymentAdviceId, Violations};
use careway_service::{Call, Paging, Result};

use super::{
    store::{self, AdviceFilter},
    view,
};
use crate::App;

pub(crate) async fn list_payment_advices(
    app: &App,
    call: &Call,
    request: ListPaymentAdvicesRequest,
) -> Result<ListPaymentAdvicesResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let facility = v.optional("facilityId", request.facility_id.as_str(), OrganizationId::parse);
    let payer = v.optional("payerId", request.payer_id.as_str(), OrganizationId::parse);
    let bare = ListPaymentAdvicesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListPaymentAdvices", party.uuid(), &bare, wanted);
    let (facility, payer, paging) = v.all((facility, payer, paging))?;

    let filter = AdviceFilter {
        party,
        state: view::parse_state(request.state()),
        facility,
        payer,
        before: paging.after_id()?.map(PaymentAdviceId::from_uuid),
        limit: paging.limit(),
    };
    let mut reader = app.db.read(call).await?;
    let rows = store::list_advices(&mut reader, &filter).await?;
    let (advices, next_page_token) = paging.cut(rows, |advice| advice.id.uuid().into_bytes());
    Ok(ListPaymentAdvicesResponse {
        payment_advices: advices.iter().map(view::listed).collect(),
        next_page_token,
    })
}
