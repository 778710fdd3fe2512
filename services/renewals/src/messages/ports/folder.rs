//! A folder in place of a carrier: each message a JSON file {at, channel, to, subject, text, html, headers}, named so that
//! they sort by time; a mail to several people is one for each, as each finds it in their mailbox. For development and
//! tests only: the words stand there readable.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use lettre::Message;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::domain::{
    html,
    message::{Channel, Content, Outcome},
};

/// The headers that are written, as they would be sent.
const HEADERS: [&str; 8] =
    ["From", "To", "Cc", "Reply-To", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"];

#[derive(Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) async fn open(path: &Path) -> anyhow::Result<Self> {
        tokio::fs::create_dir_all(path).await?;
        Ok(Self { path: path.to_owned() })
    }

    /// Writes a message; of an e-mail its mail too.
    pub(super) async fn send(
        &self,
        id: Uuid,
        content: &Content,
        mail: Option<&Message>,
        now: DateTime<Utc>,
    ) -> Outcome {
        let name = format!("{}-{}", now.format("%Y%m%dT%H%M%S%.6f"), id.simple());
        match self.write(&name, content, message(content, mail, now)).await {
            Ok(()) => Outcome::Accepted,
            Err(error) => {
                tracing::warn!(%error, "the message folder cannot be written");
                Outcome::Deferred
            }
        }
    }

    /// Written beside and moved: whoever reads the folder never sees half a message. Moved when all are written: what is
    /// tried again does not come twice.
    async fn write(&self, name: &str, content: &Content, mut message: Value) -> std::io::Result<()> {
        let mut written = Vec::new();
        for (copy, to) in content.to.iter().chain(&content.mail.cc).enumerate() {
            let name = format!("{name}-{copy:02}.json");
            let partial = self.path.join(format!(".{name}"));
            message["to"] = to.as_str().into();
            tokio::fs::write(&partial, message.to_string()).await?;
            written.push((partial, self.path.join(name)));
        }
        for (partial, whole) in written {
            tokio::fs::rename(partial, whole).await?;
        }
        Ok(())
    }
}

/// What every recipient reads.
fn message(content: &Content, mail: Option<&Message>, now: DateTime<Utc>) -> Value {
    let channel = if mail.is_some() { Channel::Email } else { Channel::Sms };
    let mut message = json!({
        "at": now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        "channel": channel.as_str(),
        "text": content.text,
    });
    if let Some(subject) = &content.subject {
        message["subject"] = subject.as_str().into();
        message["html"] = html::of_text(&content.language, subject, &content.text).unwrap_or_default().into();
    }
    if let Some(mail) = mail {
        let return_path = mail.envelope().from().map(ToString::to_string).unwrap_or_default();
        message["headers"] = json!({ "Return-Path": format!("<{return_path}>") });
        for name in HEADERS {
            if let Some(value) = mail.headers().get_raw(name) {
                message["headers"][name] = value.into();
            }
        }
    }
    message
}
