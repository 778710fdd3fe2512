//! A measurement from its build to its report: some jobs in every layout, beside what PostgreSQL alone could do of them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::bail;

use super::{
    data,
    jobs::Job,
    platform::{self, Layout, Settings},
    raw::Raw,
    release, report,
    rounds::{Plan, measure},
    stage::Stage,
};
use crate::{
    checkout::{self, Checkout},
    say,
};

/// How to measure.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Two short rounds over few members: shows that it works rather than how fast it is
    #[arg(long)]
    pub(super) quick: bool,
    /// Take the programs beside this one as they are
    #[arg(long, hide = true)]
    pub(super) built: bool,
    /// The shortest there is, with the programs beside this one: tests see by it that measuring works
    #[arg(long, hide = true)]
    pub(super) check: bool,
}

impl Arguments {
    /// The plan that was asked for.
    pub(super) fn plan<P>(&self, full: P, quick: P, check: P) -> P {
        match self {
            Self { check: true, .. } => check,
            Self { quick: true, .. } => quick,
            Self { .. } => full,
        }
    }
}

const FULL: Plan = Plan {
    members: 50_000,
    rounds: 5,
    tries: 3,
    loop_time: Duration::from_secs(4),
    raw_time: 2,
    search_time: Duration::from_millis(1500),
    open_time: Duration::from_secs(8),
};
const QUICK: Plan = Plan {
    members: 8_000,
    rounds: 2,
    tries: 3,
    loop_time: Duration::from_secs(2),
    raw_time: 1,
    search_time: Duration::from_millis(600),
    open_time: Duration::from_secs(2),
};
/// Few members: enrolling them takes the longest.
const CHECK: Plan = Plan {
    members: 400,
    rounds: 1,
    tries: 1,
    loop_time: Duration::from_secs(2),
    raw_time: 1,
    search_time: Duration::from_millis(500),
    open_time: Duration::from_secs(1),
};

/// No round begins later than this, for each plan; what follows takes some twenty seconds.
const LONGEST: [Duration; 2] = [Duration::from_secs(310), Duration::from_secs(70)];

/// Measures, prints what came out, and keeps it under `.dev/bench/`, in a file of this name.
pub(super) async fn run(
    checkout: &Checkout,
    arguments: Arguments,
    name: &str,
    jobs: &[Job],
) -> anyhow::Result<()> {
    let (plan, longest) = arguments.plan((FULL, LONGEST[0]), (QUICK, LONGEST[1]), (CHECK, LONGEST[1]));
    on_stage(checkout, &arguments, name, async |stage| {
        measure_all(stage, (name, jobs), plan, Instant::now() + longest).await
    })
    .await
}

/// Builds, opens a stage for what measures, prints what it tells, and keeps that under `.dev/bench/`, in a file of this name.
pub(super) async fn on_stage(
    checkout: &Checkout,
    arguments: &Arguments,
    name: &str,
    measure: impl AsyncFnOnce(&Stage) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    if !arguments.built && !arguments.check {
        match release::become_it(checkout).await? {}
    }
    let since = Instant::now();
    let stage = Stage::open(checkout, arguments.check).await?;
    let measured = tokio::select! {
        measured = measure(&stage) => measured,
        () = careway_service::signalled() => Err(anyhow::anyhow!("interrupted")),
    };
    stage.close().await?;
    let text = measured?;
    if arguments.check {
        // What a debug build reaches on a busy machine is nothing to be kept.
        return Ok(());
    }

    let file = stage.checkout.private()?.join(format!("{name}.md"));
    checkout::replace(&file, &text)?;
    say::headline(format!("Measured in {}", say::seconds(since.elapsed())));
    for line in text.lines() {
        say::line(line);
    }
    say::line(format!("This is in {}.", file.display()));
    Ok(())
}

async fn measure_all(
    stage: &Stage,
    (name, jobs): (&str, &[Job]),
    plan: Plan,
    until: Instant,
) -> anyhow::Result<String> {
    let machine = report::machine(stage).await?;
    let (members, rounds, lasting) = (plan.members, plan.rounds, plan.loop_time.as_secs());
    let machine = format!("{machine}{members} members, up to {rounds} rounds of {lasting} s\n");
    say::headline("Data");
    let settings = Settings::new(stage)?;
    let network = Arc::new(data::load(stage, &settings, plan.members).await?);
    let mut raw = Raw::prepare(stage, &network, platform::servers(stage)).await?;
    let mut measured = Vec::new();
    for (at, layout) in Layout::ALL.into_iter().enumerate() {
        let layouts_left = u32::try_from(Layout::ALL.len() - at)?;
        let now = Instant::now();
        let until = now + until.saturating_duration_since(now) / layouts_left;
        measured.push(measure(stage, &settings, &network, &mut raw, jobs, (layout, plan, until)).await?);
    }
    if measured.iter().flat_map(|it| &it.outcomes).any(|outcome| outcome.rounds.is_empty()) {
        bail!("nothing was measured");
    }
    Ok(report::write(name, &machine, &measured))
}
