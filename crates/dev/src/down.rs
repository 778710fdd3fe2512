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
    // Left when a measurement was interrupted.
    let bench = checkout.bench();
    if !servers::processes(&bench).is_empty() {
        say::line("servers of `cargo dev bench` are left");
        servers::stop(&bench).await?;
    }
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
    for place in [checkout, &checkout.bench()] {
        if let Some(outside) = servers::outside(place).parent() {
            remove(outside)?;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_an_interrupted_bench_left_is_stopped() {
        let root = std::env::temp_dir().join(format!("careway-dev-down-{}", std::process::id()));
        let checkout = Checkout::at(&root);
        let bench = checkout.bench();
        let data = bench.folder("redis").unwrap();
        fs::write(data.join("dump"), "").unwrap();
        // Stands in for a server: it runs until it is told to end, and its command line names its folder.
        let mut server = tokio::process::Command::new("tail");
        let mut server =
            server.arg("-f").arg(data.join("dump")).stdout(std::process::Stdio::null()).spawn().unwrap();
        let known = serde_json::json!({"redis": {"pid": server.id(), "port": 1, "folder": data}});
        fs::write(bench.private().unwrap().join("servers.json"), known.to_string()).unwrap();

        let (stopped, ended) = tokio::join!(run(&checkout, Arguments { purge: true }), server.wait());
        stopped.unwrap();
        assert!(!ended.unwrap().success(), "it was told to end");
        assert!(!root.join(".dev").exists());
        fs::remove_dir_all(&root).unwrap();
    }
}
