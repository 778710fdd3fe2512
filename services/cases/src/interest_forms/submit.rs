//! Take an interest form. The answer is the same for every address, and comes before any mail: it tells nothing.

use careway_contract::cases::v1::{SubmitInterestFormRequest, SubmitInterestFormResponse};
use careway_kernel::{
    CountryCode, Email, InterestFormId, Language, Names, Violations,
    text::{Line, Text},
};
use careway_service::{Call, Result};
use chrono::Duration;

use super::{
    domain::{Content, InterestForm, MAILS_A_DAY, State},
    mail_kind::MailKind,
    store,
};
use crate::App;

pub(crate) async fn submit_interest_form(
    app: &App,
    call: &Call,
    request: SubmitInterestFormRequest,
) -> Result<SubmitInterestFormResponse> {
    let (content, language) = parse(call, &request)?;
    let mut tx = app.db.begin_for(call, "interest_forms.submit").await?;
    let now = tx.now();
    let form = InterestForm {
        id: InterestFormId::new(&app.clock),
        state: State::Unconfirmed,
        language,
        content,
        submitted_at: now,
        confirmed_at: None,
        decided: None,
        organization: None,
        reason: None,
        version: 1,
    };
    let network = call.client_ip.map(|address| app.interest_keys.network(address));
    let day = Duration::days(1);
    let confirmations = store::get_confirmations(&mut tx, network.as_deref(), now - day).await?;
    store::insert_form(&mut tx, &app.interest_keys, &form, network.as_deref()).await?;
    if confirmations.leave_one() {
        let most = (MAILS_A_DAY, day);
        store::insert_mail(&mut tx, &app.interest_keys, &form, MailKind::Confirm, most, now).await?;
    }
    tx.wake_after_commit(app.interest_mail.clone());
    tx.finish().await?;
    Ok(SubmitInterestFormResponse {})
}

fn parse(call: &Call, request: &SubmitInterestFormRequest) -> Result<(Content, Language)> {
    let mut v = Violations::default();
    let name = v.required("organizationName", request.organization_name.as_str(), Names::parse);
    let country = v.required("country", request.country.as_str(), CountryCode::parse);
    let contact = v.required("contactName", request.contact_name.as_str(), Names::parse);
    let email = v.required("email", request.email.as_str(), Email::parse);
    let website = v.optional("website", request.website.as_str(), Line::<200>::parse);
    let message = v.required("message", request.message.as_str(), Text::<2000>::parse);
    let language = call.language(&mut v, &request.language);
    let (organization_name, country, contact_name, email, website, message, language) =
        v.all((name, country, contact, email, website, message, language))?;
    let website = website.map(String::from).unwrap_or_default();
    let message = message.into();
    Ok((Content { organization_name, country, contact_name, email, website, message }, language))
}
