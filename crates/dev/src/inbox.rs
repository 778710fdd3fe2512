//! `cargo dev inbox`: what the carrier of `cargo dev up` was given, and the mails that were captured instead of delivered.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use anyhow::Context;
use chrono::{DateTime, Local, Utc};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::{checkout::Checkout, say};

/// How often `--follow` looks for new messages.
const PAUSE: Duration = Duration::from_millis(250);

/// What to show of the inbox, and how.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Print one JSON object a line {at, channel, to, text} for each recipient of a message, the newest last; a mail has
    /// subject, html and headers too
    #[arg(long)]
    json: bool,
    /// Go on with messages as they come, until Ctrl-C
    #[arg(long)]
    follow: bool,
    /// Only messages whose phone number or mail address contains this
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
}

/// A message as the platform writes it: one JSON file each, whose names sort by time.
#[derive(Deserialize, Serialize)]
struct Message {
    at: DateTime<Utc>,
    channel: String,
    to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    /// Of a mail, as it would be sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
}

/// Shows the inbox.
pub(crate) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<()> {
    let folder = checkout.inbox();
    let mut seen = BTreeSet::new();
    loop {
        match show(&folder, &arguments, &mut seen) {
            // Whoever read this, `head` perhaps, has seen enough.
            Err(error) if is_broken_pipe(&error) => return Ok(()),
            shown => shown?,
        }
        if !arguments.follow {
            if seen.is_empty() && !arguments.json {
                say::line("the inbox is empty: what the platform of `cargo dev up` sends is shown here");
            }
            return Ok(());
        }
        sleep(PAUSE).await;
    }
}

/// Prints every message that was not seen before.
fn show(folder: &Path, arguments: &Arguments, seen: &mut BTreeSet<String>) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for name in names(folder)? {
        if seen.contains(&name) {
            continue;
        }
        let path = folder.join(&name);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let message: Message = match serde_json::from_str(&text) {
            Ok(message) => message,
            // Still being written; the next look finds it whole.
            Err(_) if arguments.follow => continue,
            Err(error) => return Err(error).with_context(|| format!("{} is not a message", path.display())),
        };
        seen.insert(name);
        if is_to(&message, arguments.to.as_deref()) {
            let shown = if arguments.json { serde_json::to_string(&message)? } else { readable(&message) };
            writeln!(out, "{shown}")?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The messages' files, the oldest first. No folder is an empty inbox.
fn names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot read {}", folder.display()))?,
    };
    let mut names: Vec<_> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    // A hidden one is still being written.
    names.retain(|name| name.ends_with(".json") && !name.starts_with('.'));
    names.sort();
    Ok(names)
}

fn is_to(message: &Message, address: Option<&str>) -> bool {
    address.is_none_or(|address| message.to.to_lowercase().contains(&address.to_lowercase()))
}

/// A head line with time, channel and address; then, indented, a mail's headers, its subject and the text.
fn readable(message: &Message) -> String {
    let time = message.at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string();
    let mut shown =
        format!("{}  {:<5}  {}\n", say::paint("2", &time), message.channel, say::paint("1", &message.to));
    for (name, value) in &message.headers {
        shown += &format!("    {}\n", say::paint("2", &format!("{name}: {value}")));
    }
    let subject = message.subject.iter().flat_map(|subject| [subject.as_str(), ""]);
    for line in subject.chain(message.text.trim_end().lines()) {
        shown += format!("    {line}").trim_end();
        shown += "\n";
    }
    shown
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(json: &str) -> Message {
        serde_json::from_str(json).unwrap()
    }

    fn sms() -> Message {
        message(
            r#"{"at":"2026-11-21T10:00:00Z","channel":"SMS","to":"+84900000001","text":"Your code is 000000.\n"}"#,
        )
    }

    #[test]
    fn a_text_is_shown_under_its_address() {
        let shown = readable(&sms());
        let lines: Vec<_> = shown.lines().collect();
        assert!(lines[0].ends_with("SMS    +84900000001"), "{shown}");
        assert_eq!(lines[1..], ["    Your code is 000000."]);
    }

    #[test]
    fn a_mail_shows_its_subject_first() {
        let mail = message(
            r#"{"at":"2026-11-21T10:00:00Z","channel":"EMAIL","to":"an@example.com","subject":"Case C-1","text":"One\n\nTwo"}"#,
        );
        let shown = readable(&mail);
        assert_eq!(shown.lines().skip(1).collect::<Vec<_>>(), ["    Case C-1", "", "    One", "", "    Two"]);
    }

    #[test]
    fn a_mails_headers_come_before_its_subject() {
        let mail = message(
            r#"{"at":"2026-11-21T10:00:00Z","channel":"EMAIL","to":"an@example.com","subject":"Case C-1","text":"One",
                "html":"<p>One</p>","headers":{"Reply-To":"c@example.com","Message-ID":"<c@example.com>"}}"#,
        );
        let shown = readable(&mail);
        let lines: Vec<_> = shown.lines().skip(1).collect();
        assert_eq!(lines.len(), 5, "{shown}");
        assert!(
            lines[0].contains("Message-ID: <c@example.com>") && lines[1].contains("Reply-To: c@example.com")
        );
        assert_eq!(lines[2..], ["    Case C-1", "", "    One"]);
    }

    #[test]
    fn json_has_the_fields_in_their_order() {
        let line = serde_json::to_string(&sms()).unwrap();
        assert_eq!(
            line,
            r#"{"at":"2026-11-21T10:00:00Z","channel":"SMS","to":"+84900000001","text":"Your code is 000000.\n"}"#
        );
    }

    #[test]
    fn addresses_are_matched_by_a_part_in_any_case() {
        let mut mail = sms();
        mail.to = "An@Example.com".to_owned();
        assert!(is_to(&sms(), None));
        assert!(is_to(&sms(), Some("0000001")));
        assert!(is_to(&mail, Some("an@example")));
        assert!(!is_to(&mail, Some("binh@")));
    }

    #[test]
    fn only_whole_messages_count_and_the_oldest_comes_first() {
        let folder = std::env::temp_dir().join(format!("careway-dev-inbox-{}", std::process::id()));
        assert!(names(&folder).unwrap().is_empty());
        fs::create_dir_all(&folder).unwrap();
        for name in ["2.json", "1.json", ".3.json"] {
            fs::write(folder.join(name), "").unwrap();
        }
        assert_eq!(names(&folder).unwrap(), ["1.json", "2.json"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
