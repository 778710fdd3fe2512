//! One layout, measured: in rounds that alternate with the limit, then counted, then at leisure for latencies.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{
    data::Network,
    jobs::{Job, Jobs},
    load::{self, Open},
    messages::Phones,
    pgbench::Limit,
    platform::{self, Layout, Platform, Settings},
    processes::{Memory, Watched},
    quiet::Quiet,
    raw::Raw,
    refusals::Refusals,
    stage::Stage,
    statements::{Counted, Statements},
};
use crate::say;

/// The part of its maximum that the platform is under when latencies are measured.
const LEISURE: f64 = 0.25;

/// How long everything takes.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) members: u32,
    pub(super) rounds: usize,
    /// How many numbers of jobs under way are tried, and of clients of pgbench; the best count.
    pub(super) tries: usize,
    /// Of one closed loop.
    pub(super) loop_time: Duration,
    /// Of one run of pgbench, in seconds.
    pub(super) raw_time: u32,
    /// Of each try for the best number under way.
    pub(super) search_time: Duration,
    /// Of one open loop.
    pub(super) open_time: Duration,
}

/// One job in one layout.
pub(super) struct Outcome {
    pub(super) job: Job,
    /// How many were under way in the closed loops.
    pub(super) under_way: usize,
    pub(super) rounds: Vec<Round>,
    pub(super) counted: Counted,
    pub(super) open: Open,
}

/// A round: the platform, then the limit.
pub(super) struct Round {
    /// Jobs a second.
    pub(super) rate: f64,
    /// CPU microseconds per job by process, everything that follows from it included.
    pub(super) cpu: BTreeMap<String, f64>,
    /// How long events and messages were still under way.
    pub(super) drain: Duration,
    pub(super) limit: Limit,
}

/// A layout.
pub(super) struct Measured {
    pub(super) layout: Layout,
    pub(super) outcomes: Vec<Outcome>,
    /// The names of its own processes.
    pub(super) own: Vec<String>,
    pub(super) idle: Vec<(String, Memory)>,
    pub(super) after: Vec<(String, Memory)>,
}

struct Bench<'a> {
    plan: Plan,
    jobs: Arc<Jobs>,
    quiet: Quiet,
    raw: &'a mut Raw,
    watched: Watched,
    refusals: Refusals,
}

/// Measures a layout; no new round begins after `until`.
pub(super) async fn measure(
    stage: &Stage,
    settings: &Settings,
    network: &Arc<Network>,
    raw: &mut Raw,
    wanted: &[Job],
    (layout, plan, until): (Layout, Plan, Instant),
) -> anyhow::Result<Measured> {
    say::headline(layout.name());
    let step = say::begin("starting");
    stage.forget().await?;
    let platform = Platform::start(stage, settings, layout).await?;
    let own = platform.processes();
    let mut watched = own.clone();
    watched.0.extend(platform::servers(stage).0);
    let mut quiet = Quiet::connect(stage).await?;
    quiet.wait().await?;
    sleep(Duration::from_secs(2)).await;
    let idle = own.memory()?;
    let phones = Phones::on(&stage.checkout.inbox());
    let jobs = Arc::new(Jobs::open(network.clone(), platform.gateway(), phones).await?);
    step.done("started");

    let mut bench = Bench { plan, jobs, quiet, raw, watched, refusals: stage.refusals() };
    let mut outcomes = Vec::new();
    for job in wanted.iter().copied() {
        let step = say::begin(format!("{}: looking for its maximum", job.name()));
        let under_way = bench.find(job).await?;
        bench.raw.best(job, plan.tries, 1).await?;
        step.done(format!("{}: most with {under_way} under way", job.name()));
        let (rounds, counted, open) = (Vec::new(), Counted::default(), Open::default());
        outcomes.push(Outcome { job, under_way, rounds, counted, open });
    }
    stage.analyze().await?;
    for round in 1..=plan.rounds {
        if round > 1 && Instant::now() > until {
            say::line(format!("time is up after {} of {} rounds", round - 1, plan.rounds));
            break;
        }
        let step = say::begin(format!("round {round}"));
        let mut told = Vec::new();
        for outcome in &mut outcomes {
            let round = bench.round(outcome.job, outcome.under_way).await?;
            told.push(format!("{} {:.0}/s of {:.0}/s", outcome.job.name(), round.rate, round.limit.rate));
            outcome.rounds.push(round);
        }
        step.done(format!("round {round}: {}", told.join(", ")));
    }
    let mut statements = Statements::open(stage).await?;
    for outcome in &mut outcomes {
        let step = say::begin(format!("{}: counting and at leisure", outcome.job.name()));
        outcome.counted = bench.count(outcome.job, &mut statements).await?;
        outcome.open = bench.at_leisure(outcome).await?;
        step.done(format!("{}: counted, and measured at {:.0}/s", outcome.job.name(), outcome.open.rate));
    }
    let after = own.memory()?;
    drop(bench);
    platform.stop().await?;
    Ok(Measured { layout, outcomes, own: own.0.into_iter().map(|(name, _)| name).collect(), idle, after })
}

impl Bench<'_> {
    /// How many under way do most.
    async fn find(&mut self, job: Job) -> anyhow::Result<usize> {
        let tried: &[usize] = match job {
            Job::Journey => &[16, 48, 128],
            Job::Read | Job::Claim | Job::HotClaim => &[8, 24, 64],
        };
        // The first moments fill connection pools and plans.
        load::closed(&self.jobs, job, 16, self.plan.search_time / 2, self.refusals).await?;
        let mut best = (0.0, tried[0]);
        for under_way in tried.iter().take(self.plan.tries) {
            let reached =
                load::closed(&self.jobs, job, *under_way, self.plan.search_time, self.refusals).await?;
            if reached.rate > best.0 {
                best = (reached.rate, *under_way);
            }
        }
        self.quiet.wait().await?;
        Ok(best.1)
    }

    async fn round(&mut self, job: Job, under_way: usize) -> anyhow::Result<Round> {
        let before = self.watched.usage()?;
        let reached = load::closed(&self.jobs, job, under_way, self.plan.loop_time, self.refusals).await?;
        let drain = self.quiet.wait().await?;
        let cpu = self.watched.usage()?.per_operation(&before, reached.done);
        let limit = self.raw.best(job, self.plan.tries, self.plan.raw_time).await?;
        Ok(Round { rate: reached.rate, cpu, drain, limit })
    }

    async fn count(&mut self, job: Job, statements: &mut Statements) -> anyhow::Result<Counted> {
        statements.begin().await?;
        let reached = load::closed(&self.jobs, job, 4, self.plan.search_time, self.refusals).await?;
        self.quiet.wait().await?;
        statements.end(reached.done).await
    }

    async fn at_leisure(&mut self, outcome: &Outcome) -> anyhow::Result<Open> {
        let most = outcome.rounds.iter().map(|round| round.rate).fold(0.0, f64::max);
        let (rate, lasting) = (most * LEISURE, self.plan.open_time);
        let open = load::open(&self.jobs, outcome.job, rate, lasting, self.refusals).await?;
        self.quiet.wait().await?;
        Ok(open)
    }
}
