//! Waiting until nothing is under way: no event unpublished or undelivered, no message unsent.

use std::time::Duration;

use anyhow::bail;
use async_nats::jetstream;
use careway_standalone::provision::DATABASES;
use futures::TryStreamExt;
use sqlx::PgConnection;
use tokio::time::{Instant, sleep};

use super::stage::Stage;

const LONGEST: Duration = Duration::from_secs(180);
const PAUSE: Duration = Duration::from_millis(20);

/// Watches the databases and streams of a stage.
pub(super) struct Quiet {
    databases: Vec<PgConnection>,
    renewals: PgConnection,
    jetstream: jetstream::Context,
}

impl Quiet {
    pub(super) async fn connect(stage: &Stage) -> anyhow::Result<Self> {
        let mut databases = Vec::new();
        for (name, _) in DATABASES {
            databases.push(stage.connect(name).await?);
        }
        Ok(Self {
            databases,
            renewals: stage.connect("renewals").await?,
            jetstream: jetstream::new(async_nats::connect(&stage.servers.nats).await?),
        })
    }

    /// Waits; how long it took.
    pub(super) async fn wait(&mut self) -> anyhow::Result<Duration> {
        let since = Instant::now();
        // Twice in a row: what was the last of one may have begun another at a place already looked at.
        let mut quiet = 0;
        while quiet < 2 {
            quiet = if self.is_quiet().await? { quiet + 1 } else { 0 };
            if since.elapsed() > LONGEST {
                bail!("events or messages are still under way after {} s", LONGEST.as_secs());
            }
            sleep(PAUSE).await;
        }
        Ok(since.elapsed())
    }

    async fn is_quiet(&mut self) -> anyhow::Result<bool> {
        for database in &mut self.databases {
            let waiting: bool =
                sqlx::query_scalar("select exists (select from outbox where published_at is null)")
                    .fetch_one(database)
                    .await?;
            if waiting {
                return Ok(false);
            }
        }
        let unsent: bool = sqlx::query_scalar(
            "select exists (select from message where state = 'SUBMITTED' or (state = 'QUEUED' and deferred_at is null))",
        )
        .fetch_one(&mut self.renewals)
        .await?;
        Ok(!unsent && self.consumers_are_idle().await?)
    }

    async fn consumers_are_idle(&self) -> anyhow::Result<bool> {
        let names: Vec<String> = self.jetstream.stream_names().try_collect().await?;
        for name in names {
            let stream = self.jetstream.get_stream_no_info(name).await?;
            let mut consumers = stream.consumers();
            while let Some(info) = consumers.try_next().await? {
                if info.num_pending > 0 || info.num_ack_pending > 0 {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}
