//! Receive a mail: read it once, ask once who its author is, and make of it what it becomes for each recipient.

use bytes::Bytes;
use careway_kernel::Email;
use careway_service::{Call, Error, Result};

use super::{
    domain::{
        lmtp::dialogue::Envelope,
        machine::Machine,
        mail::Mail,
        outcome::{FoundCase, Outcome},
        recipient::Recipient,
        sender::Sender,
    },
    keep::{Decided, Kept, keep},
    received::{Delivered, Received},
    report::report_bounce,
    sender,
    store::matches::{self, Match},
    unsubscribe::unsubscribe,
};
use crate::App;

/// A decision and its keeping are tried again when the case changed in between.
const ATTEMPTS: usize = 3;

/// Receives a mail. What it becomes is kept when this returns; an error is of one recipient and leaves nothing of it.
pub(super) async fn receive(
    app: &App,
    envelope: &Envelope,
    raw: Vec<u8>,
) -> Result<Vec<Result<Option<Delivered>>>> {
    let raw = Bytes::from(raw);
    let mail = read(app, &envelope.mail_from, &raw).await?;
    let is_authenticated = is_authenticated(app, &mail, &raw).await?;
    let sender = match mail.author.address() {
        Some(address) if is_authenticated && mail.machine.is_none() => sender::resolve(app, address).await?,
        _ => Sender::default(),
    };
    let received = Received { mail: &mail, raw: &raw, is_authenticated, sender: &sender };
    let mut delivered = Vec::with_capacity(envelope.recipients.len());
    for address in &envelope.recipients {
        delivered.push(deliver(app, &received, address).await);
    }
    Ok(delivered)
}

/// Parses on a thread of its own: a mail that is costly to read keeps nobody else waiting.
pub(super) async fn read(app: &App, mail_from: &str, raw: &Bytes) -> Result<Mail> {
    let _permit = app.inbound_mail.parsing().acquire().await.map_err(Error::internal)?;
    let (raw, mail_from) = (raw.clone(), mail_from.to_owned());
    let mailboxes = app.inbound_mail.mailboxes().clone();
    let read = tokio::task::spawn_blocking(move || Mail::read(&raw, &mail_from, &mailboxes));
    read.await.map_err(Error::internal)
}

async fn is_authenticated(app: &App, mail: &Mail, raw: &[u8]) -> Result<bool> {
    let looks: Option<(_, &Email)> = app.inbound_mail.authenticator().zip(mail.author.address());
    match (mail.is_authenticated, looks) {
        (Some(found), _) => Ok(found),
        (None, Some((authenticator, author))) if mail.too_complex.is_none() && mail.machine.is_none() => {
            authenticator.is_authentic(raw, author).await
        }
        (None, _) => Ok(false),
    }
}

/// None when the address is not ours.
async fn deliver(app: &App, received: &Received<'_>, address: &str) -> Result<Option<Delivered>> {
    let Some(recipient) = app.inbound_mail.own_mailboxes().recipient(address) else { return Ok(None) };
    let is_report = received.mail.machine == Some(Machine::DeliveryReport);
    if is_report || recipient == Recipient::Bounces {
        report_bounce(app, received.raw, address).await?;
    }
    if recipient == Recipient::Unsubscribe {
        unsubscribe(app, &received.mail.subject).await?;
    }
    for _ in 0..ATTEMPTS {
        if let Some(delivered) = attempt(app, received, &recipient).await? {
            return Ok(Some(delivered));
        }
    }
    Err(Error::stale())
}

/// Decides and keeps; none when the case is not any more as it was found.
async fn attempt(app: &App, received: &Received<'_>, recipient: &Recipient) -> Result<Option<Delivered>> {
    let call = Call::system("take-mail");
    let found = matches::list_matches(app, &call, received, recipient.reference()).await?;
    let matched = chosen(&found, received.sender);
    let known = matched.or_else(|| found.iter().find(|found| found.case.is_none()));
    let known = known.ok_or_else(|| Error::internal(anyhow::anyhow!("no row of the look-up")))?;
    if let Some(first) = known.duplicate_of {
        let case = known.duplicate_case;
        return Ok(Some(Delivered { outcome: Outcome::Duplicate, mail: first, case }));
    }
    let case: Option<&FoundCase> = matched.and_then(|found| found.case.as_ref());
    let outcome = match recipient {
        Recipient::Unsubscribe => Outcome::Recorded { case: None },
        _ => Outcome::of(received.mail, received.is_authenticated, received.sender, case),
    };
    let outcome = outcome.unless_loop(known.frequency);
    let answer = outcome.answer(received.mail).filter(|_| known.may_be_answered());
    let mentioned = mentioned(&found, received.sender);
    match keep(app, received, Decided { outcome, found: known, answer, mentioned }).await? {
        Kept::As(delivered) => Ok(Some(delivered)),
        Kept::Changed => Ok(None),
    }
}

/// The case of the strongest hint; a number finds only what the sender may read.
fn chosen<'a>(found: &'a [Match], sender: &Sender) -> Option<&'a Match> {
    found.iter().filter(|found| !found.is_mention).find(|found| {
        let may = |case: &FoundCase| !found.is_number || sender.may_read(case.organization);
        found.case.as_ref().is_some_and(may)
    })
}

/// The numbers that the text names, of cases that the sender may read: links.
fn mentioned(found: &[Match], sender: &Sender) -> Vec<String> {
    let may = |case: &FoundCase| sender.may_read(case.organization);
    let linked = |found: &&Match| found.is_mention && found.case.as_ref().is_some_and(may);
    found.iter().filter(linked).map(|found| found.value.clone()).collect()
}
