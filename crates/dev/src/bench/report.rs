//! What came out, as Markdown: rates beside the limit, the goals, CPU by process, statements, latencies, memory.

use std::{collections::BTreeMap, fmt::Write as _, fs, time::Duration};

use chrono::Utc;

use super::{
    goals::{self, GoalResult},
    jobs::STEPS,
    load::percentile,
    rounds::{Measured, Outcome},
    stage::Stage,
    summary::Spread,
};
use tokio::process::Command;

/// Where and with what it is measured; asked before there is any load.
pub(super) async fn machine(stage: &Stage) -> anyhow::Result<String> {
    let mut database = stage.connect("postgres").await?;
    let postgres: String = sqlx::query_scalar("show server_version").fetch_one(&mut database).await?;
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<_> = load.split(' ').take(3).collect();
    let mut git = Command::new("git");
    git.args(["describe", "--always", "--dirty"]).current_dir(stage.checkout.root());
    let commit = git.output().await.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    Ok(format!(
        "{}, commit {}, {} × {}, PostgreSQL {postgres}, load average before {}\n",
        Utc::now().format("%Y-%m-%d %H:%M UTC"),
        commit.unwrap_or_default(),
        std::thread::available_parallelism().map_or(0, usize::from),
        model.trim_start_matches([' ', '\t', ':']),
        load.join(" "),
    ))
}

/// Everything.
pub(super) fn write(name: &str, machine: &str, measured: &[Measured]) -> String {
    let mut text = format!("# cargo dev bench {name}\n\n{machine}");
    goals(&mut text, measured);
    rates(&mut text, measured);
    cpu(&mut text, measured);
    counts(&mut text, measured);
    latencies(&mut text, measured);
    memory(&mut text, measured);
    heaviest(&mut text, measured);
    text
}

/// What was found of one thing that is measured by itself, line by line, each beside its goal.
#[derive(Default)]
pub(super) struct Findings(Vec<Vec<String>>);

impl Findings {
    /// A line; without a goal where there is none.
    pub(super) fn line(&mut self, what: &str, found: String, goal: &str) {
        self.0.push(vec![what.to_owned(), found, goal.to_owned()]);
    }

    /// The report of `cargo dev bench` by this name.
    pub(super) fn written(self, name: &str, machine: &str) -> String {
        let mut text = format!("# cargo dev bench {name}\n\n{machine}");
        table(&mut text, "Medians, least..most of the rounds", &["what", "measured", "goal"], self.0);
        text
    }
}

fn goals(text: &mut String, measured: &[Measured]) {
    let rows = measured.iter().flat_map(goals::judge).map(|GoalResult { what, goal, found, reached }| {
        vec![what, goal, found, if reached { "reached" } else { "missed" }.to_owned()]
    });
    table(text, "Goals", &["what", "goal", "measured (median, min..max of rounds)", ""], rows.collect());
}

fn rates(text: &mut String, measured: &[Measured]) {
    let mut rows = Vec::new();
    for (layout, outcome) in every(measured) {
        let of = |value: fn(&super::rounds::Round) -> f64| Spread::of(outcome.rounds.iter().map(value));
        rows.push(vec![
            outcome.job.name().to_owned(),
            layout.layout.name().to_owned(),
            format!("{:.0}", of(|round| round.rate)),
            outcome.under_way.to_string(),
            format!("{:.0}", of(|round| round.limit.rate)),
            outcome.rounds.last().map(|round| round.limit.clients.to_string()).unwrap_or_default(),
            format!("{:.2}", of(|round| round.rate / round.limit.rate)),
            format!("{:.1} s", of(|round| round.drain.as_secs_f64())),
            outcome.rounds.len().to_string(),
        ]);
    }
    let headers = [
        "job",
        "layout",
        "Careway/s",
        "under way",
        "pgbench/s",
        "clients",
        "ratio",
        "events drained in",
        "rounds",
    ];
    table(text, "Rates", &headers, rows);
}

