//! Change an organization: name, place, language, codes; suspend it, or let it work again.

use careway_contract::identity::v1::{
    OrganizationChanged, UpdateOrganizationRequest, UpdateOrganizationResponse,
};
use careway_events::{Fact, record};
use careway_kernel::{CountryCode, Language, Names, OrganizationId, Violations};
use careway_service::{Call, Error, Keyed, path_id};

use super::{
    domain::{Organization, Refusal, Status, parse_time_zone},
    store,
    view::{parse_codes, seen_by},
};
use crate::{App, changes::Changes, revocations};

pub(crate) async fn update_organization(
    app: &App,
    call: &Call,
    request: UpdateOrganizationRequest,
) -> Keyed<UpdateOrganizationResponse> {
    let id = path_id::<OrganizationId>("organization", &request.organization_id)?;
    let changes = Changes::of(request.update_mask.as_ref());
    let mut v = Violations::default();
    changes.check(&mut v, &["name", "country", "time_zone", "locale", "status", "codes"]);
    let name = changes.given("name", || v.required("name", request.name.as_str(), Names::parse));
    let country =
        changes.given("country", || v.required("country", request.country.as_str(), CountryCode::parse));
    let time_zone =
        changes.given("time_zone", || v.required("timeZone", request.time_zone.as_str(), parse_time_zone));
    let locale = changes.given("locale", || v.required("locale", request.locale.as_str(), Language::parse));
    let status =
        changes.given("status", || v.present("status", Status::parse(request.status().as_str_name())));
    let codes = changes.given("codes", || parse_codes(&mut v, &request.codes));
    let (name, country, time_zone, locale, status, codes) =
        v.all((name, country, time_zone, locale, status, codes))?;
    let expected = call.expected_version()?;

    if status == Some(Status::Suspended) && call.caller.organization()? == id {
        return Err(Refusal::OwnOrganization.into());
    }
    let mut tx = app.db.begin(call).await?;
    let organization =
        store::lock_organization(&mut tx, id).await?.ok_or_else(|| Error::not_found("organization"))?;
    call.check_version(organization.version)?;
    let changed = Organization {
        name: name.unwrap_or(organization.name),
        country: country.unwrap_or(organization.country),
        time_zone: time_zone.unwrap_or(organization.time_zone),
        locale: locale.unwrap_or(organization.locale),
        status: status.unwrap_or(organization.status),
        codes: codes.unwrap_or(organization.codes),
        version: expected + 1,
        ..organization
    };
    let suspended_at = (changed.status == Status::Suspended).then_some(app.clock.now());
    store::update_organization(&mut tx, &changed, suspended_at).await?;
    record(&mut tx, changed_fact(&changed).also(call.caller.organization()?));
    let response = UpdateOrganizationResponse { organization: Some(seen_by(call, &changed)) };
    let response = tx.commit(response).await?;

    if suspended_at.is_some()
        && let Err(error) = revocations::sweep(app).await
    {
        tracing::warn!(%error, "a suspension is not told yet; the sweep will tell it");
    }
    Ok(response)
}

fn changed_fact(organization: &Organization) -> Fact {
    let changed = OrganizationChanged {
        organization_id: organization.id.to_string(),
        kind: organization.kind.as_str().to_owned(),
        name: organization.name.as_str().to_owned(),
        country: organization.country.to_string(),
        time_zone: organization.time_zone.name().to_owned(),
        locale: organization.locale.to_string(),
        status: organization.status.as_str().to_owned(),
    };
    Fact::new(changed).about(organization.id.uuid(), organization.version).of(organization.id)
}
