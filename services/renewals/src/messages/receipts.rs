//! What carriers say later: receipts, which may come to any replica and before the answer of their part; and answers that
//! came too late.

use std::time::Duration;

use careway_kernel::id_at;
use careway_service::{Result, Transaction};
use chrono::TimeDelta;
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    domain::{
        message::RECEIPT_WITHIN,
        sms::{
            answer::{self, Refusal, Verdict},
            receipt::{self, Delivery, Parameters, Receipt},
            receipt_id::bounded,
            rollup::{self, ReceiptsOf},
        },
    },
    events::{self, Said},
    routes::{Answered, RouteSettings},
    store::{
        ended, parts,
        receipts::{self, ReceiptRow, Reported},
    },
};
use crate::{App, participants};

/// Receipts before their answers are kept so long.
pub(super) const EARLY_KEPT: TimeDelta = TimeDelta::hours(72);
/// What became of a message is saved at once, or within so long when the database is slow.
const SAVED_WITHIN: Duration = Duration::from_secs(30);
/// How often it is looked whether it is.
const AGAIN: Duration = Duration::from_millis(100);

/// Takes a receipt as a carrier writes it.
pub(super) async fn take(
    app: &App,
    route: &RouteSettings,
    text: &str,
    parameters: &Parameters,
) -> Result<()> {
    take_receipt(app, route, receipt::read(text, parameters, route.zone)).await
}

/// Takes a receipt. One that names nothing, or is no end, changes nothing.
pub(super) async fn take_receipt(app: &App, route: &RouteSettings, receipt: Receipt) -> Result<()> {
    let (Some(id), Some(state)) = (receipt.id, receipt.state) else { return Ok(()) };
    let mut tx = app.db.begin_system("take-receipts").await?;
    let row = ReceiptRow {
        receipt_early_id: id_at(tx.now()),
        route: route.name.clone(),
        carrier_id: route.receipt_ids.of_receipt(&id),
        state: state.as_str().to_owned(),
        error: receipt.error.map(|error| bounded(&error)),
        done_at: receipt.done_at,
        received_at: tx.now(),
    };
    metrics::counter!("careway_receipts_total", "route" => route.name.clone(), "state" => state.as_str())
        .increment(1);
    if !settle(&mut tx, route.receipts, &row).await? {
        receipts::insert_early(&mut tx, &row).await?;
    }
    tx.finish().await
}

/// Takes the receipts that came before their answers; answers how many there were.
pub(super) async fn take_early(app: &App, most: i64) -> Result<usize> {
    let mut tx = app.db.begin_system("take-receipts").await?;
    let found = receipts::lock_found_early(&mut tx, most).await?;
    for row in &found {
        let of = app.routes.find(&row.route).map(|route| route.settings.receipts).unwrap_or_default();
        settle(&mut tx, of, row).await?;
    }
    if !found.is_empty() {
        let ids: Vec<_> = found.iter().map(|row| row.receipt_early_id).collect();
        receipts::delete_early(&mut tx, &ids).await?;
    }
    tx.finish().await?;
    Ok(found.len())
}

/// Writes down what a receipt says of its part, and what that makes of the message; false when the part is not known.
async fn settle(tx: &mut Transaction, of: ReceiptsOf, row: &ReceiptRow) -> Result<bool> {
    let Some(message) = receipts::lock_reported(tx, &row.route, &row.carrier_id).await? else {
        return Ok(false);
    };
    let parts = parts::list_parts(tx, message.message_id).await?;
    let known = |state: &Option<String>| state.as_deref().and_then(Delivery::parse);
    let mut states: Vec<_> = parts.iter().map(|part| known(&part.state)).collect();
    let Some(at) = parts.iter().position(|part| part.number == message.number) else { return Ok(true) };
    let after = rollup::after(states[at], Delivery::parse(&row.state));
    if after == states[at] {
        return Ok(true);
    }
    states[at] = after;
    let part = (message.message_id, message.number);
    let state = after.map(Delivery::as_str);
    receipts::update_part(tx, part, state, row.error.as_deref(), row.done_at).await?;
    let is_whole = parts.iter().all(|part| part.carrier_id.is_some());
    let became = rollup::of_parts(of, &states).filter(|became| *became != Delivery::Delivered || is_whole);
    if let Some(became) = became.filter(|became| became.as_str() != message.state) {
        settle_as(tx, &message, became, row.error.as_deref()).await?;
    }
    Ok(true)
}

async fn settle_as(
    tx: &mut Transaction,
    message: &Reported,
    became: Delivery,
    error: Option<&str>,
) -> Result<()> {
    let now = tx.now();
    let reason = error.filter(|_| became != Delivery::Delivered);
    ended::update_settled(tx, message.message_id, (became.as_str(), reason), None, now).await?;
    if became.makes_suspect() {
        participants::suspect_number(tx, &message.recipient_keys.clone().unwrap_or_default()).await?;
    }
    let said = Said::of_reported(message);
    match became {
        Delivery::Delivered => events::record_delivered(tx, &said),
        failed => events::record_failed(tx, &said, failed.as_str()),
    }
    Ok(())
}

/// An answer that came after it was waited for: it settles what was unknown.
pub(crate) async fn settle_late(
    app: &App,
    route: &RouteSettings,
    (message_id, number): (Uuid, i16),
    answered: Answered,
) -> Result<()> {
    let verdict = answer::verdict(answered.answer);
    let Some((mut tx, message)) = begin_unknown(app, (message_id, number)).await? else { return Ok(()) };
    let now = tx.now();
    match (verdict, answered.carrier_id) {
        (Verdict::Accepted, Some(id)) => {
            let carrier_id = route.receipt_ids.of_answer(&id);
            parts::update_accepted(&mut tx, &[parts::AcceptedPart { message_id, number, carrier_id }])
                .await?;
            let parts = parts::list_parts(&mut tx, message_id).await?;
            if parts.iter().all(|part| part.carrier_id.is_some()) {
                let promised = route.receipts != ReceiptsOf::None;
                let receipt_by = promised.then(|| now + RECEIPT_WITHIN);
                ended::update_settled(&mut tx, message_id, ("ACCEPTED", None), receipt_by, now).await?;
                events::record_accepted(&mut tx, &Said::of_reported(&message));
            }
        }
        (Verdict::Rejected(refusal), _) => {
            if refusal == Refusal::NoSuchNumber {
                let keys = message.recipient_keys.clone().unwrap_or_default();
                participants::suspect_number(&mut tx, &keys).await?;
            }
            ended::update_settled(&mut tx, message_id, ("REJECTED", Some("REFUSED")), None, now).await?;
            events::record_failed(&mut tx, &Said::of_reported(&message), "REJECTED");
        }
        _ => {}
    }
    tx.finish().await
}

/// Begins with a message locked that is unknown; none when it is not. Its sender gave up waiting just before the answer came,
/// and may not have saved yet that it is unknown, nor what was accepted of it before: that is waited for.
async fn begin_unknown(
    app: &App,
    (message_id, number): (Uuid, i16),
) -> Result<Option<(Transaction, Reported)>> {
    let until = Instant::now() + SAVED_WITHIN;
    loop {
        let mut tx = app.db.begin_system("take-receipts").await?;
        let Some(message) = receipts::lock_given(&mut tx, message_id, number).await? else { return Ok(None) };
        if message.state == "UNKNOWN" {
            return Ok(Some((tx, message)));
        }
        drop(tx);
        if Instant::now() > until {
            return Ok(None);
        }
        tokio::time::sleep(AGAIN).await;
    }
}
