//! Whom a message goes to and what it says, found out when it is sent: from identity who can be reached and how, from
//! visits what there is to say.

use std::collections::HashMap;

use careway_contract::{
    identity::v1::{
        GetMemberContactRequest, ListStaffContactsRequest, MemberContact,
        account_service_client::AccountServiceClient, member_service_client::MemberServiceClient,
    },
    visits::v1::{
        GetClaimNoticeRequest, GetClaimNoticeResponse, GetPreauthorizationNoticeRequest,
        GetPreauthorizationNoticeResponse, GetPrescriptionNoticeRequest, GetVisitNoticeRequest,
        claim_notice_service_client::ClaimNoticeServiceClient,
        preauthorization_notice_service_client::PreauthorizationNoticeServiceClient,
        prescription_notice_service_client::PrescriptionNoticeServiceClient,
        visit_notice_service_client::VisitNoticeServiceClient,
    },
};
use careway_kernel::Language;
use careway_service::{Result, Upstream};
use tonic::Code;

use crate::{
    App,
    domain::{
        message::{About, Content, Office},
        template,
    },
};

/// A template's values.
type Values = Vec<(&'static str, String)>;

/// What is found out of a message.
pub(crate) enum Found {
    /// Recipient and words.
    Content(Content),
    /// Nobody can be reached.
    NoContact,
    /// What somebody was to be reminded of has been done meanwhile.
    Overtaken,
}

/// Recipient and words of a message, if it is still to be sent.
pub(crate) async fn find(app: &App, template: &str, about: About) -> Result<Found> {
    let content = match about {
        About::VisitAdmitted { visit_id, member_id } => {
            let Some(member) = member(app, member_id).await? else { return Ok(Found::NoContact) };
            to_member(template, member, visit_values(app, visit_id).await?)
        }
        About::ClaimDecided { claim_id, member_id } => {
            let Some(member) = member(app, member_id).await? else { return Ok(Found::NoContact) };
            let notice = claim(app, claim_id).await?;
            to_member(template, member, claim_values(app, notice))
        }
        About::PreauthorizationDecided { preauthorization_id, member_id } => {
            let Some(member) = member(app, member_id).await? else { return Ok(Found::NoContact) };
            let notice = preauthorization(app, preauthorization_id, String::new()).await?;
            to_member(template, member, vec![("facility", notice.facility_name), ("number", notice.number)])
        }
        About::PrescriptionIssued { prescription_id, member_id } => {
            let Some(member) = member(app, member_id).await? else { return Ok(Found::NoContact) };
            to_member(template, member, prescription_values(app, prescription_id).await?)
        }
        About::Claim { claim_id, to } => {
            let notice = claim(app, claim_id).await?;
            let state = notice.state().as_str_name().to_owned();
            let mut values = vec![
                ("facility", notice.facility_name),
                ("payer", notice.payer_name),
                ("number", notice.claim_number),
            ];
            if template == "staff_claim_decided" {
                values.push(("state", state));
            }
            to_office(app, template, to, values).await
        }
        About::Preauthorization { preauthorization_id, to } => {
            let notice = preauthorization(app, preauthorization_id, to.organization_id.clone()).await?;
            let mut values = vec![
                ("facility", notice.facility_name),
                ("payer", notice.payer_name),
                ("number", notice.number),
            ];
            values.push(match template {
                "staff_preauthorization_decided" => ("state", notice.state),
                // Decided or answered before this could say that it waits.
                _ if notice.due.is_empty() => return Ok(Found::Overtaken),
                _ => ("due", notice.due),
            });
            to_office(app, template, to, values).await
        }
    };
    Ok(content?.map_or(Found::NoContact, Found::Content))
}

fn to_member(template: &str, member: MemberContact, values: Values) -> Result<Option<Content>> {
    content(template, &member.language, member.sms_number, values)
}

async fn to_office(app: &App, template: &str, office: Office, values: Values) -> Result<Option<Content>> {
    let Office { organization_id, permission } = office;
    let asked = app.foundation().identity.request(ListStaffContactsRequest { organization_id, permission });
    let staff = AccountServiceClient::new(identity(app)).list_staff_contacts(asked).await?.into_inner();
    if staff.emails.is_empty() {
        return Ok(None);
    }
    content(template, &staff.language, Content::to_all(&staff.emails), values)
}

fn content(template: &str, language: &str, to: String, values: Values) -> Result<Option<Content>> {
    let language = Language::parse(language).unwrap_or(Language::En);
    let values: HashMap<_, _> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let words = template::render(template, language, &values).map_err(anyhow::Error::from)?;
    Ok(Some(Content { to, subject: words.subject, text: words.text }))
}

/// How a member is reached by SMS; none when that cannot be.
async fn member(app: &App, member_id: String) -> Result<Option<MemberContact>> {
    let asked = app.foundation().identity.request(GetMemberContactRequest { member_id });
    let contact = match MemberServiceClient::new(identity(app)).get_member_contact(asked).await {
        Ok(found) => found.into_inner().contact,
        Err(status) if status.code() == Code::NotFound => None,
        Err(status) => return Err(status.into()),
    };
    Ok(contact.filter(|contact| !contact.sms_number.is_empty()))
}

async fn visit_values(app: &App, visit_id: String) -> Result<Values> {
    let asked = app.foundation().identity.request(GetVisitNoticeRequest { visit_id });
    let notice = VisitNoticeServiceClient::new(visits(app)).get_visit_notice(asked).await?.into_inner();
    Ok(vec![
        ("facility", notice.facility_name),
        ("visit_number", notice.visit_number),
        ("dispute_link", format!("{}{}", app.dispute_url(), notice.dispute_token)),
    ])
}

async fn claim(app: &App, claim_id: String) -> Result<GetClaimNoticeResponse> {
    let asked = app.foundation().identity.request(GetClaimNoticeRequest { claim_id });
    Ok(ClaimNoticeServiceClient::new(visits(app)).get_claim_notice(asked).await?.into_inner())
}

fn claim_values(app: &App, notice: GetClaimNoticeResponse) -> Values {
    let money = |amount: &str| format!("{} {amount}", notice.currency);
    vec![
        ("payer_part", money(&notice.payer_part)),
        ("patient_part", money(&notice.patient_part)),
        ("facility", notice.facility_name),
        ("claim_number", notice.claim_number),
        ("explanation_link", format!("{}{}", app.explanation_url(), notice.explanation_token)),
        ("dispute_link", format!("{}{}", app.dispute_url(), notice.dispute_token)),
    ]
}

async fn preauthorization(
    app: &App,
    preauthorization_id: String,
    reader_id: String,
) -> Result<GetPreauthorizationNoticeResponse> {
    let asked = app
        .foundation()
        .identity
        .request(GetPreauthorizationNoticeRequest { preauthorization_id, reader_id });
    let mut visits = PreauthorizationNoticeServiceClient::new(visits(app));
    Ok(visits.get_preauthorization_notice(asked).await?.into_inner())
}

async fn prescription_values(app: &App, prescription_id: String) -> Result<Values> {
    let asked = app.foundation().identity.request(GetPrescriptionNoticeRequest { prescription_id });
    let mut visits = PrescriptionNoticeServiceClient::new(visits(app));
    let notice = visits.get_prescription_notice(asked).await?.into_inner();
    Ok(vec![
        ("facility", notice.facility_name),
        ("number", notice.prescription_number),
        ("until", notice.expires_on),
    ])
}

fn identity(app: &App) -> Upstream {
    app.foundation().registry.upstream("identity")
}

fn visits(app: &App) -> Upstream {
    app.foundation().registry.upstream("visits")
}
