//! List the contracts that the caller is a party to, newest first.

use careway_contract::visits::v1::{ListContractsRequest, ListContractsResponse};
use careway_kernel::{ContractId, OrganizationId, Violations, parse_date};
use careway_service::{Call, Paging, Result};

use super::{
    store::{self, ContractFilter},
    view,
};
use crate::App;

pub(crate) async fn list_contracts(
    app: &App,
    call: &Call,
    request: ListContractsRequest,
) -> Result<ListContractsResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let other_party = v.optional("partyId", request.party_id.as_str(), OrganizationId::parse);
    let on = v.optional("on", request.on.as_str(), parse_date);
    let filter = ListContractsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListContracts", party.uuid(), &filter, wanted);
    let (other_party, on, paging) = v.all((other_party, on, paging))?;

    let before = paging.after_id()?.map(ContractId::from_uuid);
    let filter = ContractFilter { party, other_party, on, before, limit: paging.limit() };
    let mut reader = app.db.read(call).await?;
    let contracts = store::list_contracts(&mut reader, &filter).await?;
    let (contracts, next_page_token) = paging.cut(contracts, |it| *it.id.uuid().as_bytes());
    Ok(ListContractsResponse { contracts: contracts.iter().map(view::contract).collect(), next_page_token })
}
