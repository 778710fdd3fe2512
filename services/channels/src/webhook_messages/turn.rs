//! A turn with an endpoint: rounds of what is due, until nothing is or the time is up. Ends are kept after each round; what was
//! under way when the process died is sent again.

use std::time::Duration;

use careway_service::{Call, Result, Transaction};
use chrono::TimeDelta;
use tokio::time::Instant;

use super::{
    round::{Round, Sender},
    store::{self, Claimed},
};
use crate::{
    App,
    webhook_endpoints::{
        domain::{Cause, Endpoint, Ordering, secret::Secret},
        events, store as endpoints,
    },
};

const PURPOSE: &str = "webhook.turn";
/// A turn begins no attempt after so long.
const LONGEST: Duration = Duration::from_secs(5);
/// Messages of a round.
const ROUND: i64 = 32;

/// Has a turn with the endpoint. What fails is left to the turn after the lease.
pub(super) async fn take(app: &App, claimed: &Claimed) {
    if let Err(error) = attend(app, claimed).await {
        tracing::warn!(endpoint = %claimed.endpoint(), ?error, "a turn with a webhook endpoint failed");
    }
}

async fn attend(app: &App, claimed: &Claimed) -> Result<()> {
    let Some((mut endpoint, secrets)) = open(app, claimed).await? else { return cancel(app, claimed).await };
    let until = Instant::now() + LONGEST;
    let settings = endpoint.settings.clone();
    let waits = settings.ordering == Ordering::Strict;
    let (mut slow, mut sent) = (false, false);
    let sender = Sender::new(app, &settings, &secrets, claimed.slow, until);
    while Instant::now() < until && !app.foundation.shutdown.is_cancelled() && endpoint.disabled.is_none() {
        let due = {
            let mut reader = app.db.read(&Call::system(PURPOSE)).await?;
            store::list_due(&mut reader, endpoint.id, waits, app.clock.now(), ROUND).await?
        };
        if due.is_empty() {
            break;
        }
        let round = sender.send(due).await?;
        (slow, sent) = (slow || round.late, true);
        keep(app, &mut endpoint, &round).await?;
        if slow {
            break;
        }
    }
    let slow = if sent { slow } else { claimed.slow };
    release(app, claimed, &endpoint, slow).await
}

/// The endpoint and what signs for it; none when it was taken away.
async fn open(app: &App, claimed: &Claimed) -> Result<Option<(Endpoint, Vec<Secret>)>> {
    let mut reader = app.db.read(&Call::system(PURPOSE)).await?;
    let found = endpoints::find_any(&mut reader, claimed.endpoint()).await?;
    let Some(endpoint) = found else { return Ok(None) };
    let now = app.clock.now();
    let secrets = endpoints::list_secrets(&mut reader, &app.webhook_keys, endpoint.id, now).await?;
    Ok(Some((endpoint, secrets)))
}

/// Keeps how the attempts of a round ended, and what that means for the endpoint.
async fn keep(app: &App, endpoint: &mut Endpoint, round: &Round) -> Result<()> {
    let mut tx = app.db.begin_system(PURPOSE).await?;
    let fails = round.ends.iter().any(|end| !end.success);
    if fails || endpoint.failing.since.is_some() {
        judge(&mut tx, endpoint, round).await?;
    }
    store::save_ended(&mut tx, endpoint.id, &round.ended()).await?;
    tx.finish().await
}

/// What an endpoint's answers mean for it.
async fn judge(tx: &mut Transaction, endpoint: &mut Endpoint, round: &Round) -> Result<()> {
    let locked = endpoints::lock_endpoint(tx, endpoint.organization, endpoint.id).await?;
    let Some(mut changed) = locked else { return Ok(()) };
    let mut cause = None;
    for end in &round.ends {
        changed.failing = changed.failing.after(end.success, end.ended_at);
        cause = cause.or_else(|| end.gone.then_some(Cause::Gone));
        cause = cause.or_else(|| changed.failing.is_given_up(end.ended_at).then_some(Cause::Failing));
    }
    if let Some(cause) = cause.filter(|_| changed.disabled.is_none()) {
        changed.disable(cause);
        events::disabled(tx, &changed, cause);
    }
    endpoints::update_endpoint(tx, &changed).await?;
    *endpoint = changed;
    Ok(())
}

async fn release(app: &App, claimed: &Claimed, endpoint: &Endpoint, slow: bool) -> Result<()> {
    let mut tx = app.db.begin_system(PURPOSE).await?;
    if store::lock_turn(&mut tx, claimed).await? {
        let waits = endpoint.settings.ordering == Ordering::Strict;
        let rate = i64::from(endpoint.settings.rate);
        let gap = if rate == 0 { TimeDelta::zero() } else { TimeDelta::milliseconds(1000 / rate) };
        let earliest = tx.now() + gap;
        store::update_released(&mut tx, claimed, waits, slow, earliest).await?;
    }
    tx.finish().await
}

/// Cancels what is pending at an endpoint that was taken away.
async fn cancel(app: &App, claimed: &Claimed) -> Result<()> {
    let mut tx = app.db.begin_system(PURPOSE).await?;
    store::update_cancelled(&mut tx, claimed.endpoint()).await?;
    if store::lock_turn(&mut tx, claimed).await? {
        let now = tx.now();
        store::update_released(&mut tx, claimed, false, false, now).await?;
    }
    tx.finish().await
}
