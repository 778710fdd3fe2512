//! Contracts as the contract of the API shows them.

use careway_contract::visits::v1 as proto;
use careway_service::{timestamp, version};

use super::domain::Contract;

pub(crate) fn contract(contract: &Contract) -> proto::Contract {
    proto::Contract {
        contract_id: contract.id.to_string(),
        payer_id: contract.payer.to_string(),
        facility_id: contract.facility.to_string(),
        service_types: contract.service_types.iter().map(ToString::to_string).collect(),
        from: contract.from.to_string(),
        to: contract.to.map(|day| day.to_string()).unwrap_or_default(),
        version: version(contract.version),
        created_at: Some(timestamp(contract.created_at)),
        inpatients_to_last_day: contract.clauses.inpatients_to_last_day,
        correction_days: contract.clauses.correction_days.into(),
    }
}
