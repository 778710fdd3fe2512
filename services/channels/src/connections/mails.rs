//! Mails to channels: kept with the step that gives rise to them, handed to renewals after it, as often as it takes; renewals
//! takes each once.

use careway_contract::{
    renewals::v1::{
        SendRequest,
        notification_service_client::NotificationServiceClient,
        send_request::{Channel, Priority},
    },
    types::v1::MailHeaders,
};
use careway_kernel::{ConnectionId, MessageId};
use careway_service::{Call, Error, Result, Transaction};
use uuid::Uuid;

use super::{
    on_message,
    store::{self, Mail, MailKind},
};
use crate::App;

pub(crate) use super::store::MailKind as Kind;

/// What customer service is written to in.
const SUPPORT_LANGUAGE: &str = "en";
/// Mails handed over at a time.
const BATCH: i64 = 50;

/// Keeps a mail to the channel: it goes when the step is kept.
pub(crate) async fn keep(
    app: &App,
    tx: &mut Transaction,
    connection: ConnectionId,
    kind: MailKind,
    state: &str,
) -> Result<()> {
    let now = tx.now();
    store::insert_mail(tx, connection, kind, state, now).await?;
    tx.wake_after_commit(app.mail_waits.clone());
    Ok(())
}

/// Hands over what waits. A mail that is not taken waits for the next round and holds up no other.
pub(crate) async fn send_all(app: &App) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let waiting = {
            let mut reader = app.db.read(&Call::system("connection.mails")).await?;
            store::list_waiting_mails(&mut reader, after, BATCH).await?
        };
        let Some(last) = waiting.last() else { return Ok(()) };
        after = last.id;
        for mail in &waiting {
            if let Err(error) = send(app, mail).await {
                tracing::warn!(?error, mail_id = %mail.id, "a mail to a channel could not be handed over");
            }
        }
    }
}

async fn send(app: &App, mail: &Mail) -> Result<()> {
    let request = app.foundation.identity.request(message(app, mail));
    let mut renewals = NotificationServiceClient::new(app.foundation.registry.upstream("renewals"));
    let sent = renewals.send(request).await?.into_inner();
    let message = MessageId::parse(&sent.message_id).map_err(Error::internal)?;
    let mut tx = app.db.begin_system("connection.mails").await?;
    store::lock_message(&mut tx, message).await?;
    let outcome = store::update_sent(&mut tx, mail.id, message).await?;
    if let Some(outcome) = outcome {
        on_message::apply(app, &mut tx, message, outcome).await?;
    }
    tx.finish().await
}

fn message(app: &App, mail: &Mail) -> SendRequest {
    let template = match (mail.kind, mail.state.as_str()) {
        (MailKind::Intent, _) => "connection_intent",
        (MailKind::Told, _) => "connection_consented",
        (MailKind::Changed, "LIVE") => "connection_live",
        (MailKind::Changed, "SUSPENDED") => "connection_suspended",
        (MailKind::Changed, _) => "connection_ended",
        (MailKind::Notice, "DURATION") => "connection_duration",
        (MailKind::Notice, _) => "connection_notice",
        (MailKind::Reminder, _) => "connection_notice_reminder",
        (MailKind::Overdue, _) => "connection_notice_overdue",
    };
    let support = || app.support_address.clone();
    // Customer service accompanies a connection from its first mail on, and is told of a new service as the channel is.
    let cc = match (mail.kind, mail.state.as_str()) {
        (MailKind::Intent, _) | (MailKind::Notice, "SERVICE") => vec![support()],
        _ => Vec::new(),
    };
    let (to, language) = match mail.kind {
        MailKind::Overdue => (support(), SUPPORT_LANGUAGE.to_owned()),
        _ => (mail.address.clone(), mail.language.clone()),
    };
    let values = [("provider", &mail.provider), ("channel", &mail.channel)];
    SendRequest {
        channel: Channel::Email.into(),
        to,
        template: template.to_owned(),
        language,
        values: values.map(|(name, value)| (name.to_owned(), value.clone())).into(),
        priority: Priority::Transactional.into(),
        dedupe_key: format!("connection_mail:{}", mail.id),
        expires_at: None,
        organization_id: mail.provider_id.to_string(),
        mail: Some(MailHeaders { cc, reply_to: support(), ..Default::default() }),
    }
}
