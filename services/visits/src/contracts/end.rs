//! Give a contract a last day, or an earlier one.

use careway_contract::visits::v1::{EndContractRequest, EndContractResponse};
use careway_kernel::{ContractId, Violations, parse_date};
use careway_service::{Call, Error, Keyed, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn end_contract(
    app: &App,
    call: &Call,
    request: EndContractRequest,
) -> Keyed<EndContractResponse> {
    let payer = call.caller.payer()?;
    let id: ContractId = path_id("contract", &request.contract_id)?;
    let mut v = Violations::default();
    let last_day = v.required("lastDay", request.last_day.as_str(), parse_date);
    let (last_day,) = v.all((last_day,))?;

    let mut tx = app.db.begin(call).await?;
    let contract = store::lock_contract(&mut tx, payer, id).await?.ok_or(Error::not_found("contract"))?;
    let ended = contract.end(last_day)?;
    store::update_contract(&mut tx, &ended).await?;
    tx.commit(EndContractResponse { contract: Some(view::contract(&ended)) }).await
}
