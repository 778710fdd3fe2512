//! Contract a facility.

use careway_contract::visits::v1::{CreateContractRequest, CreateContractResponse};
use careway_kernel::{ContractId, OrganizationId, Violations, parse_date};
use careway_service::{Call, Keyed, OnConstraint, OrganizationKind};
use chrono::{DateTime, Utc};

use super::{
    domain::{Clauses, Contract, ContractRefusal},
    store, view,
};
use crate::{App, organizations::domain::FacilityNotReady, plans::domain::service_type::ServiceType};

/// Seconds, more than identity takes to tell of an organization.
const TELLING: i64 = 60;

pub(crate) async fn create_contract(
    app: &App,
    call: &Call,
    request: CreateContractRequest,
) -> Keyed<CreateContractResponse> {
    let payer = call.caller.payer()?;
    let mut v = Violations::default();
    let facility = v.required("facilityId", request.facility_id.as_str(), OrganizationId::parse);

    let mut tx = app.db.begin(call).await?;
    let store::Grounds { kind, service_types: known } = store::find_grounds(&mut tx, facility).await?;
    let untold = kind.is_none() && facility.is_some_and(|id| is_fresh(id, tx.now()));
    // Nobody learns here which other organizations there are: those and none at all are answered alike.
    let is_facility = kind.as_deref() == Some(OrganizationKind::Facility.as_str());
    v.check("facilityId", facility.is_none() || is_facility || untold, "must be a facility");
    v.check("serviceTypes", !request.service_types.is_empty(), "must name at least one");
    let service_types = v.each("serviceTypes", &request.service_types, |v, code| {
        let parsed = v.field("", ServiceType::parse(code))?;
        v.check("", known.contains(&parsed), "must be one of GET /v1/service-types");
        Some(parsed)
    });
    let from = v.required("from", request.from.as_str(), parse_date);
    let to = v.optional("to", request.to.as_str(), parse_date);
    v.period(("from", from), ("to", to.flatten()));
    let correction_days = correction_days(&mut v, request.correction_days);
    let (facility, mut service_types, from, to, correction_days) =
        v.all((facility, service_types, from, to, correction_days))?;
    let clauses = Clauses { inpatients_to_last_day: request.inpatients_to_last_day, correction_days };
    if untold {
        return Err(FacilityNotReady.into());
    }
    service_types.sort();
    service_types.dedup();

    let id = ContractId::new(&app.clock);
    let contract =
        Contract { id, payer, facility, service_types, from, to, clauses, version: 1, created_at: tx.now() };
    store::insert_contract(&mut tx, &contract)
        .await
        .on_constraint("contract_no_overlap", || ContractRefusal::Overlaps)?;
    tx.commit(CreateContractResponse { contract: Some(view::contract(&contract)) }).await
}

/// So many days, as agreed or as usual.
fn correction_days(v: &mut Violations, given: Option<i32>) -> Option<u16> {
    let most = Clauses::MOST_CORRECTION_DAYS;
    match given {
        None => Some(Clauses::default().correction_days),
        Some(days) => {
            let days = u16::try_from(days).ok().filter(|days| *days <= most);
            v.field("correctionDays", days.ok_or_else(|| format!("must be 0 to {most}")))
        }
    }
}

/// Whether the id is so new that identity may not have told of its organization yet. One of a time to come is made up.
fn is_fresh(id: OrganizationId, now: DateTime<Utc>) -> bool {
    let made = id.uuid().get_timestamp().and_then(|made| i64::try_from(made.to_unix().0).ok());
    made.is_some_and(|seconds| (now.timestamp() - seconds).abs() < TELLING)
}
