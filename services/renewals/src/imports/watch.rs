//! Stream an import as it goes on, until it has ended.

use std::time::Duration;

use careway_contract::renewals::v1::{WatchImportRequest, WatchImportResponse};
use careway_service::{Call, Result};
use futures::{StreamExt, stream, stream::BoxStream};
use tokio::time::Instant;
use tonic::Status;

use super::{domain::Import, get::find, view};
use crate::App;

/// What is streamed.
pub(crate) type ImportSteps = BoxStream<'static, Result<WatchImportResponse, Status>>;

/// How often it is looked at: a batch takes about as long.
const BETWEEN: Duration = Duration::from_millis(500);
/// A stream ends before its caller's token does.
const LONGEST: Duration = Duration::from_secs(300);

/// Somebody who watches.
struct Watcher {
    app: App,
    call: Call,
    id: String,
    shown: Option<Import>,
    until: Instant,
}

pub(crate) async fn watch_import(app: &App, call: &Call, request: WatchImportRequest) -> Result<ImportSteps> {
    // Whether there is such an import is told before the stream begins.
    find(app, call, &request.import_id).await?;
    let until = Instant::now() + LONGEST;
    let watcher = Watcher { app: app.clone(), call: call.clone(), id: request.import_id, shown: None, until };
    Ok(stream::unfold(watcher, |mut watcher| async {
        let next = watcher.next().await.transpose()?;
        Some((next.map_err(|error| error.to_status()), watcher))
    })
    .boxed())
}

impl Watcher {
    /// The next state that is another than the last; none once it has ended and that was shown.
    async fn next(&mut self) -> Result<Option<WatchImportResponse>> {
        while !self.shown.as_ref().is_some_and(|shown| shown.state.is_over()) {
            let call = Call::by(self.call.caller.clone());
            let import = find(&self.app, &call, &self.id).await?;
            if self.shown.as_ref() != Some(&import) {
                let step = WatchImportResponse { import: Some(view::import(&import)) };
                self.shown = Some(import);
                return Ok(Some(step));
            }
            tokio::select! {
                () = tokio::time::sleep_until(self.until) => return Ok(None),
                () = self.app.foundation.shutdown.cancelled() => return Ok(None),
                () = tokio::time::sleep(BETWEEN) => {}
            }
        }
        Ok(None)
    }
}
