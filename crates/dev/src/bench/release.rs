//! Measuring is for release builds: this program builds all of them, and becomes the one of itself.

use std::{convert::Infallible, env, os::unix::process::CommandExt};

use anyhow::{Context, bail};
use tokio::process::Command;

use crate::{checkout::Checkout, say};

/// Builds the release binaries and runs this very command in the one just built.
///
/// # Errors
/// Only ever returns with one.
pub(super) async fn become_it(checkout: &Checkout) -> anyhow::Result<Infallible> {
    say::headline("Building");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "--workspace", "--bins"]).current_dir(checkout.root());
    // What `cargo run` tells the command it runs is not for another cargo.
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PKG_")) {
        cargo.env_remove(name);
    }
    let status = cargo.status().await.context("cargo cannot be run")?;
    if !status.success() {
        bail!("the release build failed ({status})");
    }

    let this = env::current_exe()?;
    let target = this.ancestors().nth(2).context("this program is not in a target folder")?;
    let release = target.join("release").join(this.file_name().context("this program has no name")?);
    let mut again = std::process::Command::new(&release);
    again.args(env::args_os().skip(1)).arg("--built");
    Err(again.exec()).with_context(|| format!("{} cannot be run", release.display()))
}
