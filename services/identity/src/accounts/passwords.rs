//! Runs argon2id off the async threads, a few at a time: each takes some 19 MiB and tens of milliseconds of a core.

use std::sync::Arc;

use careway_kernel::random;
use careway_service::{Error, Result};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::domain::password::{Attempt, Password};

/// Hashes and verifies passwords.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    memory_kib: u32,
    /// The hash of a password nobody knows: an unknown address costs as much as a known one.
    nobody: Arc<str>,
}

impl Passwords {
    pub(crate) fn new(memory_kib: u32) -> anyhow::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let nobody = Password::parse(random::token(32).expose())?.hash(memory_kib)?;
        Ok(Self { turns: Arc::new(Semaphore::new(cores)), memory_kib, nobody: nobody.into() })
    }

    /// The hash that is kept.
    pub(crate) async fn hash(&self, password: Password) -> Result<String> {
        let _turn = self.turns.acquire().await.map_err(Error::internal)?;
        let memory_kib = self.memory_kib;
        spawn_blocking(move || password.hash(memory_kib))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }

    /// Whether the attempt is the password of this hash; without a hash it is not, and takes as long to say so.
    pub(crate) async fn verify(&self, attempt: Attempt, hash: Option<&str>) -> Result<bool> {
        let _turn = self.turns.acquire().await.map_err(Error::internal)?;
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let matches = spawn_blocking(move || attempt.matches(&hash)).await.map_err(Error::internal)?;
        Ok(matches && known)
    }
}
