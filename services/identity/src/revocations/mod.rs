//! A revocation: what gave access, a session or an API client, gives it no more.
//!
//! It is what accounts, organizations and sessions have in common, and therefore stands before them. It is made known
//! everywhere within seconds. The database is the truth; Redis carries the news: every
//! service reads it once a second. What ended lately is told again and again, so that a Redis that forgot learns anew.

pub(crate) mod domain;
mod events;
pub(crate) mod store;

use std::time::Duration;

use careway_kernel::{AccountId, ClientId, OrganizationId, SessionId};
use careway_service::{Result, Transaction};
use chrono::{DateTime, Utc};
use tokio::time::MissedTickBehavior;

use crate::App;

pub(crate) use domain::EndReason;
pub(crate) use events::record_ended;
pub(crate) use store::Which;

/// Longer than any access token lives.
const REMEMBERED: chrono::Duration = chrono::Duration::minutes(15);
const SWEEP: Duration = Duration::from_secs(5);
const FORGET: Duration = Duration::from_secs(3600);

/// Whose tokens are refused.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Revoked {
    /// Every token of the session.
    Session(SessionId),
    /// The client's tokens issued until now.
    Client(ClientId),
}

impl Revoked {
    fn member(self) -> String {
        match self {
            Self::Session(id) => format!("session:{id}"),
            Self::Client(id) => format!("subject:{id}"),
        }
    }
}

/// Ends sessions and says so, with the change that ends them; to be announced after the commit.
pub(crate) async fn end_sessions(
    tx: &mut Transaction,
    which: Which,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<Vec<Revoked>> {
    let ended = store::update_sessions_ended(tx, which, reason, now).await?;
    for session in &ended {
        record_ended(tx, *session);
    }
    Ok(ended.iter().map(|ended| Revoked::Session(ended.session)).collect())
}

/// Disables the API clients that a person made for an organization; to be announced after the commit.
pub(crate) async fn disable_clients(
    tx: &mut Transaction,
    maker: AccountId,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Vec<Revoked>> {
    let disabled = store::update_clients_disabled(tx, maker, organization, now).await?;
    Ok(disabled.into_iter().map(Revoked::Client).collect())
}

/// Tells every service now. When Redis is away the sweep tells them later; the change itself is committed.
pub(crate) async fn announce(app: &App, revoked: impl IntoIterator<Item = Revoked>) {
    let now = app.clock.now();
    let entries: Vec<_> = revoked.into_iter().map(|revoked| (revoked.member(), now)).collect();
    if let Err(error) = publish(app, &entries).await {
        tracing::warn!(%error, "a revocation is not told yet; the sweep will tell it");
    }
}

async fn publish(app: &App, entries: &[(String, DateTime<Utc>)]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let key = format!("{}revoked", app.foundation.prefix);
    let mut pipe = redis::pipe();
    for (member, at) in entries {
        pipe.zadd(&key, member, at.timestamp_millis()).ignore();
    }
    let old = (app.clock.now() - REMEMBERED).timestamp_millis();
    pipe.zrembyscore(&key, "-inf", old).ignore();
    pipe.query_async::<()>(&mut app.foundation.redis.clone()).await?;
    Ok(())
}

/// Ends the sessions of suspended organizations, and tells what was revoked lately.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin_system("revocations").await?;
    end_sessions(&mut tx, Which::SuspendedOrganizations, EndReason::OrganizationSuspended, now).await?;
    let since = now - REMEMBERED;
    let sessions = store::list_ended_sessions(&mut tx, since).await?;
    let clients = store::list_refused_clients(&mut tx, since).await?;
    tx.finish().await?;
    let sessions =
        sessions.into_iter().map(|(id, at)| (Revoked::Session(SessionId::from_uuid(id)).member(), at));
    let clients = clients.into_iter().map(|(id, at)| (Revoked::Client(ClientId::from_uuid(id)).member(), at));
    publish(app, &sessions.chain(clients).collect::<Vec<_>>()).await
}

/// Sweeps until the end, and forgets what is long over.
pub(crate) fn start(app: &App) {
    let app = app.clone();
    let (tasks, shutdown) = (app.foundation.tasks.clone(), app.foundation.shutdown.clone());
    tasks.spawn(async move {
        let (mut sweeps, mut forgets) = (tokio::time::interval(SWEEP), tokio::time::interval(FORGET));
        sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        forgets.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                () = shutdown.cancelled() => return,
                _ = sweeps.tick() => sweep(&app).await,
                _ = forgets.tick() => forget(&app).await,
            };
            if let Err(error) = done {
                tracing::warn!(%error, "revocations could not be swept");
            }
        }
    });
}

async fn forget(app: &App) -> Result<()> {
    let mut tx = app.db.begin_system("forget sessions").await?;
    store::delete_old_sessions(&mut tx, app.clock.now()).await?;
    tx.finish().await
}
