//! How the demo is told: numbered steps, the request, the answer, and what it means.

use std::fmt::Display;

use anyhow::ensure;
use careway_standalone::seed::{Answer, Message};
use serde_json::Value;

use crate::say;

/// The demo as it is being told.
pub(super) struct Story {
    steps: usize,
}

impl Story {
    /// Under this title.
    pub(super) fn begin(title: impl Display) -> Self {
        say::headline(title);
        Self { steps: 0 }
    }

    /// What happens next.
    pub(super) fn step(&mut self, what: impl Display) {
        self.steps += 1;
        say::headline(format!("{:>2}. {what}", self.steps));
    }

    /// What is asked of the gateway.
    pub(super) fn asks(&self, method: &str, path: &str, body: &Value) {
        let body = if body.is_null() { String::new() } else { format!("  {body}") };
        say::line(format!(
            "  {} {}{}",
            say::paint("36", "→"),
            say::paint("36", &format!("{method} {path}")),
            say::paint("2", &body)
        ));
    }

    /// What it answered: with this status, or the demo is over.
    pub(super) fn hears(&self, answer: Answer, status: u16) -> anyhow::Result<Answer> {
        ensure!(answer.status.as_u16() == status, "this should be answered {status}, but {answer}");
        let problem = answer.reason();
        let said =
            if problem.is_empty() { answer.text("visit.state").to_owned() } else { problem.to_owned() };
        let colour = if answer.status.is_success() { "32" } else { "33" };
        say::line(format!("  {}", say::paint(colour, format!("← {} {said}", answer.status).trim_end())));
        Ok(answer)
    }

    /// What the answer means.
    pub(super) fn means(&self, what: impl Display) {
        say::line(format!("    {what}"));
    }

    /// What somebody reads on their phone.
    pub(super) fn reads(&self, message: &Message) {
        say::line(format!(
            "  {} {}",
            say::paint("35", "✉"),
            say::paint("35", &format!("{} to {}", message.channel, message.to))
        ));
        for line in message.text.lines() {
            say::line(format!("    {line}"));
        }
    }

    /// It went as it should.
    pub(super) fn end(&self) {
        say::headline(format!("All {} steps went as they should.", self.steps));
    }
}

/// Rows of a table that stands under an answer.
pub(super) fn indented<const N: usize>(mut rows: Vec<[String; N]>) -> Vec<[String; N]> {
    for row in &mut rows {
        if let Some(first) = row.first_mut() {
            first.insert_str(0, "    ");
        }
    }
    rows
}
