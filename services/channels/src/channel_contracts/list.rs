//! List contracts, newest first.

use careway_contract::channels::v1::{ListChannelContractsRequest, ListChannelContractsResponse};
use careway_kernel::{ChannelContractId, Violations};
use careway_service::{Call, Paging, Result};

use super::{store, view};
use crate::{App, parties};

pub(crate) async fn list_channel_contracts(
    app: &App,
    call: &Call,
    request: ListChannelContractsRequest,
) -> Result<ListChannelContractsResponse> {
    let organization = call.caller.organization()?;
    let party = parties::scope(&call.caller)?;
    let mut v = Violations::default();
    let filter = ListChannelContractsRequest::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let paging =
        Paging::parse(&mut v, &app.page_key, "ListChannelContracts", organization.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let before = paging.after_id()?.map(ChannelContractId::from_uuid);
    let mut reader = app.db.read(call).await?;
    let contracts = store::list_contracts(&mut reader, party, before, paging.limit()).await?;
    let (contracts, next_page_token) = paging.cut(contracts, |contract| *contract.id.uuid().as_bytes());
    let channel_contracts = contracts.iter().map(view::contract).collect();
    Ok(ListChannelContractsResponse { channel_contracts, next_page_token })
}
