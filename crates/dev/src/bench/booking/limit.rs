//! The limit: the insert that takes a time or does not, by pgbench and in a burst, in a copy of the database of channels.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{
    AssertSqlSafe, Executor,
    postgres::{PgPool, PgPoolOptions},
};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::offer::{Offer, Slot};
use crate::bench::{
    copies::{insert, keep, rows},
    pgbench::{Limit as Reached, Pgbench, base},
    platform::DATABASE_CONNECTIONS,
    processes::Watched,
    stage::{Stage, in_database, raw_of},
};

/// Takes a time, if it is free: what the service's own statement does for a new booking.
const TAKE: &str = include_str!("take.sql");
/// Before it, as the service does: who calls. Times go on from where the run before could have come to.
const BEFORE: &str = r"\set k :k + 1
\set n :base - :origin + :client_id + :k * :clients
\set r :n % :calendars
\startpipeline
begin;
select open_call('@CHANNEL@', 'CHANNEL', '', '10000', null, null);
";
/// After it: the event of the booking, and the commit.
const AFTER: &str = r"
select record_event(gen_random_uuid(), organization_id, also_organization, aggregate_type, aggregate_id, aggregate_version, type,
    payload, traceparent, now()) from bench_outbox;
commit;
\endpipeline
";
/// Times of one calendar, one after the other.
const FREE: &str = "(timestamptz '2030-01-01Z' + :n::bigint / :calendars::bigint * interval '15 minutes')";
/// A time that is taken in every calendar.
const TAKEN: &str = "timestamptz '2029-06-01Z'";

/// The copy, and what is done in it.
pub(super) struct Limit {
    pgbench: Pgbench,
    free: PathBuf,
    taken: PathBuf,
    servers: Watched,
    calendars: u64,
    origin: u64,
    pool: PgPool,
}

impl Limit {
    /// Takes the last booking as the sample of what each writes, into a copy of the database that was made when it was empty.
    pub(super) async fn prepare(stage: &Stage, servers: Watched, offer: &Offer) -> anyhow::Result<Self> {
        let mut channels = stage.connect("channels").await?;
        let raw_name = raw_of("channels");
        let mut raw = stage.connect(&raw_name).await?;
        let booking: Uuid =
            sqlx::query_scalar("select booking_id from booking order by booking_id desc limit 1")
                .fetch_one(&mut channels)
                .await
                .context("nothing is booked")?;
        // Only what the insert asks is copied, and not what that hangs on.
        raw.execute("set session_replication_role = replica").await?;
        for table in ["service", "connection"] {
            let copied = rows(&mut channels, &format!("{table} t"), None).await?;
            insert(&mut raw, table, &copied).await?;
        }
        let sample = rows(&mut channels, "booking t where booking_id = $1", Some(booking)).await?;
        keep(&mut raw, "bench_booking", "like booking", &sample).await?;
        let said = rows(&mut channels, "outbox t where aggregate_id = $1", Some(booking)).await?;
        keep(&mut raw, "bench_outbox", "like outbox", &said).await?;
        let calendars: Vec<Value> = offer
            .calendars
            .iter()
            .enumerate()
            .map(|(number, (resource, _))| json!({"n": number, "resource_id": resource}))
            .collect();
        let columns = "n int primary key, resource_id uuid not null";
        keep(&mut raw, "bench_calendar", columns, &calendars.into()).await?;
        raw.execute(AssertSqlSafe(format!(
            "insert into occupation (provider_id, resource_id, lane, span, booking_id)
             select b.provider_id, c.resource_id, 0, tstzrange({TAKEN}, {TAKEN} + interval '15 minutes'), b.booking_id
             from bench_calendar c, bench_booking b;
             grant select on bench_calendar, bench_booking, bench_outbox to channels_app"
        )))
        .await?;
        raw.execute("vacuum analyze").await?;

        let folder = stage.checkout.folder("raw")?;
        let (free, taken) = (folder.join("booking.sql"), folder.join("refusal.sql"));
        let resource = "(select resource_id from bench_calendar where n = :r::int)";
        let id = "(lpad(to_hex(:n::bigint), 12, '0') || '70008000000000000001')";
        let before = BEFORE.replace("@CHANNEL@", &offer.channel);
        fs::write(&free, format!("{before}{};{AFTER}", take(resource, FREE, id)))?;
        let after = "\ncommit;\n\\endpipeline\n";
        fs::write(&taken, format!("{before}{};{after}", take(resource, TAKEN, id)))?;
        let pgbench = Pgbench::find(stage, "channels", &raw_name).await?;
        Ok(Self {
            pool: pool(stage, &raw_name, &offer.channel).await?,
            pgbench,
            free,
            taken,
            servers,
            calendars: offer.calendars.len() as u64,
            origin: base()?,
        })
    }

