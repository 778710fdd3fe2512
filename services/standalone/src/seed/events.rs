//! Server-sent events (WHATWG HTML) of the gateway, read one by one, and gone on with after a lost connection.

use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderName};
use serde_json::Value;

use super::Rest;

/// An event comes within this time, or none does.
const PATIENCE: Duration = Duration::from_secs(180);

/// A stream that is being watched.
pub struct Events {
    response: reqwest::Response,
    read: Vec<u8>,
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its place in the stream: what to go on after.
    pub id: String,
    /// What it says.
    pub data: Value,
}

impl Events {
    /// Watches a stream from now on, or on after the last event that was seen.
    ///
    /// # Errors
    /// The gateway refuses or is away.
    pub async fn open(rest: &Rest, path: &str, after: Option<&str>) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let mut request = client
            .get(format!("{}{path}", rest.base()))
            .header(ACCEPT, "text/event-stream")
            .header(AUTHORIZATION, format!("Bearer {}", rest.access_token()));
        if let Some(after) = after {
            request = request.header(HeaderName::from_static("last-event-id"), after);
        }
        let response = request.send().await?;
        ensure!(response.status().is_success(), "{path} is answered {}", response.status());
        Ok(Self { response, read: Vec::new() })
    }

    /// The next event; one that says that the stream is still there is none.
    ///
    /// # Errors
    /// None came for long, or the stream ended.
    pub async fn next(&mut self) -> anyhow::Result<Event> {
        loop {
            if let Some(end) = self.read.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = self.read.drain(..end + 2).collect();
                if let Some(event) = parse(std::str::from_utf8(&event)?)? {
                    return Ok(event);
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            let chunk = chunk.context("no event came for long")??.context("the stream ended")?;
            self.read.extend_from_slice(&chunk);
        }
    }
}

fn parse(event: &str) -> anyhow::Result<Option<Event>> {
    let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
    let (Some(id), Some(data)) = (field("id: "), field("data: ")) else { return Ok(None) };
    Ok(Some(Event { id: id.to_owned(), data: serde_json::from_str(data)? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_no_event() {
        assert!(parse(": still here\n\n").unwrap().is_none());
        let event = parse("id: 7\nevent: WatchRenewalsResponse\ndata: {\"change\":\"RENEWED\"}\n\n")
            .unwrap()
            .unwrap();
        assert_eq!((&*event.id, &event.data["change"]), ("7", &Value::from("RENEWED")));
    }
}
