//! The three mails about a form, handed to renewals, which keeps and sends them. A mail is raised with the change that it
//! tells and handed over afterwards, once: renewals takes its key no second time.

use std::collections::HashMap;

use careway_contract::renewals::v1::{
    SendRequest,
    notification_service_client::NotificationServiceClient,
    send_request::{Channel, Priority},
};
use careway_service::{Call, Result, timestamp};
use chrono::Duration;
use uuid::Uuid;

use super::{
    domain::{InterestForm, UNCONFIRMED_FOR},
    mail_kind::MailKind,
    store::{self, UnsentMail},
};
use crate::App;

/// Hands over every mail that is raised. One that cannot be handed over holds up no other, and is tried again. Several
/// replicas may hand over the same one: it has the same key.
pub(super) async fn send_all(app: &App) -> Result<()> {
    let begun = app.clock.now();
    let raised = (begun - UNCONFIRMED_FOR, begun);
    let mut failed: Vec<Uuid> = Vec::new();
    loop {
        let unsent = {
            let mut reader = app.db.read(&Call::system("interest_forms.mail")).await?;
            store::find_unsent_mail(&mut reader, &app.interest_keys, raised, &failed).await?
        };
        let Some(UnsentMail { kind, form }) = unsent else { return Ok(()) };
        if let Err(error) = send(app, kind, &form).await {
            tracing::warn!(form = %form.id, %error, "a mail about an interest form waits");
            failed.push(form.id.uuid());
            continue;
        }
        let mut tx = app.db.begin_system("interest_forms.mail").await?;
        let now = tx.now();
        store::update_mail_sent(&mut tx, form.id, kind, now).await?;
        tx.finish().await?;
    }
}

async fn send(app: &App, kind: MailKind, form: &InterestForm) -> Result<()> {
    // Until the address is confirmed it may be anybody's: nothing that a stranger wrote goes there.
    let values = match kind {
        MailKind::Confirm => vec![
            ("link", format!("{}{}", app.interest_url, app.interest_keys.token(form.id).expose())),
            ("days", UNCONFIRMED_FOR.num_days().to_string()),
        ],
        MailKind::Received => vec![("organization", form.content.organization_name.as_str().to_owned())],
        MailKind::Declined => vec![
            ("organization", form.content.organization_name.as_str().to_owned()),
            ("reason", form.reason.as_ref().map(|reason| reason.expose().to_owned()).unwrap_or_default()),
        ],
    };
    let good_for = if kind == MailKind::Confirm { UNCONFIRMED_FOR } else { Duration::days(3) };
    let message = SendRequest {
        channel: Channel::Email.into(),
        to: form.content.email.as_str().to_owned(),
        template: kind.template().to_owned(),
        language: form.language.as_str().to_owned(),
        values: values.into_iter().map(|(name, text)| (name.to_owned(), text)).collect::<HashMap<_, _>>(),
        priority: Priority::Transactional.into(),
        dedupe_key: format!("{}:{}", kind.template(), form.id),
        expires_at: Some(timestamp(app.clock.now() + good_for)),
        organization_id: String::new(),
        mail: None,
    };
    let message = app.foundation.identity.request(message);
    NotificationServiceClient::new(app.foundation.registry.upstream("renewals")).send(message).await?;
    Ok(())
}
