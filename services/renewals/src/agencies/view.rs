//! Agencies as the contract shows them.

use careway_contract::renewals::v1::{self as proto, agency::State};
use careway_kernel::OrganizationId;
use careway_service::{timestamp, version};

use super::{domain::AgencyState, store::NamedAgency};

/// An agency as this organization may see it: who succeeded is the authority's to know.
pub(crate) fn agency(named: &NamedAgency, reader: OrganizationId) -> proto::Agency {
    let NamedAgency { agency, name, authority_name } = named;
    let state = match agency.state {
        AgencyState::Appointed => State::Appointed,
        AgencyState::HandedOver => State::HandedOver,
    };
    let successor = agency.successor.filter(|_| reader == agency.authority);
    proto::Agency {
        agency_id: agency.agency.to_string(),
        authority_id: agency.authority.to_string(),
        code: agency.code.to_string(),
        name: name.clone(),
        authority_name: authority_name.clone(),
        state: state.into(),
        successor_id: successor.map(|id| id.to_string()).unwrap_or_default(),
        appointed_at: Some(timestamp(agency.appointed_at)),
        handed_over_at: agency.handed_over_at.map(timestamp),
        version: version(agency.version),
    }
}
