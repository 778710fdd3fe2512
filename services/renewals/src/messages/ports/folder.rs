//! A folder in place of a carrier: each message a JSON file {at, channel, to, subject, text}, named so that they sort by
//! time; a mail to several people is one for each, as each finds it in their mailbox. For development and tests only: the
//! words stand there readable.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::domain::message::{Channel, Content, Outcome};

#[derive(Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) async fn open(path: &Path) -> anyhow::Result<Self> {
        tokio::fs::create_dir_all(path).await?;
        Ok(Self { path: path.to_owned() })
    }

    pub(crate) async fn send(
        &self,
        id: Uuid,
        channel: Channel,
        content: &Content,
        now: DateTime<Utc>,
    ) -> Outcome {
        let name = format!("{}-{}", now.format("%Y%m%dT%H%M%S%.6f"), id.simple());
        match self.write(&name, channel, content, now).await {
            Ok(()) => Outcome::Accepted,
            Err(error) => {
                tracing::warn!(%error, "the message folder cannot be written");
                Outcome::Deferred
            }
        }
    }

    /// Written beside and moved: whoever reads the folder never sees half a message. Moved when all are written: what is
    /// tried again does not come twice.
    async fn write(
        &self,
        name: &str,
        channel: Channel,
        content: &Content,
        now: DateTime<Utc>,
    ) -> std::io::Result<()> {
        let mut written = Vec::new();
        for (copy, to) in content.to.iter().enumerate() {
            let name = format!("{name}-{copy:02}.json");
            let partial = self.path.join(format!(".{name}"));
            tokio::fs::write(&partial, message(channel, to, content, now).to_string()).await?;
            written.push((partial, self.path.join(name)));
        }
        for (partial, whole) in written {
            tokio::fs::rename(partial, whole).await?;
        }
        Ok(())
    }
}

/// What one recipient reads.
fn message(channel: Channel, to: &str, content: &Content, now: DateTime<Utc>) -> serde_json::Value {
    let mut message = serde_json::json!({
        "at": now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        "channel": channel.as_str(),
        "to": to,
        "text": content.text,
    });
    if let Some(subject) = &content.subject {
        message["subject"] = subject.as_str().into();
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mail_to_several_people_is_in_the_mailbox_of_each() {
        let path = std::env::temp_dir().join(format!("careway-renewals-folder-{}", std::process::id()));
        let folder = Folder::open(&path).await.unwrap();
        let content = Content {
            to: vec!["an@example.com".to_owned(), "binh@example.com".to_owned()],
            subject: Some("Claim C-1 is decided".to_owned()),
            text: "See for yourself.".to_owned(),
        };
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(folder.send(Uuid::nil(), Channel::Email, &content, now).await, Outcome::Accepted);
        let mut files: Vec<_> =
            std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let read = |file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let messages: Vec<serde_json::Value> = files.iter().map(read).collect();
        let to: Vec<_> = messages.iter().map(|message| &message["to"]).collect();
        assert_eq!(to, ["an@example.com", "binh@example.com"]);
        for message in &messages {
            assert_eq!(message["subject"], "Claim C-1 is decided");
            assert_eq!(message["text"], "See for yourself.");
        }
        std::fs::remove_dir_all(&path).unwrap();
    }
}
