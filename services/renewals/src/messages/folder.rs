//! A folder of messages in place of mail servers and carriers: JSON files, named so that they sort by time. For development
//! and tests only: the words stand there readable.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) async fn open(path: &Path) -> anyhow::Result<Self> {
        tokio::fs::create_dir_all(path).await?;
        Ok(Self { path: path.to_owned() })
    }

    /// Writes a message's copies, one file each; answers whether all are there.
    pub(super) async fn write(&self, id: Uuid, now: DateTime<Utc>, copies: &[Value]) -> bool {
        let name = format!("{}-{}", now.format("%Y%m%dT%H%M%S%.6f"), id.simple());
        match self.write_whole(&name, copies).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "the message folder cannot be written");
                false
            }
        }
    }

    /// Written beside and moved: whoever reads the folder never sees half a message. Moved when all are written: what is
    /// tried again does not come twice.
    async fn write_whole(&self, name: &str, copies: &[Value]) -> std::io::Result<()> {
        let mut written = Vec::new();
        for (copy, message) in copies.iter().enumerate() {
            let name = format!("{name}-{copy:02}.json");
            let partial = self.path.join(format!(".{name}"));
            tokio::fs::write(&partial, message.to_string()).await?;
            written.push((partial, self.path.join(name)));
        }
        for (partial, whole) in written {
            tokio::fs::rename(partial, whole).await?;
        }
        Ok(())
    }
}
