//! Confirm a contract that the other side recorded.

use careway_contract::channels::v1::{ConfirmChannelContractRequest, ConfirmChannelContractResponse};
use careway_kernel::ChannelContractId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn confirm_channel_contract(
    app: &App,
    call: &Call,
    request: ConfirmChannelContractRequest,
) -> Keyed<ConfirmChannelContractResponse> {
    let party = call.caller.organization()?;
    let id: ChannelContractId = path_id("contract", &request.contract_id)?;

    let mut tx = app.db.begin(call).await?;
    let contract = store::lock_contract(&mut tx, party, id).await?.ok_or(Error::not_found("contract"))?;
    let contract = contract.confirm(party, tx.now())?;
    store::update_contract(&mut tx, &contract).await?;
    tx.audit(AuditEntry { action: "channel_contract.confirm", ..Default::default() });
    tx.commit(ConfirmChannelContractResponse { channel_contract: Some(view::contract(&contract)) }).await
}
