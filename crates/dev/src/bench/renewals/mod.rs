//! Lists of participants beside `COPY` of the same rows, workbooks beside the bare loop of a writer, both texts of a reminder,
//! a whole list exported and planned, and how soon a watcher sees a renewal.

mod imports;
mod planning;
mod texts;
mod watch;
mod workbooks;

use std::{fmt::Write as _, time::Duration};

use careway_standalone::seed::{Inbox, Rest};

use super::{
    load::percentile,
    measure::{Arguments, on_stage},
    platform::{Layout, Platform, Settings},
    stage::Stage,
    summary::Spread,
};
use crate::{checkout::Checkout, say};

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    /// Rows of a list.
    listed: u32,
    /// Rows of a workbook, and reminders composed.
    written: u32,
    rounds: usize,
    /// Renewals a second that are watched, and for how long.
    watched: (f64, Duration),
}

const FULL: Plan =
    Plan { listed: 200_000, written: 1_000_000, rounds: 5, watched: (50.0, Duration::from_secs(12)) };
const QUICK: Plan =
    Plan { listed: 20_000, written: 100_000, rounds: 2, watched: (20.0, Duration::from_secs(3)) };
const CHECK: Plan = Plan { listed: 500, written: 500, rounds: 1, watched: (5.0, Duration::from_secs(1)) };

/// How to measure.
#[derive(clap::Args)]
pub(super) struct HowToMeasure {
    #[command(flatten)]
    how: Arguments,
    /// Rows of each list: a million is the largest
    #[arg(long, value_parser = clap::value_parser!(u32).range(500..=1_000_000))]
    rows: Option<u32>,
}

/// Times of the product beside those of the raw limit, round by round.
#[derive(Default)]
struct Measured {
    rounds: Vec<(Duration, Duration)>,
    /// KiB that the product took above what it had before, at the most.
    memory: u64,
}

/// Measures, prints what came out, and keeps it under `.dev/bench/renewals.md`.
pub(super) async fn run(checkout: &Checkout, told: HowToMeasure) -> anyhow::Result<()> {
    let HowToMeasure { how, rows } = told;
    let plan = how.plan(FULL, QUICK, CHECK);
    let plan = Plan { listed: rows.unwrap_or(plan.listed), ..plan };
    on_stage(checkout, &how, "renewals", async |stage| measure(stage, plan).await).await
}

async fn measure(stage: &Stage, plan: Plan) -> anyhow::Result<String> {
    say::headline("Workbooks");
    let workbooks =
        tokio::task::spawn_blocking(move || workbooks::measure(plan.written, plan.rounds)).await??;
    say::headline("Texts");
    let texts = tokio::task::spawn_blocking(move || texts::measure(plan.written, plan.rounds)).await??;
    say::headline("Lists");
    careway_standalone::provision::provision(&stage.servers.postgres, "").await?;
    let settings = Settings::new(stage)?;
    let platform = Platform::start(stage, &settings, Layout::OneProcess).await?;
    let measured = lists(stage, &platform, plan).await;
    platform.stop().await?;
    let (imports, steps, seen) = measured?;
    Ok(report(plan, &imports, &workbooks, &texts, (&steps, &seen)))
}

/// Lists, and what comes after the last of them.
async fn lists(
    stage: &Stage,
    platform: &Platform,
    plan: Plan,
) -> anyhow::Result<(Measured, planning::Steps, watch::Seen)> {
    let inbox = Inbox::new(stage.checkout.inbox());
    let operator = Rest::new(&platform.url())?.sign_in(&Settings::operator()).await?;
    let (imports, last) =
        imports::measure(stage, platform, (&operator, &inbox), (plan.listed, plan.rounds)).await?;
    let steps = planning::measure(&operator, &inbox, platform, &last, plan.listed).await?;
    let seen = watch::measure(&operator, &inbox, platform, &last, (plan.watched, stage.refusals())).await?;
    Ok((imports, steps, seen))
}

fn report(
    plan: Plan,
    imports: &Measured,
    workbooks: &Measured,
    texts: &[f64],
    (steps, seen): (&planning::Steps, &watch::Seen),
) -> String {
    let line = |what: &str, rows: u32, goal: &str, measured: &Measured, ratio: Spread| {
        let rate = |time: fn(&(Duration, Duration)) -> Duration| {
            Spread::of(measured.rounds.iter().map(|round| f64::from(rows) / time(round).as_secs_f64() / 1e3))
        };
        let (own, raw) = (rate(|round| round.0), rate(|round| round.1));
        let memory = measured.memory / 1024;
        format!("| {what}, {rows} rows | {own:.1} | {raw:.1} | {ratio:.2} | {goal} | {memory} |\n")
    };
    let slower = |round: &(Duration, Duration)| round.0.as_secs_f64() / round.1.as_secs_f64();
    let faster = |round: &(Duration, Duration)| round.1.as_secs_f64() / round.0.as_secs_f64();
    let mut text = String::from(
        "# cargo dev bench renewals\n\n\
         | what | thousand rows/s | raw | ratio (median, min..max of rounds) | goal | MiB more at the peak |\n\
         |---|---|---|---|---|---|\n",
    );
    let ratio = Spread::of(imports.rounds.iter().map(slower));
    text.push_str(&line("import: time / COPY's", plan.listed, "≤ 2", imports, ratio));
    let ratio = Spread::of(workbooks.rounds.iter().map(faster));
    text.push_str(&line("XLSX: rate / the bare loop's", plan.written, "≥ 0.85", workbooks, ratio));
    let composed = Spread::of(texts.iter().copied());
    let (rows, memory) = (plan.listed, steps.memory / 1024);
    let [renewals, export, planning] =
        [steps.renewals, steps.export, steps.planning].map(|time| format!("{:.1} s", time.as_secs_f64()));
    let _ = write!(
        text,
        "\n| what | measured | goal |\n|---|---|---|\n\
         | both texts on one core, thousand cards/s | {composed:.0} | ≥ 500 |\n\
         | renewal data imported, {rows} rows | {renewals} | |\n\
         | participants exported through REST, {rows} rows | {export} | |\n\
         | planning {rows} reminders | {planning} | ≤ 60 s for a million |\n\
         | MiB more at the peak of these three | {memory} | ≤ 64 |\n"
    );
    for (what, took) in [("its request's beginning", &seen.begun), ("its answer", &seen.answered)] {
        let at = |percent| percentile(took, percent).as_secs_f64() * 1e3;
        let (rate, count) = (seen.rate, took.len());
        let _ = writeln!(
            text,
            "| renewal to watcher at {rate}/s, from {what}, p50, p99 | {:.1}, {:.1} ms of {count} | |",
            at(50),
            at(99)
        );
    }
    text
}
