//! Record a contract, for the other side to confirm.

use careway_contract::channels::v1::{CreateChannelContractRequest, CreateChannelContractResponse};
use careway_kernel::{ChannelContractId, Currency, OrganizationId, Violations, parse_date, text::Text};
use careway_service::{AuditEntry, Call, Keyed, OnConstraint, OrganizationKind};

use super::{
    domain::{ChannelContract, ContractRefusal},
    store, view,
};
use crate::{App, organizations};

pub(crate) async fn create_channel_contract(
    app: &App,
    call: &Call,
    request: CreateChannelContractRequest,
) -> Keyed<CreateChannelContractResponse> {
    let own = call.caller.organization()?;
    let as_channel = call.caller.kind() == Some(OrganizationKind::Channel);
    let wanted = if as_channel { OrganizationKind::Facility } else { OrganizationKind::Channel };
    let mut v = Violations::default();
    let partner = v.required("partnerId", request.partner_id.as_str(), OrganizationId::parse);

    let mut tx = app.db.begin(call).await?;
    if let Some(partner) = partner {
        // Nobody learns here which other organizations there are: those and none at all are answered alike.
        let kind = organizations::store::find_kind(&mut tx, partner).await?;
        v.check("partnerId", kind == Some(wanted), "must be an organization of the other side");
    }
    let number = v.required("number", request.number.as_str(), Text::<50>::parse);
    let currency = v.required("currency", request.currency.as_str(), Currency::parse);
    let from = v.required("from", request.from.as_str(), parse_date);
    let to = v.optional("to", request.to.as_str(), parse_date);
    v.period(("from", from), ("to", to.flatten()));
    let (partner, number, currency, from, to) = v.all((partner, number, currency, from, to))?;

    let (provider, channel) = if as_channel { (partner, own) } else { (own, partner) };
    let contract = ChannelContract {
        id: ChannelContractId::new(&app.clock),
        provider,
        channel,
        number: number.as_str().to_owned(),
        from,
        to,
        currency,
        recorded_by: own,
        confirmed_at: None,
        version: 1,
        created_at: tx.now(),
    };
    store::insert_contract(&mut tx, &contract)
        .await
        .on_constraint("channel_contract_no_overlap", || ContractRefusal::Overlaps)?;
    tx.audit(AuditEntry { action: "channel_contract.create", ..Default::default() });
    tx.commit(CreateChannelContractResponse { channel_contract: Some(view::contract(&contract)) }).await
}
