//! `cargo dev up --fresh`: removes what earlier runs left, and nothing of the tests that share the servers.

use std::fs;

use anyhow::Context;
use futures::TryStreamExt;

use crate::{checkout::Checkout, platform, servers::Servers};

/// The streams of the platform; those of tests carry another prefix.
const STREAMS: &str = "EVT_";

/// Drops the databases, deletes the streams and empties the platform's part of Redis and the inbox.
pub(crate) async fn clear(checkout: &Checkout, servers: &Servers) -> anyhow::Result<()> {
    careway_standalone::provision::drop_databases(&servers.postgres)
        .await
        .context("cannot drop the databases")?;
    delete_streams(&servers.nats).await.context("cannot delete the streams")?;
    flush(&platform::redis_url(servers)).await.context("cannot empty Redis")?;
    let inbox = checkout.inbox();
    if inbox.exists() {
        fs::remove_dir_all(&inbox).with_context(|| format!("cannot remove {}", inbox.display()))?;
    }
    Ok(())
}

async fn delete_streams(url: &str) -> anyhow::Result<()> {
    let jetstream = async_nats::jetstream::new(async_nats::connect(url).await?);
    let names: Vec<String> = jetstream.stream_names().try_collect().await?;
    for name in names.iter().filter(|name| name.starts_with(STREAMS)) {
        jetstream.delete_stream(name).await?;
    }
    Ok(())
}

async fn flush(url: &str) -> anyhow::Result<()> {
    let mut connection = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
    redis::cmd("FLUSHDB").exec_async(&mut connection).await?;
    Ok(())
}
