//! How a step is taken: the connection is locked, judged by how things are, kept with what was done, and told of.

use std::sync::Arc;

use careway_kernel::{ConnectionId, OrganizationId, ServiceId};
use careway_service::{AuditEntry, Call, Error, Keyed, Result, Transaction, path_id};
use tokio::sync::Notify;

use super::{
    domain::{Connection, State, catalogue::CatalogueChange, grounds::Grounds},
    events,
    store::{self, DoneStep},
};
use crate::{App, feeds, holds, parties};

/// Which state changes a channel is written to of.
const TOLD: [State; 3] = [State::Live, State::Suspended, State::Ended];

/// A connection in the middle of a step.
pub(crate) struct Change {
    pub(crate) connection: Connection,
    pub(super) grounds: Grounds,
    before: Connection,
    feed_changed: Arc<Notify>,
}

impl Change {
    /// Begins with a connection of the caller's.
    pub(crate) async fn begin(app: &App, call: &Call, id: &str) -> Keyed<(Transaction, Self)> {
        let party = parties::scope(&call.caller)?;
        let id: ConnectionId = path_id("connection", id)?;
        let mut tx = app.db.begin(call).await?;
        let change = Self::of(app, &mut tx, party, id).await?.ok_or(Error::not_found("connection"))?;
        Ok((tx, change))
    }

    /// Locks the connection and looks how things are around it; none when the party has no such connection. The lock is a
    /// statement of its own: what is read after it is what whoever held it has kept.
    pub(crate) async fn of(
        app: &App,
        tx: &mut Transaction,
        party: Option<OrganizationId>,
        id: ConnectionId,
    ) -> Result<Option<Self>> {
        let now = tx.now();
        if !store::lock_connection(tx, party, id).await? {
            return Ok(None);
        }
        let found = store::find_with_grounds(tx, id, now).await?;
        Ok(found.map(|(connection, grounds)| Self {
            before: connection.clone(),
            connection,
            grounds,
            feed_changed: app.feed_changed.clone(),
        }))
    }

    /// Keeps the connection as it stands now, and tells of it.
    pub(super) async fn keep(self, tx: &mut Transaction, step: DoneStep) -> Result<Connection> {
        let Self { connection, before, feed_changed, .. } = self;
        store::save_connection(tx, &connection, &step).await?;
        let stopped = before.state == State::Live && connection.state != State::Live;
        if stopped || before.running_test() != connection.running_test() {
            let held = holds::store::list_of_connection(tx, connection.id).await?;
            let now = tx.now();
            holds::store::release(tx, &held, now).await?;
        }
        if let Some(test) = connection.test.as_ref().filter(|_| connection.test != before.test) {
            store::save_test(tx, connection.id, test).await?;
        }
        let notices: Vec<_> = connection
            .notices
            .iter()
            .filter(|(id, notice)| before.notices.get(id) != Some(notice))
            .map(|(id, notice)| (*id, notice))
            .collect();
        if !notices.is_empty() {
            store::save_notices(tx, connection.id, &notices, step.at).await?;
        }
        let catalogue = connection.catalogue_change(&before);
        if catalogue != CatalogueChange::default() {
            let ids =
                |services: &[ServiceId]| services.iter().map(|service| service.uuid()).collect::<Vec<_>>();
            let (there, gone) = (ids(&catalogue.there), ids(&catalogue.gone));
            let of = (connection.id, connection.channel);
            feeds::store::save_services(tx, of, (&there, &gone), step.at).await?;
            tx.wake_after_commit(feed_changed);
        }
        events::tell(tx, &before, &connection);
        tx.audit(AuditEntry { action: "connection.step", detail: Some(step.step), ..Default::default() });
        Ok(connection)
    }

    /// The same for a step of the caller's.
    pub(crate) async fn keep_by(
        self,
        tx: &mut Transaction,
        call: &Call,
        step: &'static str,
        detail: String,
    ) -> Result<Connection> {
        let done = DoneStep { step, by: call.caller.subject.to_string(), at: tx.now(), detail };
        self.keep(tx, done).await
    }

    /// The same for what Careway does by itself.
    pub(crate) async fn keep_by_itself(
        self,
        tx: &mut Transaction,
        step: &'static str,
        detail: impl Into<String>,
    ) -> Result<Connection> {
        let done = DoneStep { step, by: "careway".to_owned(), at: tx.now(), detail: detail.into() };
        self.keep(tx, done).await
    }

    /// Whether the step opened, stopped or ended the connection: the channel is written to.
    pub(super) fn is_news(&self) -> bool {
        self.before.state != self.connection.state && TOLD.contains(&self.connection.state)
    }
}
