//! `cargo dev down`: stops the platform and the servers of this checkout, and nothing else.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::process::Signal;

use crate::{
    checkout::Checkout,
    say,
    servers::{self, process},
    status::{self, Running},
};

/// How long the platform may take to finish what it is doing.
const DRAIN: Duration = Duration::from_secs(60);

/// What to do beyond stopping.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Remove `.dev` too: databases, messages, logs and downloaded tools
    #[arg(long)]
    purge: bool,
}

/// Stops what runs.
pub(crate) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<()> {
    say::headline("Stopping");
    if !checkout.private_path().exists() {
        say::line("nothing of this checkout is running: it has no .dev");
        return Ok(());
    }
    if let Some(platform) = status::platform(checkout)? {
        stop_platform(&platform).await?;
    }
    servers::stop(checkout).await?;
    if arguments.purge {
        purge(checkout)?;
    }
    Ok(())
}

async fn stop_platform(platform: &Running) -> anyhow::Result<()> {
    let step = say::begin("stopping the platform");
    let since = Instant::now();
    if !process::stop(platform.pid, "dev", Signal::TERM, DRAIN).await? {
        let waited = say::seconds(since.elapsed());
        bail!("the platform (process {}) was asked to end, and has not after {waited}", platform.pid);
    }
    step.done("the platform stopped");
    Ok(())
}

fn purge(checkout: &Checkout) -> anyhow::Result<()> {
    let step = say::begin("removing .dev");
    remove(&checkout.private_path())?;
    if let Some(outside) = servers::outside(checkout).parent() {
        remove(outside)?;
    }
    step.done(".dev removed");
    Ok(())
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}