fn cpu(text: &mut String, measured: &[Measured]) {
    for (layout, outcome) in every(measured) {
        let mut by_process: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for round in &outcome.rounds {
            for (name, micros) in &round.cpu {
                by_process.entry(name).or_default().push(*micros);
            }
        }
        let mut rows: Vec<_> = by_process
            .into_iter()
            .map(|(name, micros)| vec![name.to_owned(), format!("{:.0}", Spread::of(micros))])
            .collect();
        let own = Spread::of(outcome.rounds.iter().map(|round| goals::own(layout, round)));
        let limit = Spread::of(outcome.rounds.iter().map(|round| round.limit.postgres));
        rows.push(vec!["own, in all".to_owned(), format!("{own:.0}")]);
        rows.push(vec!["PostgreSQL under pgbench".to_owned(), format!("{limit:.0}")]);
        let title = format!("CPU per job: {}, {}", outcome.job.name(), layout.layout.name());
        table(text, &title, &["process", "µs"], rows);
    }
}

fn counts(text: &mut String, measured: &[Measured]) {
    let rows = every(measured).map(|(layout, outcome)| {
        let counted = &outcome.counted;
        vec![
            outcome.job.name().to_owned(),
            layout.layout.name().to_owned(),
            counted.statements.map_or("not counted".to_owned(), |count| format!("{count:.1}")),
            format!("{:.1}", counted.writes),
            format!("{:.1}", counted.log / 1024.0),
        ]
    });
    let headers = ["job", "layout", "statements", "writing transactions", "log KiB"];
    table(text, "PostgreSQL per job, all services and events", &headers, rows.collect());
}

fn latencies(text: &mut String, measured: &[Measured]) {
    let millis =
        |sorted: &[Duration], percent| format!("{:.2}", percentile(sorted, percent).as_secs_f64() * 1e3);
    let mut rows = Vec::new();
    for (layout, outcome) in every(measured) {
        let mut row = |what: &str, mut values: Vec<Duration>| {
            values.retain(|value| !value.is_zero());
            values.sort_unstable();
            if !values.is_empty() {
                rows.push(vec![
                    outcome.job.name().to_owned(),
                    layout.layout.name().to_owned(),
                    what.to_owned(),
                    millis(&values, 50),
                    millis(&values, 99),
                ]);
            }
        };
        row(&format!("whole, at {:.0}/s", outcome.open.rate), outcome.open.whole.clone());
        for (at, step) in STEPS.iter().enumerate() {
            row(step, outcome.open.done.iter().map(|done| done.steps[at]).collect());
        }
        row("wait for the code", outcome.open.done.iter().map(|done| done.waited).collect());
    }
    let title = "Latency in open loop at a quarter of the maximum, ms (whole: from the intended start, without the wait for the code)";
    table(text, title, &["job", "layout", "of", "p50", "p99"], rows);
}

fn memory(text: &mut String, measured: &[Measured]) {
    let mib = |kib: u64| format!("{:.1}", kib as f64 / 1024.0);
    let rows = measured.iter().flat_map(|layout| {
        layout.idle.iter().zip(&layout.after).map(move |((name, idle), (_, after))| {
            vec![
                layout.layout.name().to_owned(),
                name.clone(),
                mib(idle.pss),
                mib(idle.rss),
                mib(after.pss),
                mib(after.rss),
            ]
        })
    });
    let headers = ["layout", "process", "PSS idle", "RSS idle", "PSS after", "RSS after"];
    table(text, "Memory, MiB", &headers, rows.collect());
}

fn heaviest(text: &mut String, measured: &[Measured]) {
    let Some(one) = measured.first() else { return };
    for outcome in &one.outcomes {
        let rows = outcome.counted.heaviest.iter().map(|heavy| {
            vec![
                heavy.database.clone(),
                format!("`{}`", heavy.statement.replace('|', "¦")),
                format!("{:.2}", heavy.calls),
                format!("{:.0}", heavy.micros),
            ]
        });
        let title = format!("Heaviest statements: {}, {}", outcome.job.name(), one.layout.name());
        table(text, &title, &["database", "statement", "calls per job", "µs per job"], rows.collect());
    }
}

