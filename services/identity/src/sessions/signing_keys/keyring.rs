//! The signing keys of this process: opened, kept at hand, rotated by age.

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use careway_kernel::{Redacted, random};
use careway_service::{Error, NotWritten, Result, SharedReason, Transaction};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    domain::{Rotation, Seed, Signer, SigningKey, rotation},
    store,
};
use crate::{
    App,
    data_keys::Place,
    sessions::domain::{
        refusal::Refusal,
        token::{ACCESS_LIFETIME, Claims, Grant},
    },
};

/// How often keys are read and their age is looked at: well within the minute a new key is published ahead.
const REFRESH: Duration = Duration::from_secs(15);

/// The keys that can sign.
#[derive(Clone, Default)]
pub(crate) struct Keys(Arc<RwLock<Vec<Signer>>>);

/// An access token, and how long it lives.
pub(crate) struct AccessToken {
    pub(crate) token: Redacted,
    pub(crate) expires_in_seconds: i32,
    pub(crate) expires_at: chrono::DateTime<chrono::Utc>,
}

/// Signs an access token.
pub(crate) fn issue(app: &App, grant: Grant) -> Result<AccessToken> {
    let now = app.clock.now();
    let claims = Claims::new(grant, &app.foundation.issuer, careway_kernel::id_at(now), now);
    let signers = app.keys.0.read().expect("never poisoned");
    let signer =
        signers.iter().filter(|signer| signer.key.signs(now)).max_by_key(|signer| signer.key.active_from);
    let signer =
        signer.ok_or_else(|| Error::new(SharedReason::KeysUnavailable, "No key can sign now; try again."))?;
    Ok(AccessToken {
        token: signer.sign(&claims).map_err(Error::internal)?.into(),
        expires_in_seconds: i32::try_from(ACCESS_LIFETIME.num_seconds()).unwrap_or(i32::MAX),
        expires_at: now + ACCESS_LIFETIME,
    })
}

/// Makes a new key when one is due (`max_age`), or asked for (none).
pub(crate) async fn make(
    app: &App,
    tx: &mut Transaction,
    max_age: Option<chrono::Duration>,
) -> Result<Option<SigningKey>, NotWritten<Refusal>> {
    let now = app.clock.now();
    let keys = store::lock_keys(tx).await?;
    let active_from = match rotation(&keys, max_age, now) {
        Rotation::NotDue => return Ok(None),
        Rotation::UnderWay => return Err(NotWritten::Refused(Refusal::RotationUnderWay)),
        Rotation::NewKey { active_from } => active_from,
    };
    let seed: Seed = Zeroizing::new(random::bytes());
    let public = SigningKey::public_of(&seed).map_err(Error::internal)?;
    let key = SigningKey {
        kid: careway_kernel::id_at(now),
        public,
        created_at: now,
        active_from,
        retired_at: None,
    };
    let text = Zeroizing::new(STANDARD_NO_PAD.encode(&seed[..]));
    let sealed = app.data_keys.seal(place(&key), &text);
    let forgotten: Vec<Uuid> = keys.iter().filter(|key| !key.is_published(now)).map(|key| key.kid).collect();
    store::insert_key(tx, &key, &sealed, &forgotten).await?;
    Ok(Some(key))
}

/// Reads the keys as they are now.
pub(crate) async fn load(app: &App) -> Result<()> {
    let mut tx = app.db.begin_system("signing keys").await?;
    let kept = store::list_keys(&mut tx).await?;
    tx.finish().await?;
    let signers =
        kept.into_iter().map(|(key, sealed)| open(app, key, &sealed)).collect::<Result<Vec<_>>>()?;
    *app.keys.0.write().expect("never poisoned") = signers;
    Ok(())
}

fn open(app: &App, key: SigningKey, sealed: &[u8]) -> Result<Signer> {
    let text = Zeroizing::new(app.data_keys.open(place(&key), sealed).map_err(Error::internal)?);
    let bytes = Zeroizing::new(STANDARD_NO_PAD.decode(text.as_bytes()).map_err(Error::internal)?);
    let seed: Seed = Zeroizing::new(
        bytes
            .as_slice()
            .try_into()
            .map_err(|_| anyhow::anyhow!("signing key {} cannot be opened", key.kid))?,
    );
    Ok(Signer::new(key, &seed))
}

fn place(key: &SigningKey) -> Place {
    Place::new("signing_key", "sealed_seed", key.kid)
}

/// Makes the first key if there is none, reads the keys, and keeps them fresh until the end.
pub(crate) async fn start(app: &App) -> anyhow::Result<()> {
    rotate_by_age(app).await?;
    load(app).await?;
    let app = app.clone();
    let (tasks, shutdown) = (app.foundation.tasks.clone(), app.foundation.shutdown.clone());
    tasks.spawn(async move {
        let mut every = tokio::time::interval(REFRESH);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = every.tick() => {}
            }
            for done in [rotate_by_age(&app).await, load(&app).await] {
                if let Err(error) = done {
                    tracing::warn!(%error, "signing keys could not be read; the known ones sign on");
                }
            }
        }
    });
    Ok(())
}

async fn rotate_by_age(app: &App) -> Result<()> {
    let mut tx = app.db.begin_system("signing keys").await?;
    match make(app, &mut tx, Some(app.config.signing_key_age())).await {
        Ok(Some(key)) => {
            tx.finish().await?;
            tracing::info!(kid = %key.kid, active_from = %key.active_from, "a new signing key");
            Ok(())
        }
        Ok(None) => tx.finish().await,
        // Another replica was faster.
        Err(NotWritten::Refused(Refusal::RotationUnderWay)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
