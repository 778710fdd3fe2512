//! Accept an interest form: identity registers its organization and invites its writer, once for a form, before the
//! decision is kept. A decision that is lost in between is asked for again and finds the same organization.

use careway_contract::{
    cases::v1::{AcceptInterestFormRequest, AcceptInterestFormResponse},
    identity::v1::{RegisterPartnerRequest, account_service_client::AccountServiceClient},
};
use careway_kernel::{InterestFormId, Language, OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::{Decided, State},
    events, store, view,
};
use crate::App;

pub(crate) async fn accept_interest_form(
    app: &App,
    call: &Call,
    request: AcceptInterestFormRequest,
) -> Keyed<AcceptInterestFormResponse> {
    app.db.replayed(call).await?;
    let platform = call.caller.organization()?;
    let id: InterestFormId = path_id("interest form", &request.interest_form_id)?;
    let mut v = Violations::default();
    let kind = v.present("kind", view::parse_kind(request.kind()));
    let locale = v.optional("locale", request.locale.as_str(), Language::parse);
    v.check("timeZone", !request.time_zone.is_empty(), "is required");
    v.each("codes", &request.codes, |v, code| {
        v.check("kind", code.kind != 0, "is required");
        v.check("value", !code.value.is_empty(), "is required");
        Some(())
    });
    let (kind, locale) = v.all((kind, locale))?;

    let keys = &app.interest_keys;
    let form = {
        let mut reader = app.db.read(call).await?;
        let form = store::find_form(&mut reader, keys, id).await?;
        let form = form.filter(|form| form.state != State::Unconfirmed);
        form.ok_or_else(|| Error::not_found("interest form"))?
    };
    form.check_open()?;
    let content = &form.content;
    // Codes and zone are identity's to judge; its violations are named as they are here.
    let register = RegisterPartnerRequest {
        interest_form_id: id.to_string(),
        kind: kind.into(),
        name: content.organization_name.as_str().to_owned(),
        country: content.country.to_string(),
        time_zone: request.time_zone,
        locale: locale.unwrap_or(form.language).as_str().to_owned(),
        codes: request.codes.iter().map(view::code).collect(),
        email: content.email.as_str().to_owned(),
        contact_name: content.contact_name.as_str().to_owned(),
    };
    let register = app.foundation.identity.request(register);
    let mut accounts = AccountServiceClient::new(app.foundation.registry.upstream("identity"));
    let registered = accounts.register_partner(register).await.map_err(Error::from)?.into_inner();
    let organization = OrganizationId::parse(&registered.organization_id).map_err(Error::internal)?;

    let mut tx = app.db.begin(call).await?;
    let form = store::lock_form(&mut tx, keys, id).await?;
    let form = form.ok_or_else(|| Error::not_found("interest form"))?;
    let decided = Decided { by: call.caller.subject.to_string(), at: tx.now() };
    let accepted = form.accept(organization, decided)?;
    store::update_form(&mut tx, keys, &accepted).await?;
    events::interest_accepted(&mut tx, &accepted, organization, platform);
    tx.audit(AuditEntry { action: "interest_form.accept", ..Default::default() });
    tx.commit(AcceptInterestFormResponse { interest_form: Some(view::interest_form(&accepted)) }).await
}
