//! Debian packages, installed when this user may; clear words when not.

use std::{
    process::Stdio,
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::{Context, bail};
use tokio::process::Command;

use super::process;
use crate::{checkout::Checkout, say};

/// Whether this process has refreshed apt's lists already.
static UPDATED: AtomicBool = AtomicBool::new(false);

/// Installs Debian packages, as root or through a sudo that asks nothing.
pub(crate) async fn apt(checkout: &Checkout, what: &str, packages: &[&str]) -> anyhow::Result<()> {
    let names = packages.join(" ");
    if process::which("apt-get").is_empty() {
        bail!("{what} is not installed, and this system has no apt-get; {}", elsewhere(packages));
    }
    let Some(privileged) = privileged().await else {
        bail!(
            "{what} is not installed, and installing it needs root, which this user is not without a password.\n\
             Run this once, then the same command again:\n\n    sudo apt-get install -y {names}\n"
        );
    };

    let step = say::begin(format!("installing {what} with apt-get ({names})"));
    let log = checkout.log("apt")?;
    let apt_get = |arguments: &[&str]| {
        let mut words = privileged.to_vec();
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]);
        words.extend(arguments);
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command
    };
    if !UPDATED.swap(true, Ordering::Relaxed) {
        // One unreachable third-party list fails the whole update, though Debian's own were read: the install decides.
        let _ = process::complete(&mut apt_get(&["update"]), &log).await;
    }
    let install = [&["install", "-y", "--no-install-recommends"], packages].concat();
    process::complete(&mut apt_get(&install), &log).await.with_context(|| {
        format!("{what} could not be installed; `sudo apt-get install -y {names}` shows why")
    })?;
    step.done(format!("{what} installed ({names})"));
    Ok(())
}

/// What to put before a command that needs root, if this user may run one without a question.
async fn privileged() -> Option<&'static [&'static str]> {
    if rustix::process::geteuid().is_root() {
        return Some(&[]);
    }
    let quiet = Command::new("sudo")
        .args(["-n", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await;
    quiet.is_ok_and(|status| status.success()).then_some(&["sudo", "-n"])
}

/// The command for systems without apt.
fn elsewhere(packages: &[&str]) -> String {
    let names: Vec<_> = packages
        .iter()
        .map(|package| match *package {
            "postgresql" => "postgresql@17",
            "redis-server" => "redis",
            "python3-venv" => "python3",
            other => other,
        })
        .collect();
    format!("install it with this system's package manager, e.g. `brew install {}`", names.join(" "))
}
