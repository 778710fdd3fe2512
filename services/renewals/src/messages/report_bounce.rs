//! Take what came to a return address: a mail that did not arrive, whose address may be suspect from now on.

use careway_contract::renewals::v1::{
    ReportBounceRequest, ReportBounceResponse, report_bounce_response::Outcome,
};
use careway_kernel::Violations;
use careway_service::{Call, Result, Transaction};

use super::{
    domain::bounce::{self, Bounce, BounceKind, COUNTED},
    events::{self, Said},
    store::bounces::{self, BounceRow, SentMail},
};
use crate::{App, participants};

/// What a report says stands in its beginning; the mail that it returns may be cut off.
const LONGEST: usize = 256 * 1024;

/// Recipients by their keyed hashes, and what is said of each.
type Failed = Vec<([u8; 32], BounceKind)>;

pub(crate) async fn report_bounce(
    app: &App,
    _: &Call,
    request: ReportBounceRequest,
) -> Result<ReportBounceResponse> {
    let mut violations = Violations::default();
    violations.check("mail", (1..=LONGEST).contains(&request.mail.len()), "must be 1 to 262144 octets");
    violations.finish()?;
    let bounce = bounce::read(&request.mail).filter(|bounce| bounce.kind.is_undelivered());
    let Some(bounce) = bounce else { return Ok(answer(Outcome::NoBounce, None)) };

    let mut tx = app.db.begin_system("take-bounces").await?;
    let Some((mail, failed)) = find(app, &mut tx, &request.return_address, &bounce).await? else {
        tracing::info!(kind = bounce.kind.as_str(), "a bounce of nothing of ours");
        return Ok(answer(Outcome::NotOurs, None));
    };
    take(&mut tx, &mail, &failed).await?;
    tx.finish().await?;
    Ok(answer(Outcome::Bounced, Some(&mail)))
}

fn answer(outcome: Outcome, mail: Option<&SentMail>) -> ReportBounceResponse {
    let message_id = mail.map(|mail| mail.message_id.to_string()).unwrap_or_default();
    ReportBounceResponse { outcome: outcome.into(), message_id }
}

/// The mail that a report is of, and which of its recipients it did not reach: by its return address, else by its Message-ID
/// together with a recipient, since anybody may write such a report.
async fn find(
    app: &App,
    tx: &mut Transaction,
    return_address: &str,
    bounce: &Bounce,
) -> Result<Option<(SentMail, Failed)>> {
    let undelivered = bounce.recipients.iter().filter(|reported| reported.kind.is_undelivered());
    let key = |address: &str| app.contact_keys.index(&address.to_lowercase());
    let named: Failed = undelivered
        .flat_map(|reported| {
            let addresses = [Some(&reported.address), reported.original.as_ref()].into_iter().flatten();
            addresses.map(|address| (key(address), reported.kind))
        })
        .collect();
    let reached = |mail: &SentMail| -> Failed {
        let sent_to = |key: &[u8; 32]| mail.recipient_keys.iter().any(|sent| sent == key);
        named.iter().copied().filter(|(key, _)| sent_to(key)).collect()
    };

    let by_address = app.ports.returned_to(return_address);
    let mut returned = bounces::lock_returned(tx, by_address, &key(return_address)).await?;
    if let (Some(mail), true) = (returned.pop(), returned.is_empty()) {
        let mut failed = reached(&mail);
        // A mail that was forwarded names the last address alone; it had one recipient all the same.
        if let ([only], true) = (mail.recipient_keys.as_slice(), failed.is_empty()) {
            failed.extend(<[u8; 32]>::try_from(only.as_slice()).map(|only| (only, bounce.kind)));
        }
        if !failed.is_empty() {
            return Ok(Some((mail, failed)));
        }
    }
    let Some(mail_id) = &bounce.mail_id else { return Ok(None) };
    let mail = bounces::lock_mail(tx, app.ports.named(mail_id), mail_id.trim()).await?;
    let found = mail.map(|mail| {
        let failed = reached(&mail);
        (mail, failed)
    });
    Ok(found.filter(|(_, failed)| !failed.is_empty()))
}

/// Keeps what is new of it, and what follows.
async fn take(tx: &mut Transaction, mail: &SentMail, failed: &Failed) -> Result<()> {
    let now = tx.now();
    let rows: Vec<_> =
        failed.iter().map(|(key, kind)| BounceRow { recipient_key: key, kind: kind.as_str() }).collect();
    let new = bounces::insert_bounces(tx, mail, &rows, now).await?;
    let failed: Vec<_> = failed.iter().filter(|(key, _)| new.iter().any(|new| new == key)).collect();
    let Some(kind) = failed.iter().map(|(_, kind)| *kind).max() else { return Ok(()) };
    let failures = bounces::list_soft_failures(tx, &new, now - COUNTED).await?;
    let suspect: Vec<_> = failed
        .iter()
        .filter(|(key, kind)| {
            let soft = failures.iter().find(|(of, _)| of == key).map_or(0, |(_, failures)| *failures);
            kind.makes_suspect(soft)
        })
        .map(|(key, _)| key.to_vec())
        .collect();
    participants::suspect_address(tx, &suspect).await?;
    for (_, kind) in &failed {
        metrics::counter!("careway_bounces_total", "kind" => kind.as_str()).increment(1);
    }
    let unreached = bounces::get_unreached_count(tx, mail.message_id).await?;
    if let Some(became) = bounce::becomes(&mail.state, unreached, mail.recipient_keys.len()) {
        let reason = Some(kind.as_str()).filter(|_| became != mail.state);
        bounces::update_bounced(tx, mail.message_id, (became, reason), now).await?;
        events::record_bounced(tx, &Said::of_mail(mail), kind, !suspect.is_empty());
    }
    Ok(())
}