    /// Bookings of free times, the best of several numbers of clients.
    pub(super) async fn bookings(&self, tries: usize, seconds: u32) -> anyhow::Result<Reached> {
        let variables = [("calendars", self.calendars), ("origin", self.origin)];
        self.pgbench.best(&self.free, &self.servers, (tries, seconds), &variables).await
    }

    /// Refusals of times that are taken.
    pub(super) async fn refusals(&self, tries: usize, seconds: u32) -> anyhow::Result<Reached> {
        let variables = [("calendars", self.calendars), ("origin", self.origin)];
        self.pgbench.best(&self.taken, &self.servers, (tries, seconds), &variables).await
    }

    /// As many at once, over as many connections as the service has: how long until the last one knows, and how many won.
    pub(super) async fn burst(&self, wanted: &[(Uuid, DateTime<Utc>)]) -> anyhow::Result<(Duration, usize)> {
        let take = take("$1", "$2", "$3");
        let since = Instant::now();
        let mut tasks = JoinSet::new();
        for (resource, start) in wanted.iter().copied() {
            let (pool, take) = (self.pool.clone(), take.clone());
            tasks.spawn(async move {
                let taken = sqlx::query(AssertSqlSafe(take)).bind(resource).bind(start).bind(Uuid::now_v7());
                taken.execute(&pool).await.map(|taken| taken.rows_affected())
            });
        }
        let mut won = 0;
        for taken in tasks.join_all().await {
            won += usize::try_from(taken?)?;
        }
        Ok((since.elapsed(), won))
    }
}

/// What each of a burst wants, as the limit is asked for it.
pub(super) fn wanted(offer: &Offer, slots: &[Slot]) -> anyhow::Result<Vec<(Uuid, DateTime<Utc>)>> {
    slots.iter().map(|slot| Ok((offer.calendars[slot.calendar].0.parse()?, slot.start))).collect()
}

fn take(resource: &str, start: &str, booking: &str) -> String {
    TAKE.replace("@RESOURCE@", resource).replace("@START@", start).replace("@BOOKING@", booking)
}

/// Connections of the service's role, told who calls; they are open before there is a burst.
async fn pool(stage: &Stage, database: &str, channel: &str) -> anyhow::Result<PgPool> {
    let url = careway_standalone::provision::database_url(&stage.servers.postgres, "channels", "app", "")?;
    let channel = channel.to_owned();
    let options = PgPoolOptions::new()
        .min_connections(DATABASE_CONNECTIONS)
        .max_connections(DATABASE_CONNECTIONS)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(60))
        .after_connect(move |connection, _| {
            let channel = channel.clone();
            Box::pin(async move {
                sqlx::query(
                    "select set_config('careway.organization', $1, false), set_config('careway.kind', 'CHANNEL', false),
                        set_config('jit', 'off', false)",
                )
                .bind(channel)
                .execute(connection)
                .await
                .map(drop)
            })
        });
    Ok(options.connect(&in_database(&url, database)?).await?)
}
