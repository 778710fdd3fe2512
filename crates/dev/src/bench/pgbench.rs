//! pgbench with a script of ours: what PostgreSQL does of it alone, as the services' connections ask it.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use careway_standalone::provision::database_url;
use chrono::Utc;
use tokio::process::Command;

use super::{
    processes::Watched,
    stage::{Stage, in_database},
};

/// How many clients are tried, as many of them as the plan says; the best counts.
pub(super) const CLIENTS: [u32; 3] = [8, 16, 32];

/// How often a run is tried that did nothing in its time: something else had the machine.
const TRIES: usize = 3;

/// No machine does more, clients' uneven pace included; so the numbers of runs never meet.
const COUNTED_IN_A_MILLISECOND: u64 = 100;

/// What a run reached.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reached {
    pub(super) done: u64,
    /// A second.
    pub(super) rate: f64,
}

/// The best of several numbers of clients.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limit {
    pub(super) clients: u32,
    /// A second.
    pub(super) rate: f64,
    /// CPU microseconds of PostgreSQL for each.
    pub(super) postgres: f64,
}

/// The program, and the database that it asks.
pub(super) struct Pgbench {
    program: PathBuf,
    url: String,
}

impl Pgbench {
    /// The server's own, as the service's role in this database.
    pub(super) async fn find(stage: &Stage, service: &str, database: &str) -> anyhow::Result<Self> {
        let mut admin = stage.connect("postgres").await?;
        let programs: String = sqlx::query_scalar("select setting from pg_config where name = 'BINDIR'")
            .fetch_one(&mut admin)
            .await?;
        let url = database_url(&stage.servers.postgres, service, "app", "")?;
        Ok(Self { program: PathBuf::from(programs).join("pgbench"), url: in_database(&url, database)? })
    }

    /// The best of several numbers of clients. A script finds `clients`, `k`, from which on it counts, and `base`, which is
    /// far above whatever the runs before have counted.
    pub(super) async fn best(
        &self,
        script: &Path,
        servers: &Watched,
        (tries, seconds): (usize, u32),
        variables: &[(&str, u64)],
    ) -> anyhow::Result<Limit> {
        let mut best = Limit::default();
        for clients in CLIENTS.into_iter().take(tries) {
            let own = [("clients", clients.into()), ("k", 0), ("base", base()?)];
            let before = servers.usage()?;
            let reached = self.run(script, clients, seconds, &[&own, variables].concat()).await?;
            let used = servers.usage()?.per_operation(&before, reached.done);
            if reached.rate > best.rate {
                let postgres = used.get("PostgreSQL").copied().unwrap_or_default();
                best = Limit { clients, rate: reached.rate, postgres };
            }
        }
        Ok(best)
    }

    /// Runs a script with these variables for so many seconds; again when it did nothing, which uses up no numbers.
    pub(super) async fn run(
        &self,
        script: &Path,
        clients: u32,
        seconds: u32,
        variables: &[(&str, u64)],
    ) -> anyhow::Result<Reached> {
        for _ in 0..TRIES {
            let reached = self.run_once(script, clients, seconds, variables).await?;
            if reached.done > 0 {
                return Ok(reached);
            }
        }
        bail!("pgbench did nothing, {TRIES} times")
    }

    async fn run_once(
        &self,
        script: &Path,
        clients: u32,
        seconds: u32,
        variables: &[(&str, u64)],
    ) -> anyhow::Result<Reached> {
        let (clients, seconds) = (clients.to_string(), seconds.to_string());
        let mut pgbench = Command::new(&self.program);
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--client", &clients]);
        pgbench.args(["--time", &seconds, "--file"]).arg(script);
        for (name, value) in variables {
            pgbench.args(["--define", &format!("{name}={value}")]);
        }
        // As the services' connections have it.
        pgbench.env("PGOPTIONS", "-c jit=off -c timezone=UTC");
        let output = pgbench.arg(&self.url).output().await;
        let output = output.with_context(|| format!("{} cannot be run", self.program.display()))?;
        let (told, words) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if !output.status.success() {
            bail!("pgbench failed ({}): {}", output.status, words.trim());
        }
        parse(&told).with_context(|| format!("pgbench told: {told}, {}", words.trim()))
    }
}

/// A number that no run before has counted to.
pub(super) fn base() -> anyhow::Result<u64> {
    Ok(u64::try_from(Utc::now().timestamp_millis())? * COUNTED_IN_A_MILLISECOND)
}

/// How many were done, and how many a second; of none it tells no rate.
fn parse(told: &str) -> Option<Reached> {
    let value = |line: &str| told.lines().find_map(|it| it.strip_prefix(line).map(str::to_owned));
    let done = value("number of transactions actually processed: ")?;
    let done: u64 = done.split('/').next()?.trim().parse().ok()?;
    if done == 0 {
        return Some(Reached::default());
    }
    let rate = value("tps = ")?;
    Some(Reached { done, rate: rate.split_whitespace().next()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pgbench_tells_is_understood() {
        let told = "scaling factor: 1\nnumber of transactions actually processed: 1234\n\
                    latency average = 2.1 ms\ntps = 3696.250000 (without initial connection time)\n";
        assert_eq!(parse(told).map(|reached| (reached.done, reached.rate)), Some((1234, 3696.25)));
        let nothing = parse("scaling factor: 1\nnumber of transactions actually processed: 0\n");
        assert_eq!(nothing.map(|reached| reached.done), Some(0));
        assert!(parse("connection refused").is_none());
    }
}
