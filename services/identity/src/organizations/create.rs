//! Register an organization: an operator of the platform lets it into the network.

use careway_contract::identity::v1::{
    CreateOrganizationRequest, CreateOrganizationResponse, OrganizationRegistered,
};
use careway_events::{Fact, record};
use careway_kernel::{CountryCode, Language, Names, OrganizationId, Violations};
use careway_service::{Call, Keyed};

use super::{
    domain::{Organization, Status, parse_time_zone},
    store,
    view::{parse_codes, parse_kind, seen_by},
};
use crate::App;

pub(crate) async fn create_organization(
    app: &App,
    call: &Call,
    request: CreateOrganizationRequest,
) -> Keyed<CreateOrganizationResponse> {
    let mut v = Violations::default();
    let kind = v.present("kind", parse_kind(request.kind()));
    let name = v.required("name", request.name.as_str(), Names::parse);
    let country = v.required("country", request.country.as_str(), CountryCode::parse);
    let time_zone = v.required("timeZone", request.time_zone.as_str(), parse_time_zone);
    let locale = v.optional("locale", request.locale.as_str(), Language::parse);
    let codes = parse_codes(&mut v, &request.codes);
    let (kind, name, country, time_zone, locale, codes) =
        v.all((kind, name, country, time_zone, locale, codes))?;

    let organization = Organization {
        id: OrganizationId::new(&app.clock),
        kind,
        name,
        country,
        time_zone,
        locale: locale.unwrap_or(Language::En),
        status: Status::Active,
        codes,
        version: 1,
        created_at: app.clock.now(),
    };
    let mut tx = app.db.begin(call).await?;
    store::insert_organization(&mut tx, &organization).await?;
    record(&mut tx, registered(&organization).also(call.caller.organization()?));
    let response = CreateOrganizationResponse { organization: Some(seen_by(call, &organization)) };
    tx.commit(response).await
}

/// The fact that an organization joined.
pub(crate) fn registered(organization: &Organization) -> Fact {
    let registered = OrganizationRegistered {
        organization_id: organization.id.to_string(),
        kind: organization.kind.as_str().to_owned(),
        name: organization.name.as_str().to_owned(),
        country: organization.country.to_string(),
        time_zone: organization.time_zone.name().to_owned(),
        locale: organization.locale.to_string(),
    };
    Fact::new(registered).about(organization.id.uuid(), organization.version).of(organization.id)
}
