//! Contracts as the contract of the API shows them.

use careway_contract::visits::v1 as proto;
use careway_service::{timestamp, version};

use super::domain::Contract;

pub(crate) fn contract(it: &Contract) -> proto::Contract {
    proto::Contract {
        contract_id: it.id.to_string(),
        payer_id: it.payer.to_string(),
        facility_id: it.facility.to_string(),
        service_types: it.service_types.iter().map(ToString::to_string).collect(),
        from: it.from.to_string(),
        to: it.to.map(|day| day.to_string()).unwrap_or_default(),
        version: version(it.version),
        created_at: Some(timestamp(it.created_at)),
    }
}
