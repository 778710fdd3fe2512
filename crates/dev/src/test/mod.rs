//! `cargo dev test`: everything CI runs, in order, until the first step that fails.

mod breaking;
mod results;
mod run;
mod statements;
mod steps;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::bail;

use self::{
    run::Run,
    steps::{STEPS, Step},
};
use crate::{checkout::Checkout, say, servers};

/// Which of the steps to run.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this step, or all steps of this group; may be given several times [format, dependencies, clippy, proto, deployment: lint; tests, statements, bench: unit]
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
}

/// How a step went, for the summary.
enum Outcome {
    Passed(Duration, Option<String>),
    Failed(Duration),
    NotRun,
}

/// Runs the steps; the exit code says whether all passed.
pub(crate) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let steps = chosen(&arguments.only)?;
    let mut run = Run::new(checkout);
    if steps.iter().any(|step| step.needs_servers) {
        run.use_servers(&servers::ensure(checkout).await?);
    }

    let mut outcomes: Vec<(&str, Outcome)> = Vec::new();
    let mut failure = None;
    for step in steps {
        let outcome = if failure.is_some() {
            Outcome::NotRun
        } else {
            say::headline(step.title);
            let since = Instant::now();
            match (step.action)(&run).await {
                Ok(note) => Outcome::Passed(since.elapsed(), note),
                Err(error) => {
                    failure = Some(error.context(format!("the step `{}` failed", step.name)));
                    Outcome::Failed(since.elapsed())
                }
            }
        };
        outcomes.push((step.name, outcome));
    }

    summarize(&outcomes);
    match failure {
        None => Ok(ExitCode::SUCCESS),
        Some(error) => Err(error),
    }
}

fn chosen(only: &[String]) -> anyhow::Result<Vec<&'static Step>> {
    for name in only {
        if !STEPS.iter().any(|step| step.is(name)) {
            let names: Vec<_> = STEPS.iter().map(|step| format!("{} ({})", step.name, step.group)).collect();
            bail!("there is no step or group `{name}`; the steps and their groups are {}", names.join(", "));
        }
    }
    Ok(STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| step.is(name))).collect())
}

fn summarize(outcomes: &[(&str, Outcome)]) {
    say::headline("Summary");
    let rows: Vec<_> = outcomes
        .iter()
        .map(|(name, outcome)| {
            let (how, time, note) = match outcome {
                Outcome::Passed(time, note) => {
                    ("passed", say::seconds(*time), note.clone().unwrap_or_default())
                }
                Outcome::Failed(time) => ("FAILED", say::seconds(*time), String::new()),
                Outcome::NotRun => ("not run", String::new(), String::new()),
            };
            [(*name).to_owned(), how.to_owned(), time, note]
        })
        .collect();
    say::table(["STEP", "RESULT", "TIME", ""], &rows);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str]) -> Vec<&'static str> {
        let only: Vec<_> = only.iter().map(|name| (*name).to_owned()).collect();
        chosen(&only).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn steps_are_chosen_by_name_and_by_group() {
        assert_eq!(names(&[]).len(), STEPS.len());
        assert_eq!(names(&["lint"]), ["format", "dependencies", "clippy", "proto", "deployment"]);
        assert_eq!(names(&["tests", "format"]), ["format", "tests"]);
        assert_eq!(names(&["unit"]), ["tests", "statements", "bench"]);
    }

    #[test]
    fn an_unknown_step_is_told_with_the_known_ones() {
        let error = chosen(&["lnit".to_owned()]).err().unwrap().to_string();
        assert!(error.contains("lnit") && error.contains("clippy (lint)"), "{error}");
    }
}
