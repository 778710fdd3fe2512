//! Whom a message goes to and what it says, found out when it is sent: from visits what there is to say, from identity who
//! can be reached and how.

use std::collections::HashMap;

use careway_contract::identity::v1::{
    GetMemberContactRequest, ListStaffContactsRequest, account_service_client::AccountServiceClient,
    member_service_client::MemberServiceClient,
};
use careway_kernel::Language;
use careway_service::{Result, Upstream};
use tonic::Code;

use crate::{
    App,
    domain::{
        decisions,
        message::{About, Addressee, Content, Office, holds},
        template,
    },
    notices::{self, Notice},
};

/// What there is to send.
pub(crate) enum Found {
    Message(Content),
    /// What it would say is not so any more.
    Outdated,
    /// Nobody can be reached.
    NoContact,
}

/// Somebody who can be reached: where, and in which language.
struct Reader {
    to: String,
    language: Language,
}

/// Recipient and words of a message.
pub(crate) async fn find(app: &App, template: &str, about: &About) -> Result<Found> {
    let Notice { state, mut values } = notices::read(app, about).await?;
    let wanted = template::values_of(template);
    values.retain(|(name, _)| wanted.contains(name));
    let nothing_due = values.iter().any(|(name, value)| *name == "due" && value.is_empty());
    if nothing_due || !holds(template, &state) {
        return Ok(Found::Outdated);
    }
    let reader = match about.addressee() {
        Addressee::Member(id) => member(app, id).await?,
        Addressee::Office(office) => staff(app, office).await?,
    };
    let Some(Reader { to, language }) = reader else { return Ok(Found::NoContact) };
    let in_words = |(name, value): (&str, String)| {
        let decision = (name == "state").then(|| decisions::words(&value, language)).flatten();
        (name.to_owned(), decision.map_or(value, str::to_owned))
    };
    let values: HashMap<_, _> = values.into_iter().map(in_words).collect();
    let words = template::render(template, language, &values).map_err(anyhow::Error::from)?;
    Ok(Found::Message(Content { to, subject: words.subject, text: words.text }))
}

/// A member, by SMS; none when that cannot be.
async fn member(app: &App, member_id: &str) -> Result<Option<Reader>> {
    let asked = GetMemberContactRequest { member_id: member_id.to_owned() };
    let asked = app.foundation().identity.request(asked);
    let contact = match MemberServiceClient::new(identity(app)).get_member_contact(asked).await {
        Ok(found) => found.into_inner().contact,
        Err(status) if status.code() == Code::NotFound => None,
        Err(status) => return Err(status.into()),
    };
    let contact = contact.filter(|contact| !contact.sms_number.is_empty());
    Ok(contact.map(|contact| Reader { to: contact.sms_number, language: language(&contact.language) }))
}

/// Those of an organization who may do something, by mail; none when it has nobody.
async fn staff(app: &App, office: &Office) -> Result<Option<Reader>> {
    let Office { organization_id, permission } = office.clone();
    let asked = app.foundation().identity.request(ListStaffContactsRequest { organization_id, permission });
    let staff = AccountServiceClient::new(identity(app)).list_staff_contacts(asked).await?.into_inner();
    let language = language(&staff.language);
    Ok((!staff.emails.is_empty()).then(|| Reader { to: Content::to_all(&staff.emails), language }))
}

fn language(code: &str) -> Language {
    Language::parse(code).unwrap_or(Language::En)
}

fn identity(app: &App) -> Upstream {
    app.foundation().registry.upstream("identity")
}
