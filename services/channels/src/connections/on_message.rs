//! A mail to a channel was accepted, or will not arrive: that decides whether the intent is declared.

use careway_contract::renewals::v1::{MessageAccepted, MessageFailed};
use careway_events::Received;
use careway_kernel::MessageId;
use careway_service::{Error, Result, Transaction};

use super::{
    change::Change,
    domain::Delivery,
    store::{self, Outcome},
};
use crate::App;

/// The template of the mail that declares an intent.
const INTENT: &str = "connection_intent";

pub(crate) async fn message_accepted(
    app: &App,
    tx: &mut Transaction,
    event: Received<MessageAccepted>,
) -> Result<()> {
    heard(app, tx, &event.message.template, &event.message.message_id, Outcome::Accepted).await
}

pub(crate) async fn message_failed(
    app: &App,
    tx: &mut Transaction,
    event: Received<MessageFailed>,
) -> Result<()> {
    heard(app, tx, &event.message.template, &event.message.message_id, Outcome::Failed).await
}

async fn heard(
    app: &App,
    tx: &mut Transaction,
    template: &str,
    message: &str,
    outcome: Outcome,
) -> Result<()> {
    if template != INTENT {
        return Ok(());
    }
    let message = MessageId::parse(message).map_err(Error::internal)?;
    let now = tx.now();
    store::lock_message(tx, message).await?;
    store::insert_outcome(tx, message, outcome, now).await?;
    apply(app, tx, message, outcome).await
}

/// What became of the mail is what becomes of the intent, unless the connection has gone on meanwhile.
pub(super) async fn apply(
    app: &App,
    tx: &mut Transaction,
    message: MessageId,
    outcome: Outcome,
) -> Result<()> {
    let Some(id) = store::find_mail_of(tx, message).await? else { return Ok(()) };
    let Some(mut change) = Change::of(app, tx, None, id).await? else { return Ok(()) };
    let delivery = match outcome {
        Outcome::Accepted => Delivery::Accepted,
        Outcome::Failed => Delivery::Failed,
    };
    if change.connection.intent_ended(delivery).is_ok() {
        change.keep_by_itself(tx, "intent-mail", delivery.as_str()).await?;
    }
    Ok(())
}
