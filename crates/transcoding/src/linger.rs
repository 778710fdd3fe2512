//! An upload's body. When the service answers before its end, it is read on for a while and thrown away: a client that
//! is still sending would find the connection closed, and never read why.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderMap, header},
};
use bytes::Bytes;
use futures::StreamExt;
use tokio::{runtime::Handle, time::timeout};

/// So much is read on, and for so long.
const MOST: usize = 64 << 20;
const LONGEST: Duration = Duration::from_secs(10);

pub(crate) struct Lingering {
    body: Option<BodyDataStream>,
    /// The client waits for a `100 Continue` before it sends, and hears the answer without our reading.
    waits: bool,
}

impl Lingering {
    pub(crate) fn new(headers: &HeaderMap, body: Body) -> Self {
        let waits = headers.contains_key(header::EXPECT);
        Self { body: Some(body.into_data_stream()), waits }
    }

    /// The next piece; none at the end.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, axum::Error>> {
        self.waits = false;
        let next = self.body.as_mut()?.next().await;
        if !matches!(next, Some(Ok(_))) {
            self.body = None;
        }
        next
    }
}

/// Reads the body of a request that was refused unread, so that its sender hears why.
pub fn linger(headers: &HeaderMap, body: Body) {
    drop(Lingering::new(headers, body));
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|_| !self.waits) else { return };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(LONGEST, read_on(body)));
        }
    }
}

async fn read_on(mut body: BodyDataStream) {
    let mut left = MOST;
    while let Some(Ok(data)) = body.next().await {
        left = left.saturating_sub(data.len());
        if left == 0 {
            return;
        }
    }
}
