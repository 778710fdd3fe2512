//! How the demo is shown: numbered steps, the request, the answer, and what it means.

use std::fmt::Display;

use anyhow::ensure;
use careway_standalone::seed::{Answer, Heard, Message, Rest};
use serde_json::Value;

use crate::say;

/// A body that is longer than this has a line for each of its parts.
const SHORT: usize = 90;
/// A sentence that is longer goes on in the next line.
const WIDTH: usize = 110;

/// The steps of the demo, as they are shown.
pub(super) struct Steps {
    count: usize,
}

impl Steps {
    /// Under this title.
    pub(super) fn begin(title: impl Display) -> Self {
        say::headline(title);
        Self { count: 0 }
    }

    /// What happens next.
    pub(super) fn step(&mut self, what: impl Display) {
        self.count += 1;
        say::headline(format!("{:>2}. {what}", self.count));
    }

    /// Somebody commands; the answer has this status, or the demo is over.
    pub(super) async fn post(
        &self,
        by: &Rest,
        path: &str,
        body: Value,
        status: u16,
    ) -> anyhow::Result<Answer> {
        self.asks("POST", path, &body);
        self.hears(by.post(path, body).await?, status)
    }

    /// Somebody says what something is to be, all of it.
    pub(super) async fn put(&self, by: &Rest, path: &str, body: Value) -> anyhow::Result<Answer> {
        self.asks("PUT", path, &body);
        self.hears(by.put(path, body).await?, 200)
    }

    /// The same of something that has versions: if it still is as they read it.
    pub(super) async fn set(&self, by: &Rest, path: &str, body: Value) -> anyhow::Result<Answer> {
        let read = by.get(path).await?.ok()?;
        self.asks("PUT", path, &body);
        self.hears(by.put(path, body).if_match(read.etag()).await?, 200)
    }

    /// Somebody reads; the answer has this status, or the demo is over.
    pub(super) async fn get(&self, by: &Rest, path: &str, status: u16) -> anyhow::Result<Answer> {
        self.asks("GET", path, &Value::Null);
        self.hears(by.get(path).await?, status)
    }

    /// What is asked of the gateway.
    pub(super) fn asks(&self, method: &str, path: &str, body: &Value) {
        let mut written = written(body).into_iter();
        let beside = written.next().map(|line| format!("  {line}")).unwrap_or_default();
        say::line(format!(
            "  {} {}{}",
            say::paint("36", "→"),
            say::paint("36", &format!("{method} {path}")),
            say::paint("2", &beside)
        ));
        for line in written {
            say::line(format!("    {}", say::paint("2", &line)));
        }
    }

    /// What it answered: with this status, or the demo is over.
    pub(super) fn hears(&self, answer: Answer, status: u16) -> anyhow::Result<Answer> {
        ensure!(answer.status.as_u16() == status, "this should be answered {status}, but {answer}");
        let colour = if answer.status.is_success() { "32" } else { "33" };
        let said = format!("← {} {}", answer.status, gist(&answer));
        say::line(format!("  {}", say::paint(colour, said.trim_end())));
        Ok(answer)
    }

    /// What the answer means.
    pub(super) fn means(&self, what: impl Display) {
        for line in wrapped(&what.to_string()) {
            say::line(format!("    {line}"));
        }
    }

    /// The same as a table.
    pub(super) fn shows<const N: usize>(&self, headers: [&str; N], rows: Vec<[String; N]>) {
        let mut rows = [vec![headers.map(str::to_owned)], rows].concat();
        for first in rows.iter_mut().filter_map(|row| row.first_mut()) {
            first.insert_str(0, "    ");
        }
        say::table(rows[0].each_ref().map(String::as_str), &rows[1..]);
    }

    /// What somebody reads on their phone, or in their mail.
    pub(super) fn reads(&self, message: &Message) {
        say::line(format!(
            "  {} {}",
            say::paint("35", "✉"),
            say::paint("35", &format!("{} to {}", message.channel, message.to))
        ));
        for line in message.subject.iter().flat_map(|it| it.lines()).chain(message.text.lines()) {
            say::line(format!("    {line}"));
        }
    }

