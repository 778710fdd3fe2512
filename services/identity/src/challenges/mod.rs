//! A challenge: a one-time code sent to a member's phone, which shows that the patient is really here.
//!
//! States: issued → passed, or dead (expired, replaced, too many tries). Staff of a facility ask for codes and verify
//! them; a code is bound to the member, the facility, the person who asks, the purpose and the day. A stranger is
//! answered like a member.

mod api;
mod binding;
mod codes;
mod domain;
mod error;
mod issue;
mod match_members;
mod request;
mod resend;
mod resolve_member;
mod sandbox;
pub(crate) mod start;
mod store;
mod verify;

use match_members::match_members;
use resend::resend_challenge;
use resolve_member::resolve_member;
use start::start_challenge;
use verify::verify_challenge;

use std::time::Duration;

use anyhow::Context;
use careway_service::Foundation;

use crate::{App, config::MembersConfig, data_keys::DataKeys};
use codes::Codes;
use sandbox::Sandbox;
use store::Phones;

/// How long wrong codes for identifiers that nobody is known by are counted.
const STRANGERS_KEPT: chrono::Duration = chrono::Duration::days(7);

/// What the operations on challenges share.
pub(crate) struct Challenges {
    pub(crate) codes: Codes,
    /// Stands in for the phones of a stranger, so that a stranger costs what a member costs.
    pub(crate) nobodys_phones: Phones,
    sandbox: Sandbox,
}

impl Challenges {
    /// Reads the scripts.
    ///
    /// # Errors
    /// Sandbox numbers that are none.
    pub(crate) fn new(
        config: MembersConfig,
        data_keys: &DataKeys,
        foundation: &Foundation,
    ) -> anyhow::Result<Self> {
        let (redis, prefix) = (foundation.redis.clone(), foundation.prefix.clone());
        Ok(Self {
            sandbox: Sandbox::parse(&config.sandbox_numbers).context("CAREWAY_IDENTITY_SANDBOX_NUMBERS")?,
            codes: Codes::new(redis, prefix, foundation.clock.clone(), config),
            nobodys_phones: Phones::decoy(data_keys),
        })
    }
}

/// Starts what challenges do by themselves.
pub(crate) fn start(app: &App) {
    app.foundation.tasks.spawn(forget_strangers(app.clone()));
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
            store::delete_strangers(&mut tx, app.clock.now() - STRANGERS_KEPT).await?;
            tx.finish().await
        };
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "strangers' wrong codes could not be forgotten; tried again in an hour");
        }
    }
}
