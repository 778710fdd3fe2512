//! A folder in place of a carrier: each message a JSON file {at, channel, to, subject, text}, named so that they sort by
//! time. For development and tests only: the words stand there readable.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::message::{Channel, Content, Outcome};

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
        let mut message = serde_json::json!({
            "at": now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            "channel": channel.as_str(),
            "to": content.to,
            "text": content.text,
        });
        if let Some(subject) = &content.subject {
            message["subject"] = subject.as_str().into();
        }
        let name = format!("{}-{}.json", now.format("%Y%m%dT%H%M%S%.6f"), id.simple());
        // Written beside and moved: whoever reads the folder never sees half a message.
        let (partial, whole) = (self.path.join(format!(".{name}")), self.path.join(name));
        let written = async {
            tokio::fs::write(&partial, message.to_string()).await?;
            tokio::fs::rename(&partial, &whole).await
        };
        match written.await {
            Ok(()) => Outcome::Accepted,
            Err(error) => {
                tracing::warn!(%error, "the message folder cannot be written");
                Outcome::Deferred
            }
        }
    }
}
