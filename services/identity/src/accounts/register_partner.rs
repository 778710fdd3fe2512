//! Let a partner or channel in that asked by an interest form, for Careway's own services: its organization, and the
//! invitation of its first administrator. One form registers once.

use careway_contract::identity::v1::{RegisterPartnerRequest, RegisterPartnerResponse};
use careway_events::record;
use careway_kernel::{
    AccountId, CountryCode, Email, InvitationId, Language, Names, OrganizationId, Violations,
};
use careway_service::{AuditEntry, Call, OrganizationKind, Result};
use uuid::Uuid;

use super::{
    domain::roles::Table,
    invitations::{
        self,
        domain::{Invitation, LIFETIME},
    },
    store,
};
use crate::{
    App, opaque_token,
    organizations::{
        self,
        create::registered,
        domain::{Organization, Refusal, Status, parse_time_zone},
        view::{parse_codes, parse_kind},
    },
};

pub(crate) async fn register_partner(
    app: &App,
    call: &Call,
    request: RegisterPartnerRequest,
) -> Result<RegisterPartnerResponse> {
    let (form, organization, contact) = parse(app, &request)?;
    let mut reader = app.db.read(call).await?;
    let mut taken = false;
    for code in &organization.codes {
        taken |= organizations::store::find_by_code(&mut reader, code).await?.is_some();
    }
    // The form after the codes: the same form that registers meanwhile takes the codes with it, and is answered alike.
    if let Some(id) = store::partner::find_registered(&mut reader, form).await? {
        return Ok(RegisterPartnerResponse { organization_id: id.to_string() });
    }
    // Told before the mail: nobody is invited to what cannot be registered.
    if taken {
        return Err(Refusal::CodeTaken.into());
    }
    drop(reader);

    let (secret, token_digest) = opaque_token::generate();
    let invitation = Invitation {
        id: InvitationId::new(&app.clock),
        organization: organization.id,
        account: AccountId::new(&app.clock),
        email: contact.email,
        name: contact.name,
        roles: vec![Table::of(organization.kind).administrator().to_owned()],
        token_digest,
        expires_at: organization.created_at + LIFETIME,
        accepted_at: None,
        accepted_by: None,
        created_at: organization.created_at,
    };
    // The mail first, as for every invitation: a link that never comes to be is refused politely, a lost mail is not
    // noticed by anybody.
    app.mail.invite(&organization, &invitation, &secret).await?;
    let mut tx = app.db.begin_unkeyed(call).await?;
    store::partner::lock_form(&mut tx, form).await?;
    if let Some(id) = store::partner::find_registered(&mut tx, form).await? {
        return Ok(RegisterPartnerResponse { organization_id: id.to_string() });
    }
    let now = tx.now();
    organizations::store::insert_organization(&mut tx, &organization).await?;
    store::partner::insert_registered(&mut tx, form, organization.id, now).await?;
    invitations::store::insert_invitation(&mut tx, &invitation).await?;
    record(&mut tx, registered(&organization));
    tx.audit(AuditEntry {
        action: "organization.register_partner",
        entity: Some(organization.id.uuid()),
        ..AuditEntry::default()
    });
    tx.finish().await?;
    Ok(RegisterPartnerResponse { organization_id: organization.id.to_string() })
}

/// The first administrator.
struct Contact {
    email: Email,
    name: Names,
}

fn parse(app: &App, request: &RegisterPartnerRequest) -> Result<(Uuid, Organization, Contact)> {
    let mut v = Violations::default();
    let form = v.required("interestFormId", request.interest_form_id.as_str(), Uuid::parse_str);
    let kind = v.present("kind", parse_kind(request.kind()).filter(may_register));
    let name = v.required("name", request.name.as_str(), Names::parse);
    let country = v.required("country", request.country.as_str(), CountryCode::parse);
    let time_zone = v.required("timeZone", request.time_zone.as_str(), parse_time_zone);
    let locale = v.required("locale", request.locale.as_str(), Language::parse);
    let codes = parse_codes(&mut v, &request.codes);
    let email = v.required("email", request.email.as_str(), Email::parse);
    let contact_name = v.required("contactName", request.contact_name.as_str(), Names::parse);
    let contact = email.zip(contact_name).map(|(email, name)| Contact { email, name });
    let (form, kind, name, country, time_zone, locale, codes, contact) =
        v.all((form, kind, name, country, time_zone, locale, codes, contact))?;
    let organization = Organization {
        id: OrganizationId::new(&app.clock),
        kind,
        name,
        country,
        time_zone,
        locale,
        status: Status::Active,
        codes,
        version: 1,
        created_at: app.clock.now(),
    };
    Ok((form, organization, contact))
}

/// Only those come by an interest form; the others are registered by an operator.
fn may_register(kind: &OrganizationKind) -> bool {
    matches!(kind, OrganizationKind::Partner | OrganizationKind::Channel)
}
