//! Contracts as the contract of the API shows them.

use careway_contract::channels::v1::{self as proto, channel_contract::State};
use careway_service::{timestamp, version};

use super::domain::ChannelContract;

pub(crate) fn contract(contract: &ChannelContract) -> proto::ChannelContract {
    let state = if contract.confirmed_at.is_some() { State::Confirmed } else { State::Proposed };
    proto::ChannelContract {
        contract_id: contract.id.to_string(),
        provider_id: contract.provider.to_string(),
        channel_id: contract.channel.to_string(),
        number: contract.number.clone(),
        from: contract.from.to_string(),
        to: contract.to.map(|to| to.to_string()).unwrap_or_default(),
        currency: contract.currency.code().to_owned(),
        state: state.into(),
        recorded_by: contract.recorded_by.to_string(),
        created_at: Some(timestamp(contract.created_at)),
        confirmed_at: contract.confirmed_at.map(timestamp),
        version: version(contract.version),
    }
}
