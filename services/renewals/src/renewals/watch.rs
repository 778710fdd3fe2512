//! Stream what happens to renewals, as it happens.

use std::{collections::VecDeque, time::Duration};

use careway_contract::renewals::v1::{WatchRenewalsRequest, WatchRenewalsResponse};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Error, Result, timestamp};
use futures::{StreamExt, stream, stream::BoxStream};
use tokio::{sync::watch, time::Instant};
use tonic::Status;

use super::{
    store::{self, Change},
    view,
};
use crate::{
    App,
    agencies::{authority_of, domain::Party, party},
};

/// What is streamed.
pub(crate) type Changes = BoxStream<'static, Result<WatchRenewalsResponse, Status>>;

/// A stream ends before its caller's token does; whoever watches on comes back with a new one and the last id.
const LONGEST: Duration = Duration::from_secs(300);
/// Changes read at a time.
const TOGETHER: i64 = 200;

/// Somebody who watches.
struct Watcher {
    app: App,
    call: Call,
    authority: OrganizationId,
    agency: Option<OrganizationId>,
    /// The last change that was read.
    after: i64,
    read: VecDeque<WatchRenewalsResponse>,
    come: watch::Receiver<i64>,
    until: Instant,
}

pub(crate) async fn watch_renewals(app: &App, call: &Call, request: WatchRenewalsRequest) -> Result<Changes> {
    let party = party(call)?;
    let mut v = Violations::default();
    let after = v.optional("lastEventId", request.last_event_id.as_str(), parse_event_id);
    let agency = v.optional("agencyId", request.agency_id.as_str(), OrganizationId::parse);
    let authority = v.optional("authorityId", request.authority_id.as_str(), OrganizationId::parse);
    let (after, agency, authority) = v.all((after, agency, authority))?;
    // Looked at from now on, so that nothing is missed between the first reading and the first wait.
    let come = app.feed.watch();
    let mut reader = app.db.read(call).await?;
    let (authority, agency) = match party {
        Party::Authority(own) => (own, agency),
        Party::Agency(own) => (authority_of(&mut reader, own, authority).await?, Some(own)),
    };
    let after = match after {
        Some(after) => after,
        None => store::find_feed_end(&mut reader, authority).await?,
    };
    drop(reader);
    app.audit.read(call, AuditEntry { action: "renewal.watch", ..Default::default() }).await?;
    let watcher = Watcher {
        app: app.clone(),
        call: Call::by(call.caller.clone()),
        authority,
        agency,
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

fn parse_event_id(text: &str) -> Result<i64, &'static str> {
    text.parse().ok().filter(|id| *id >= 0).ok_or("must be the id of an event of this stream")
}

impl Watcher {
    /// The next change; none when the stream has lasted long enough, or Careway ends.
    async fn next(&mut self) -> Result<Option<WatchRenewalsResponse>> {
        loop {
            if let Some(change) = self.read.pop_front() {
                return Ok(Some(change));
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

    /// Reads what came since; what no list shows any more is passed over.
    async fn read_on(&mut self) -> Result<()> {
        loop {
            let call = Call::by(self.call.caller.clone());
            let mut reader = self.app.db.read(&call).await?;
            let now = self.app.clock.now();
            let changes =
                store::list_changes(&mut reader, self.authority, self.agency, self.after, now, TOGETHER)
                    .await?;
            let Some(last) = changes.last() else { return Ok(()) };
            self.after = last.number;
            self.read.extend(changes.iter().filter_map(change));
            if !self.read.is_empty() {
                return Ok(());
            }
        }
    }
}

fn change(change: &Change) -> Option<WatchRenewalsResponse> {
    let renewal = change.renewal.as_ref()?;
    Some(WatchRenewalsResponse {
        event_id: change.number.to_string(),
        change: view::change(change.change).into(),
        renewal: Some(view::renewal(renewal)),
        at: Some(timestamp(change.changed_at)),
    })
}
