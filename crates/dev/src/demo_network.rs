//! The demo network of `cargo dev up`: made by `careway-standalone`, written to `.dev/demo.json` for people and programs.

use anyhow::Context;
use careway_standalone::{Platform, seed};

use crate::checkout::{self, Checkout};

/// Makes what is missing of the demo network, and writes down who and what is in it.
pub(crate) async fn make(checkout: &Checkout, platform: &Platform) -> anyhow::Result<seed::Demo> {
    let demo = seed::demo(platform).await.context("cannot make the demo network")?;
    let file = checkout.private()?.join("demo.json");
    checkout::replace(&file, &serde_json::to_string_pretty(&demo)?).context("cannot write .dev/demo.json")?;
    Ok(demo)
}
