//! `cargo dev status`: what of this checkout is running, and where.

use std::{fs::TryLockError, io::Read};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::{
    checkout::{self, Checkout},
    say, servers,
};

/// What a running `cargo dev up` says of itself, in the file it keeps locked.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Running {
    /// Its process.
    pub(crate) pid: u32,
    /// The gateway's base URL; none while it is still starting.
    pub(crate) gateway: Option<String>,
}

/// Prints a table.
pub(crate) async fn run(checkout: &Checkout) -> anyhow::Result<()> {
    say::headline("Of this checkout");
    let mut rows = Vec::new();
    let platform = match platform(checkout)? {
        Some(Running { pid, gateway: Some(gateway) }) => {
            ["running".to_owned(), format!("{gateway} (process {pid})")]
        }
        Some(Running { pid, gateway: None }) => ["starting".to_owned(), format!("(process {pid})")],
        None => ["not running".to_owned(), "`cargo dev up` starts it".to_owned()],
    };
    let [state, address] = platform;
    rows.push(["Platform".to_owned(), state, address]);
    for (kind, address) in servers::status(checkout).await {
        let state = if address.is_some() { "running" } else { "not running" };
        rows.push([kind.to_string(), state.to_owned(), address.unwrap_or_default()]);
    }
    say::table(["", "STATE", "ADDRESS"], &rows);
    Ok(())
}

/// The `cargo dev up` of this checkout, if one is running: its lock proves it.
pub(crate) fn platform(checkout: &Checkout) -> anyhow::Result<Option<Running>> {
    if !checkout.up_file().exists() {
        return Ok(None);
    }
    let mut file = checkout::open(&checkout.up_file())?;
    match file.try_lock() {
        Ok(()) => return Ok(None),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error).context("cannot look at .dev/up.json"),
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    serde_json::from_str(&text).map(Some).context(".dev/up.json does not say which process holds it")
}