    /// What somebody's own system is told by a webhook; without whom it is of, which is the same in all of them.
    pub(super) fn told(&self, heard: &Heard) {
        let mut data = heard.data.clone();
        if let Some(fields) = data.as_object_mut() {
            fields.retain(|name, _| !["connectionId", "providerId", "channelId"].contains(&name.as_str()));
        }
        say::line(format!(
            "  {} {}  {}",
            say::paint("35", "⇠"),
            say::paint("35", &format!("webhook {}", heard.kind)),
            say::paint("2", &data.to_string())
        ));
    }

    /// It went as it should.
    pub(super) fn end(&self) {
        say::headline(format!("All {} steps went as they should.", self.count));
    }
}

/// What an answer may be about.
const PARTS: [&str; 10] = [
    "visit",
    "preauthorization",
    "claim",
    "prescription",
    "explanation",
    "case",
    "channelContract",
    "connection",
    "booking",
    "notice",
];

/// An answer in a word: the reason of a problem, or where what is answered stands.
fn gist(answer: &Answer) -> &str {
    let stands = PARTS.into_iter().map(|of| answer.body[of]["state"].as_str().unwrap_or_default());
    let said = [answer.reason()].into_iter().chain(stands).chain([answer.text("state")]);
    said.into_iter().find(|word| !word.is_empty()).unwrap_or_default()
}

/// Words in lines of a width that is read with ease.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => *line += &format!(" {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A short body on one line; a long one with a line for each of its fields and each element of a list. What is no JSON is
/// told in words.
fn written(body: &Value) -> Vec<String> {
    if let Some(words) = body.as_str() {
        return vec![words.to_owned()];
    }
    let whole = body.to_string();
    match body.as_object() {
        _ if body.is_null() => Vec::new(),
        Some(fields) if whole.chars().count() > SHORT => {
            let mut lines = vec!["{".to_owned()];
            let last = fields.len();
            for (place, (name, value)) in fields.iter().enumerate() {
                let comma = if place + 1 < last { "," } else { "" };
                let name = Value::from(name.as_str());
                match value.as_array() {
                    Some(elements) if elements.len() > 1 => {
                        let elements: Vec<_> = elements.iter().map(|it| format!("    {it}")).collect();
                        let elements = elements.join(",\n");
                        lines.push(format!("  {name}: ["));
                        lines.extend(elements.lines().map(str::to_owned));
                        lines.push(format!("  ]{comma}"));
                    }
                    _ => lines.push(format!("  {name}: {value}{comma}")),
                }
            }
            lines.push("}".to_owned());
            lines
        }
        _ => vec![whole],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_short_body_stands_beside_its_path() {
        assert!(written(&Value::Null).is_empty());
        assert_eq!(written(&json!({"code": "042715"})), [r#"{"code":"042715"}"#]);
    }

    #[test]
    fn a_long_sentence_goes_on_in_the_next_line() {
        let sentence = "so it is told ".repeat(20);
        let lines = wrapped(sentence.trim_end());
        assert!(lines.len() == 3 && lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:#?}");
        assert_eq!(lines.join(" "), sentence.trim_end());
    }

    #[test]
    fn a_long_body_has_a_line_for_each_part_and_is_still_json() {
        let line = json!({"code": "CONS-SPEC", "diagnoses": ["N20.1"], "quantity": "1"});
        let body = json!({"externalReference": "INV-1", "lines": [line, line, line], "submit": true});
        let written = written(&body);
        let short: Vec<_> = written.iter().map(|line| line.chars().take(12).collect::<String>()).collect();
        let line = r#"    {"code":"#;
        assert_eq!(
            short,
            ["{", r#"  "externalR"#, r#"  "lines": ["#, line, line, line, "  ],", r#"  "submit": "#, "}"]
        );
        assert_eq!(serde_json::from_str::<Value>(&written.join("\n")).unwrap(), body);
    }
}
