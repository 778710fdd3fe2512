//! Read a contract that the caller is a party to.

use careway_contract::channels::v1::{GetChannelContractRequest, GetChannelContractResponse};
use careway_kernel::ChannelContractId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::{App, parties};

pub(crate) async fn get_channel_contract(
    app: &App,
    call: &Call,
    request: GetChannelContractRequest,
) -> Result<GetChannelContractResponse> {
    let party = parties::scope(&call.caller)?;
    let id: ChannelContractId = path_id("contract", &request.contract_id)?;
    let mut reader = app.db.read(call).await?;
    let contract = store::find_contract(&mut reader, party, id).await?;
    let contract = contract.ok_or(Error::not_found("contract"))?;
    Ok(GetChannelContractResponse { channel_contract: Some(view::contract(&contract)) })
}
