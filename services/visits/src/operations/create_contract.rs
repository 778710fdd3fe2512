//! Contract a facility.

use careway_contract::visits::v1::{CreateContractRequest, CreateContractResponse};
use careway_kernel::{ContractId, OrganizationId, Violations, parse_date};
use careway_service::{Call, OnConstraint, Result};

use super::visit_callers::payer;
use crate::{
    App,
    api::contract_view,
    benefit_error::contract_overlaps,
    domain::{contract::Contract, service_type::ServiceType},
    store,
};

pub(crate) async fn create_contract(
    app: &App,
    call: &Call,
    request: CreateContractRequest,
) -> Result<CreateContractResponse> {
    let payer = payer(call)?;
    let mut tx = app.db.begin(call).await?;
    let known = store::service_type::list_codes(&mut tx).await?;
    let mut v = Violations::default();
    let facility = v.required("facilityId", request.facility_id.as_str(), OrganizationId::parse);
    v.check("facilityId", facility != Some(payer), "must be another organization");
    v.check("serviceTypes", !request.service_types.is_empty(), "must name at least one");
    let service_types = v.each("serviceTypes", &request.service_types, |v, code| {
        let parsed = v.field("", ServiceType::parse(code))?;
        v.check("", known.contains(&parsed), "must be one of GET /v1/service-types");
        Some(parsed)
    });
    let from = v.required("from", request.from.as_str(), parse_date);
    let to = v.optional("to", request.to.as_str(), parse_date);
    if let (Some(from), Some(Some(to))) = (from, to) {
        v.check("to", to >= from, "must not be before from");
    }
    let (facility, mut service_types, from, to) = v.all((facility, service_types, from, to))?;
    service_types.sort();
    service_types.dedup();

    let id = ContractId::new(&app.clock);
    let contract =
        Contract { id, payer, facility, service_types, from, to, version: 1, created_at: tx.now() };
    store::contract::insert_contract(&mut tx, &contract)
        .await
        .on_constraint("contract_no_overlap", contract_overlaps)?;
    tx.commit(CreateContractResponse { contract: Some(contract_view::contract(&contract)) }).await
}
