//! The limit: pgbench doing the jobs' SQL alone, one statement a step, on a copy of the visits database.

use std::{fs, path::PathBuf};

use anyhow::{Context, bail, ensure};
use careway_standalone::provision::database_url;
use chrono::Utc;
use sqlx::{Connection, PgConnection};
use tokio::process::Command;

use super::{
    data::Network,
    jobs::Job,
    names::FACILITIES,
    processes::Watched,
    sample::Sample,
    stage::{RAW, Stage, in_database},
};

/// How many clients are tried, as many of them as the plan says; the best counts.
const CLIENTS: [u32; 3] = [8, 16, 32];

/// What pgbench reached.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limit {
    pub(super) clients: u32,
    /// Jobs a second.
    pub(super) rate: f64,
    /// CPU microseconds of PostgreSQL per job.
    pub(super) postgres: f64,
}

/// pgbench with its scripts.
pub(super) struct Raw {
    program: PathBuf,
    folder: PathBuf,
    url: String,
    /// The superuser's, of the same database.
    admin: String,
    members: u32,
    first_visit: u64,
    /// The next journey's number; as for the platform's journeys, but of its own.
    next_journey: u64,
    servers: Watched,
}

impl Raw {
    /// Writes the scripts: the rows they write are as large as real ones.
    pub(super) async fn prepare(stage: &Stage, network: &Network, servers: Watched) -> anyhow::Result<Self> {
        let mut database = stage.connect(RAW).await?;
        let programs: String = sqlx::query_scalar("select setting from pg_config where name = 'BINDIR'")
            .fetch_one(&mut database)
            .await?;
        let (entitlement, sealed): (String, String) = sqlx::query_as(
            "select entitlement::text, '\\x' || encode(sealed_member, 'hex') from visit where visit_id = $1",
        )
        .bind(network.visit(0))
        .fetch_one(&mut database)
        .await?;
        database.close().await?;

        let facilities: Vec<_> = network.desks.iter().map(|desk| desk.facility.to_string()).collect();
        let facilities = format!("{{{}}}", facilities.join(","));
        let folder = stage.checkout.folder("raw")?;
        for job in Job::ALL {
            let script = script(job)
                .replace("@FACILITIES@", &facilities)
                .replace("@ENTITLEMENT@", &entitlement.replace('\'', "''"))
                .replace("@SEALED@", &sealed)
                .replace("@LINES@", &network.sample.lines)
                .replace("@DETAILS@", &network.sample.details)
                .replace("@POSTINGS@", &network.sample.postings);
            fs::write(folder.join(file(job)), script)?;
        }
        Ok(Self {
            program: PathBuf::from(programs).join("pgbench"),
            folder,
            url: in_database(&database_url(&stage.servers.postgres, "visits", "app", "")?, RAW)?,
            admin: in_database(&stage.servers.postgres, RAW)?,
            members: network.members,
            first_visit: network.first_visit(),
            next_journey: 0,
            servers,
        })
    }

    /// The best of several numbers of clients.
    pub(super) async fn best(&mut self, job: Job, tries: usize, seconds: u32) -> anyhow::Result<Limit> {
        let mut best = Limit::default();
        for clients in CLIENTS.into_iter().take(tries) {
            let reached = self.run(job, clients, seconds).await?;
            if reached.rate > best.rate {
                best = reached;
            }
        }
        Ok(best)
    }

    async fn run(&mut self, job: Job, clients: u32, seconds: u32) -> anyhow::Result<Limit> {
        let base = match job {
            // Ids go on from here by time and place in the run.
            Job::Journey => u64::try_from(Utc::now().timestamp_millis())?,
            Job::Read | Job::Claim | Job::HotClaim => self.first_visit,
        };
        let start = match job {
            Job::Journey => self.next_journey,
            Job::Read => 0,
            Job::Claim | Job::HotClaim => {
                // The same visits are claimed in each run.
                Sample::forget(&mut PgConnection::connect(&self.admin).await?).await?;
                u64::from(if job == Job::HotClaim { self.members / 2 } else { 0 })
            }
        };
        let (clients_given, seconds) = (clients.to_string(), seconds.to_string());
        let mut pgbench = Command::new(&self.program);
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--client", &clients_given]);
        pgbench.args(["--time", &seconds, "--file"]).arg(self.folder.join(file(job)));
        for (name, value) in [
            ("members", u64::from(self.members)),
            ("facilities", FACILITIES.into()),
            ("clients", clients.into()),
            ("start", start),
            ("base", base),
            ("k", 0),
        ] {
            pgbench.args(["--define", &format!("{name}={value}")]);
        }
        // As the services' connections have it.
        pgbench.env("PGOPTIONS", "-c jit=off -c timezone=UTC");
        let before = self.servers.usage()?;
        let output = pgbench.arg(&self.url).output().await;
        let output = output.with_context(|| format!("{} cannot be run", self.program.display()))?;
        let used = self.servers.usage()?;
        let (told, words) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if !output.status.success() {
            bail!("pgbench failed ({}): {}", output.status, words.trim());
        }
        let (done, rate) = parse(&told).with_context(|| format!("pgbench told: {told}"))?;
        ensure!(done > 0, "pgbench did nothing: {}", words.trim());
        self.next_journey += journeys(job, clients, done);
        let postgres = used.per_operation(&before, done).remove("PostgreSQL").unwrap_or_default();
        Ok(Limit { clients, rate, postgres })
    }
}

/// How many journeys' numbers a run may have used up. Clients go at about the same pace: thrice the average is beyond the
/// fastest.
fn journeys(job: Job, clients: u32, done: u64) -> u64 {
    match job {
        Job::Journey => 3 * done + u64::from(clients) * 2,
        Job::Read | Job::Claim | Job::HotClaim => 0,
    }
}

fn script(job: Job) -> &'static str {
    match job {
        Job::Journey => include_str!("journey.sql"),
        Job::Read => include_str!("read.sql"),
        Job::Claim | Job::HotClaim => include_str!("claim.sql"),
    }
}

fn file(job: Job) -> &'static str {
    match job {
        Job::Journey => "journey.sql",
        Job::Read => "read.sql",
        Job::Claim | Job::HotClaim => "claim.sql",
    }
}

/// How many were done, and how many a second.
fn parse(told: &str) -> Option<(u64, f64)> {
    let value = |line: &str| told.lines().find_map(|it| it.strip_prefix(line).map(str::to_owned));
    let done = value("number of transactions actually processed: ")?;
    let rate = value("tps = ")?;
    Some((done.split('/').next()?.trim().parse().ok()?, rate.split_whitespace().next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_journeys_use_up_numbers_of_journeys() {
        let used = |job| journeys(job, 8, 100);
        assert_eq!(Job::ALL.map(used), [316, 0, 0, 0]);
    }

    #[test]
    fn what_pgbench_tells_is_understood() {
        let told = "scaling factor: 1\nnumber of transactions actually processed: 1234\n\
                    latency average = 2.1 ms\ntps = 3696.250000 (without initial connection time)\n";
        assert_eq!(parse(told), Some((1234, 3696.25)));
        assert_eq!(parse("connection refused"), None);
    }
}
