//! What the members' half shares between its operations: keys, codes, settings, payers' countries.

use std::{sync::Arc, time::Duration};

use careway_events::Consumers;
use careway_kernel::OrganizationId;
use careway_service::{Call, Caller, Foundation, Result};

use crate::{
    App,
    codes::Codes,
    config::MembersConfig,
    domain::member::Home,
    reactions,
    store::{self, challenge::Phones},
    vault::Vault,
};

/// How long a payer's country and language are believed.
const HOME_BELIEVED: Duration = Duration::from_secs(60);
/// How long wrong codes for identifiers that nobody is known by are counted.
const STRANGERS_KEPT: chrono::Duration = chrono::Duration::days(7);

/// The members' half of the service.
pub(crate) struct Members {
    pub(crate) vault: Arc<Vault>,
    pub(crate) codes: Codes,
    pub(crate) config: MembersConfig,
    /// Stands in for the phones of a stranger, so that a stranger costs what a member costs.
    pub(crate) nobodys_phones: Phones,
    homes: moka::sync::Cache<OrganizationId, Home>,
}

impl Members {
    /// Reads the scripts.
    pub(crate) fn new(config: MembersConfig, vault: Arc<Vault>, foundation: &Foundation) -> Self {
        let codes = Codes::new(
            foundation.redis.clone(),
            foundation.prefix.clone(),
            foundation.clock.clone(),
            config.clone(),
        );
        Self {
            nobodys_phones: Phones::decoy(&vault),
            vault,
            codes,
            config,
            homes: moka::sync::Cache::builder().max_capacity(1000).time_to_live(HOME_BELIEVED).build(),
        }
    }
}

/// Starts what the members' half hears and what it does by itself.
pub(crate) async fn start(app: &App) -> anyhow::Result<()> {
    consumers(app).start().await?;
    app.foundation.tasks.spawn(forget_strangers(app.clone()));
    Ok(())
}

/// What identity hears.
pub(crate) fn consumers(app: &App) -> Consumers {
    Consumers::new(&app.foundation, &app.db, crate::NAME).on(
        "access_log",
        app.clone(),
        reactions::member_data_accessed,
    )
}

/// The payer's country and language: how phones and national ids are read.
pub(crate) async fn home(app: &App, call: &Call, payer: OrganizationId) -> Result<Home> {
    if let Some(home) = app.members.homes.get(&payer) {
        return Ok(home);
    }
    let home = store::member::home(&mut *app.db.read(call).await?, payer).await?;
    app.members.homes.insert(payer, home);
    Ok(home)
}

/// The same request as Careway itself: facilities never read members, so what a code needs is read for them.
pub(crate) fn as_system(call: &Call, purpose: &'static str) -> Call {
    let mut call = call.clone();
    call.caller = Caller::system(purpose);
    call
}

/// Forgets strangers' wrong codes, once an hour.
async fn forget_strangers(app: App) {
    let mut hours = tokio::time::interval(Duration::from_secs(3600));
    loop {
        tokio::select! {
            _ = hours.tick() => {}
            () = app.foundation.shutdown.cancelled() => return,
        }
        let forgotten = async {
            let mut tx = app.db.begin_system("forget_strangers").await?;
            store::challenge::forget_strangers(&mut tx, app.clock.now() - STRANGERS_KEPT).await?;
            tx.finish().await
        };
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "strangers' wrong codes could not be forgotten; tried again in an hour");
        }
    }
}