fn every(measured: &[Measured]) -> impl Iterator<Item = (&Measured, &Outcome)> {
    measured.iter().flat_map(|layout| layout.outcomes.iter().map(move |outcome| (layout, outcome)))
}

/// A table whose columns are aligned in the text as well.
fn table(text: &mut String, title: &str, headers: &[&str], rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([headers[column].chars().count(), 3]).max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..headers.len()).map(width).collect();
    let line = |text: &mut String, cells: &[String]| {
        for (cell, width) in cells.iter().zip(&widths) {
            let _ = write!(text, "| {cell:<width$} ");
        }
        text.push_str("|\n");
    };
    let _ = write!(text, "\n## {title}\n\n");
    line(text, &headers.iter().map(|header| (*header).to_owned()).collect::<Vec<_>>());
    line(text, &widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>());
    for row in &rows {
        line(text, row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{
        jobs::{Done, Job},
        load::Open,
        pgbench::Limit,
        platform::Layout,
        processes::Memory,
        rounds::Round,
        statements::Counted,
    };

    fn measured(layout: Layout) -> Measured {
        let cpu =
            [("standalone", 600.0), ("PostgreSQL", 1000.0)].map(|(name, micros)| (name.to_owned(), micros));
        let round = |rate| Round {
            rate,
            cpu: cpu.clone().into(),
            drain: Duration::from_millis(120),
            limit: Limit { clients: 16, rate: 1000.0, postgres: 300.0 },
        };
        let outcome = |job| {
            let whole = vec![Duration::from_millis(8), Duration::from_millis(40)];
            let mut done = Done::default();
            done.steps[3] = Duration::from_millis(2);
            let open = Open { rate: 250.0, whole, done: vec![done] };
            let rounds = vec![round(650.0), round(700.0), round(500.0)];
            Outcome { job, under_way: 48, rounds, counted: Counted::default(), open }
        };
        let memory = vec![("standalone".to_owned(), Memory { rss: 30_000, pss: 20_480 })];
        Measured {
            layout,
            outcomes: Job::ALL.map(outcome).into(),
            own: vec!["standalone".to_owned()],
            idle: memory.clone(),
            after: memory,
        }
    }

    #[test]
    fn every_goal_is_judged_beside_what_was_found() {
        let text = write("visit", "here\n", &Layout::ALL.map(measured));
        let result = |what: &str| {
            let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
            text.lines()
                .map(cells)
                .find(|cells| cells.len() > 4 && cells[1] == what)
                .map(|cells| cells[3..5].to_vec())
        };
        let found = |what: &str, found: &str, judged: &str| {
            assert_eq!(
                result(what).as_deref(),
                Some(&[found.to_owned(), judged.to_owned()][..]),
                "{what} in {text}"
            );
        };
        found("J1 visit journey, one process: rate / pgbench", "0.65 (0.50..0.70)", "reached");
        found("J2 benefits read, one process: rate / pgbench", "0.65 (0.50..0.70)", "missed");
        found("J1 visit journey, one process: own CPU / PostgreSQL's", "0.60 (0.60..0.60)", "reached");
        found("J2 benefits read, one process: own CPU / PostgreSQL's", "0.60 (0.60..0.60)", "missed");
        found(
            "J1 visit journey, separate processes: p99 / p50 in open loop",
            "5.0 (40.0 / 8.0 ms)",
            "missed",
        );
        found("memory, one process: idle PSS of the largest process", "20.0 MiB", "missed");
    }

    #[test]
    fn tables_are_aligned() {
        let mut text = String::new();
        table(&mut text, "T", &["a", "longer"], vec![vec!["µµµµ".to_owned(), "1".to_owned()]]);
        assert_eq!(text, "\n## T\n\n| a    | longer |\n| ---- | ------ |\n| µµµµ | 1      |\n");
    }
}
