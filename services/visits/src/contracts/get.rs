//! Read a contract that the caller is a party to.

use careway_contract::visits::v1::{GetContractRequest, GetContractResponse};
use careway_kernel::ContractId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_contract(
    app: &App,
    call: &Call,
    request: GetContractRequest,
) -> Result<GetContractResponse> {
    let party = call.caller.organization()?;
    let id: ContractId = path_id("contract", &request.contract_id)?;
    let mut reader = app.db.read(call).await?;
    let contract = store::find_contract(&mut reader, party, id).await?;
    let contract = contract.ok_or(Error::not_found("contract"))?;
    Ok(GetContractResponse { contract: Some(view::contract(&contract)) })
}
