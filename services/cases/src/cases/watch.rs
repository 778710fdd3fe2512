//! Stream what happens to cases, as it happens.

use std::{collections::VecDeque, time::Duration};

use careway_contract::cases::v1::{WatchCasesRequest, WatchCasesResponse};
use careway_kernel::{CaseId, Violations};
use careway_service::{AuditEntry, Call, Error, Result, timestamp};
use futures::{StreamExt, stream, stream::BoxStream};
use tokio::{sync::watch, time::Instant};
use tonic::Status;

use super::{
    party::{case_key, powers, scope},
    store::{
        change::{FeedEntry, Place, find_feed_end, list_feed},
        find::{CaseKey, Scope, find_case},
    },
    view,
};
use crate::App;

/// What is streamed.
pub(crate) type Changes = BoxStream<'static, Result<WatchCasesResponse, Status>>;

/// A stream ends before its caller's token does; whoever watches on comes back with a new one and the last id.
const LONGEST: Duration = Duration::from_secs(300);
/// Changes read at a time.
const TOGETHER: i64 = 100;

/// Somebody who watches.
struct Watcher {
    app: App,
    call: Call,
    scope: Scope,
    case: Option<CaseId>,
    /// The last change that was read.
    after: Place,
    read: VecDeque<FeedEntry>,
    come: watch::Receiver<Place>,
    until: Instant,
}

pub(crate) async fn watch_cases(app: &App, call: &Call, request: WatchCasesRequest) -> Result<Changes> {
    let scope = scope(call)?;
    let mut v = Violations::default();
    let after = v.optional("lastEventId", request.last_event_id.as_str(), Place::parse);
    let (after,) = v.all((after,))?;
    let key = Some(&*request.case_id).filter(|text| !text.is_empty()).map(case_key).transpose()?;
    // Looked at from now on, so that nothing is missed between the first reading and the first wait.
    let come = app.feed.watch();
    let mut reader = app.db.read(call).await?;
    let case = match key {
        None => None,
        Some(key) => {
            let case = find_case(&mut reader, &app.case_keys, scope, &key).await?;
            Some(case.ok_or(Error::not_found("case"))?.id)
        }
    };
    let after = match after {
        Some(after) => after,
        None => find_feed_end(&mut reader).await?,
    };
    drop(reader);
    app.audit.read(call, AuditEntry { action: "case.watch", ..Default::default() }).await?;
    let watcher = Watcher {
        app: app.clone(),
        call: Call::by(call.caller.clone()),
        scope,
        case,
        after,
        read: VecDeque::new(),
        come,
        until: Instant::now() + LONGEST,
    };
    Ok(stream::unfold(watcher, |mut watcher| async {
        let next = watcher.next().await.transpose()?;
        Some((next.map_err(|error| error.to_status()), watcher))
    })
    .boxed())
}

impl Watcher {
    /// The next change; none when the stream has lasted long enough, or Careway ends.
    async fn next(&mut self) -> Result<Option<WatchCasesResponse>> {
        loop {
            if let Some(entry) = self.read.pop_front() {
                match self.change(&entry).await? {
                    Some(change) => return Ok(Some(change)),
                    None => continue,
                }
            }
            self.come.mark_unchanged();
            self.read_on().await?;
            if !self.read.is_empty() {
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep_until(self.until) => return Ok(None),
                () = self.app.foundation.shutdown.cancelled() => return Ok(None),
                changed = self.come.changed() => changed.map_err(Error::internal)?,
            }
        }
    }

    /// Reads what came since.
    async fn read_on(&mut self) -> Result<()> {
        let call = Call::by(self.call.caller.clone());
        let mut reader = self.app.db.read(&call).await?;
        let entries = list_feed(&mut reader, self.scope, self.case, self.after, TOGETHER).await?;
        if let Some(last) = entries.last() {
            self.after = last.place;
        }
        self.read.extend(entries);
        Ok(())
    }

    /// The change, with the case as it stands now.
    async fn change(&self, entry: &FeedEntry) -> Result<Option<WatchCasesResponse>> {
        let call = Call::by(self.call.caller.clone());
        let mut reader = self.app.db.read(&call).await?;
        let case = find_case(&mut reader, &self.app.case_keys, self.scope, &CaseKey::Id(entry.case)).await?;
        Ok(case.map(|case| WatchCasesResponse {
            event_id: entry.place.to_string(),
            change: view::change_name(&entry.change).into(),
            case: Some(view::case(&case, powers(&self.call))),
            at: Some(timestamp(entry.at)),
        }))
    }
}
