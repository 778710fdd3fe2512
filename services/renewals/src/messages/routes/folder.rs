//! A folder in place of a carrier: each message a JSON file {at, channel, to, text}.

use std::path::Path;

use careway_kernel::Clock;
use serde_json::json;

use super::{
    super::{domain::sms::answer::Answer, folder::Folder},
    Answered, Part,
};

pub(super) struct Carrier {
    folder: Folder,
    clock: Clock,
}

impl Carrier {
    pub(super) async fn open(path: &Path, clock: Clock) -> anyhow::Result<Self> {
        Ok(Self { folder: Folder::open(path).await?, clock })
    }

    /// Writes a message whole.
    pub(super) async fn submit(&self, part: &Part<'_>) -> Answered {
        let now = self.clock.now();
        let message = json!({
            "at": now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            "channel": "SMS",
            "to": part.to,
            "text": part.text,
        });
        if self.folder.write(part.message_id, now, &[message]).await {
            let carrier_id = Some(part.message_id.simple().to_string());
            Answered { answer: Answer::Smpp(0), carrier_id }
        } else {
            Answered::of(Answer::Smpp(0x08))
        }
    }
}
