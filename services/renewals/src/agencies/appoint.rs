//! Appoint an agency by its code.

use careway_contract::{
    identity::v1::{
        OrganizationCode, ResolveOrganizationRequest, organization::Kind, organization_code,
        organization_service_client::OrganizationServiceClient, resolve_organization_request::By,
    },
    renewals::v1::{AppointAgencyRequest, AppointAgencyResponse},
};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, OnConstraint, Result};

use super::{
    domain::{Agency, AgencyCode, AgencyRefusal},
    store::{self, NamedAgency},
    view,
};
use crate::App;

pub(crate) async fn appoint_agency(
    app: &App,
    call: &Call,
    request: AppointAgencyRequest,
) -> Keyed<AppointAgencyResponse> {
    let authority = call.caller.authority()?;
    let mut v = Violations::default();
    let code = v.required("code", request.code.as_str(), AgencyCode::parse);
    let (code,) = v.all((code,))?;
    let resolved = resolve(app, &code).await;
    let (agency, name) = app.db.unless_replayed(call, resolved).await?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let appointed = match store::lock_agency(&mut tx, authority, agency).await? {
        None => {
            let appointed = Agency::appoint(authority, agency, code, now);
            let inserted = store::insert_agency(&mut tx, &appointed).await;
            match inserted {
                Err(ref error) if is_twin(error) => return Err(AgencyRefusal::Appointed.into()),
                inserted => inserted.on_constraint("agency_code_once", || AgencyRefusal::CodeTaken)?,
            }
            appointed
        }
        Some(known) => {
            let appointed = known.appoint_again(code, now)?;
            store::update_agency(&mut tx, &appointed)
                .await
                .on_constraint("agency_code_once", || AgencyRefusal::CodeTaken)?;
            appointed
        }
    };
    tx.audit(AuditEntry { action: "agency.appoint", ..Default::default() });
    let named = NamedAgency { agency: appointed, name, authority_name: String::new() };
    tx.commit(AppointAgencyResponse { agency: Some(view::agency(&named, authority)) }).await
}

/// The organization with this code, as identity knows it: agencies are hidden from each other and from authorities there.
async fn resolve(app: &App, code: &AgencyCode) -> Result<(OrganizationId, String)> {
    let code =
        OrganizationCode { kind: organization_code::Kind::Agency.into(), value: code.as_str().to_owned() };
    let asked = ResolveOrganizationRequest { by: Some(By::Code(code)) };
    let mut identity = OrganizationServiceClient::new(app.foundation.registry.upstream("identity"));
    let told = identity.resolve_organization(app.foundation.identity.request(asked)).await?.into_inner();
    let found =
        told.organization.filter(|found| found.kind() == Kind::Agency).ok_or(AgencyRefusal::Unknown)?;
    let id = OrganizationId::parse(&found.organization_id).map_err(Error::internal)?;
    Ok((id, found.name))
}

/// Whether the same agency was appointed at the same moment.
fn is_twin(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|database| database.constraint() == Some("agency_pkey"))
}
