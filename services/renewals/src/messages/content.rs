//! Whom a message goes to and what it says, found out when it is sent: from the context that it is about what there is to
//! say, from identity who can be reached and how.

use careway_contract::identity::v1::{
    GetMemberContactRequest, ListStaffContactsRequest, account_service_client::AccountServiceClient,
    member_service_client::MemberServiceClient,
};
use careway_kernel::Language;
use careway_service::{Result, Upstream};
use chrono::{DateTime, Utc};
use tonic::Code;

use super::{
    domain::{
        about::{About, Reader},
        decisions,
        mail::MailHeaders,
        message::Content,
        rules, template,
    },
    notice::{self, Named, Notice},
};
use crate::App;

/// What there is to send.
pub(super) enum Found {
    Message(Box<Content>),
    /// Its own end has come.
    Expired,
    /// It is not to be sent, for this reason.
    Suppressed(String),
    /// It is not to be sent yet.
    Held(DateTime<Utc>),
    /// What it would say is not so any more.
    Outdated,
    /// Nobody can be reached.
    NoContact,
}

/// Where somebody can be reached, and in which language.
struct Contact {
    to: Vec<String>,
    language: Language,
    mail: MailHeaders,
}

/// Recipient and words of a message.
pub(super) async fn find_content(app: &App, template: &str, about: &About) -> Result<Found> {
    let (state, mut values, named) = match notice::get_notice(app, about).await? {
        Notice::Values { state, values, named } => (state, values, named),
        Notice::Words(content) => return Ok(Found::Message(content)),
        Notice::Expired => return Ok(Found::Expired),
        Notice::Suppressed(reason) => return Ok(Found::Suppressed(reason)),
        Notice::Held(until) => return Ok(Found::Held(until)),
    };
    values.retain(|name, _| template::takes(template, name));
    let nothing_due = values.get("due").is_some_and(String::is_empty);
    if nothing_due || !rules::still_holds(template, &state) {
        return Ok(Found::Outdated);
    }
    let contact = match &about.reader {
        Reader::Member { member_id } => member(app, member_id).await?,
        Reader::Staff { organization_id, permission } => staff(app, organization_id, permission, "").await?,
        Reader::Author { organization_id, account_id, permission } => {
            staff(app, organization_id, permission, account_id).await?
        }
        Reader::Named => named.and_then(|named| named_contact(*named)),
    };
    let Some(Contact { to, language, mail }) = contact else { return Ok(Found::NoContact) };
    if let Some(decision) = values.get_mut("state") {
        *decision = decisions::words(decision, language).map_or_else(|| decision.clone(), str::to_owned);
    }
    let words = template::render(template, language, &values).map_err(anyhow::Error::from)?;
    let language = language.as_str().to_owned();
    let (subject, text) = (words.subject, words.text);
    Ok(Found::Message(Box::new(Content { to, subject, text, language, mail })))
}

/// Whom the notice names; none when that is nobody.
fn named_contact(named: Named) -> Option<Contact> {
    let Named { to, language, mail } = named;
    (!to.is_empty()).then_some(Contact { to, language, mail })
}

/// A member, by SMS; none when that cannot be.
async fn member(app: &App, member_id: &str) -> Result<Option<Contact>> {
    let request = GetMemberContactRequest { member_id: member_id.to_owned() };
    let request = app.foundation.identity.request(request);
    let contact = match MemberServiceClient::new(identity(app)).get_member_contact(request).await {
        Ok(found) => found.into_inner().contact,
        Err(status) if status.code() == Code::NotFound => None,
        Err(status) => return Err(status.into()),
    };
    let contact = contact.filter(|contact| !contact.sms_number.is_empty());
    Ok(contact.map(|contact| {
        let language = language(&contact.language);
        Contact { to: vec![contact.sms_number], language, mail: MailHeaders::default() }
    }))
}

/// One of an organization, or else those who may do something, by mail; none when it has nobody.
async fn staff(
    app: &App,
    organization_id: &str,
    permission: &str,
    account_id: &str,
) -> Result<Option<Contact>> {
    let [organization_id, permission, account_id] =
        [organization_id, permission, account_id].map(str::to_owned);
    let request = ListStaffContactsRequest { organization_id, permission, account_id };
    let request = app.foundation.identity.request(request);
    let staff = AccountServiceClient::new(identity(app)).list_staff_contacts(request).await?.into_inner();
    let language = language(&staff.language);
    let mail = MailHeaders::default();
    Ok((!staff.emails.is_empty()).then_some(Contact { to: staff.emails, language, mail }))
}

fn language(code: &str) -> Language {
    Language::parse(code).unwrap_or(Language::En)
}

fn identity(app: &App) -> Upstream {
    app.foundation.registry.upstream("identity")
}
