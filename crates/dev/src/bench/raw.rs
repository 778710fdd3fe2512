//! The limit: pgbench doing the jobs' SQL alone, one statement a step, on a copy of the visits database.

use std::{fs, path::PathBuf};

use chrono::Utc;
use sqlx::{Connection, PgConnection};

use super::{
    data::Network,
    jobs::Job,
    names::FACILITIES,
    pgbench::{CLIENTS, Limit, Pgbench},
    processes::Watched,
    sample::Sample,
    stage::{Stage, in_database, raw_of},
};

/// pgbench with its scripts.
pub(super) struct Raw {
    pgbench: Pgbench,
    folder: PathBuf,
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
        let name = raw_of("visits");
        let mut database = stage.connect(&name).await?;
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
            pgbench: Pgbench::find(stage, "visits", &name).await?,
            folder,
            admin: in_database(&stage.servers.postgres, &name)?,
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
        let variables = [
            ("members", u64::from(self.members)),
            ("facilities", FACILITIES.into()),
            ("clients", clients.into()),
            ("start", start),
            ("base", base),
            ("k", 0),
        ];
        let before = self.servers.usage()?;
        let reached = self.pgbench.run(&self.folder.join(file(job)), clients, seconds, &variables).await?;
        let used = self.servers.usage()?;
        self.next_journey += journeys(job, clients, reached.done);
        let postgres = used.per_operation(&before, reached.done).remove("PostgreSQL").unwrap_or_default();
        Ok(Limit { clients, rate: reached.rate, postgres })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_journeys_use_up_numbers_of_journeys() {
        let used = |job| journeys(job, 8, 100);
        assert_eq!(Job::ALL.map(used), [316, 0, 0, 0]);
    }
}
