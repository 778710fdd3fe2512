//! The goals of the jobs and of memory, and whether they were reached.

use super::{
    jobs::Job,
    load::percentile,
    platform::Layout,
    rounds::{Measured, Outcome, Round},
    summary::Spread,
};

/// A goal beside what was found.
pub(super) struct GoalResult {
    pub(super) what: String,
    pub(super) goal: String,
    pub(super) found: String,
    pub(super) reached: bool,
}

/// What a layout should reach of a job.
struct Goal {
    /// Of pgbench's rate, at least.
    rate: f64,
    /// Own CPU beside PostgreSQL's, at most.
    cpu: f64,
}

/// The slowest of a hundred journeys beside the usual one, at most.
const TAIL: f64 = 3.0;
/// MiB of proportional memory that an idle process takes, at most.
const IDLE: f64 = 12.0;

fn goal(job: Job, layout: Layout) -> Goal {
    let (rate, cpu) = match (job, layout) {
        (Job::Journey, Layout::Separate) => (0.40, 1.2),
        (Job::Journey, Layout::OneProcess) => (0.60, 0.7),
        (Job::Read, Layout::Separate) => (0.50, 1.0),
        (Job::Read, Layout::OneProcess) => (0.85, 0.5),
        (Job::Claim | Job::HotClaim, Layout::Separate) => (0.60, 0.65),
        (Job::Claim | Job::HotClaim, Layout::OneProcess) => (0.70, 0.35),
    };
    Goal { rate, cpu }
}

/// CPU microseconds of Careway's own processes.
pub(super) fn own(measured: &Measured, round: &Round) -> f64 {
    measured.own.iter().filter_map(|name| round.cpu.get(name)).sum()
}

/// Every goal of a layout.
pub(super) fn judge(measured: &Measured) -> Vec<GoalResult> {
    let mut results: Vec<_> =
        measured.outcomes.iter().flat_map(|outcome| judge_job(measured, outcome)).collect();
    let pss = |pss: u64| pss as f64 / 1024.0;
    let most = measured.idle.iter().map(|(_, memory)| pss(memory.pss)).fold(0.0, f64::max);
    results.push(GoalResult {
        what: format!("memory, {}: idle PSS of the largest process", measured.layout.name()),
        goal: format!("≤ {IDLE:.0} MiB"),
        found: format!("{most:.1} MiB"),
        reached: most <= IDLE,
    });
    results
}

fn judge_job(measured: &Measured, outcome: &Outcome) -> Vec<GoalResult> {
    let Goal { rate, cpu } = goal(outcome.job, measured.layout);
    let name = format!("{}, {}", outcome.job.name(), measured.layout.name());
    let rates = Spread::of(outcome.rounds.iter().map(|round| round.rate / round.limit.rate));
    let postgres = |round: &Round| round.cpu.get("PostgreSQL").copied().unwrap_or(f64::NAN);
    let shares = Spread::of(outcome.rounds.iter().map(|round| own(measured, round) / postgres(round)));
    let mut results = vec![
        GoalResult {
            what: format!("{name}: rate / pgbench"),
            goal: format!("≥ {rate:.2}"),
            found: format!("{rates:.2}"),
            reached: rates.median >= rate,
        },
        GoalResult {
            what: format!("{name}: own CPU / PostgreSQL's"),
            goal: format!("≤ {cpu}"),
            found: format!("{shares:.2}"),
            reached: shares.median <= cpu,
        },
    ];
    if outcome.job == Job::Journey {
        let at = |percent| percentile(&outcome.open.whole, percent).as_secs_f64() * 1e3;
        let (usual, slow) = (at(50), at(99));
        results.push(GoalResult {
            what: format!("{name}: p99 / p50 in open loop"),
            goal: format!("≤ {TAIL:.0}"),
            found: format!("{:.1} ({slow:.1} / {usual:.1} ms)", slow / usual),
            reached: slow <= TAIL * usual,
        });
    }
    results
}
