//! Who sees what is done in a joint test. A step turns green after what was seen is committed or refused, and in a transaction of
//! its own: it never stands in the way of what is tested.

use careway_kernel::ConnectionId;
use careway_service::Result;

use crate::{
    App,
    connections::{change::Change, domain::joint_test::TestStep},
    slots::domain::{offer::Offer, refusal::SlotRefusal},
};

/// Watches a command of a channel's.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    tested: Option<ConnectionId>,
    refused: bool,
}

impl Observer {
    /// What is asked for.
    pub(crate) fn watch(&mut self, offer: &Offer) {
        *self = Self { tested: offer.test.map(|_| offer.connection), refused: false };
    }

    /// It is refused; whether because somebody else has the time.
    pub(crate) fn refuse(&mut self, refusal: &SlotRefusal) {
        self.refused = matches!(refusal, SlotRefusal::Taken | SlotRefusal::Held { .. });
    }

    /// It is over, and came to these steps if it was done.
    pub(crate) async fn tell(&self, app: &App, done: bool, steps: &[TestStep]) {
        let Some(connection) = self.tested else { return };
        match (done, self.refused) {
            (true, _) => saw(app, connection, steps).await,
            (false, true) => saw(app, connection, &[TestStep::DoubleRefused]).await,
            (false, false) => {}
        }
    }
}

/// These steps of a connection's joint test were seen. What cannot be kept of that is seen again when it is done again.
pub(crate) async fn saw(app: &App, connection: ConnectionId, steps: &[TestStep]) {
    if let Err(error) = keep(app, connection, steps).await {
        tracing::warn!(?error, %connection, "a step of a joint test was seen and is not kept");
    }
}

async fn keep(app: &App, connection: ConnectionId, steps: &[TestStep]) -> Result<()> {
    let mut tx = app.db.begin_system("joint-tests.see").await?;
    let Some(mut change) = Change::of(app, &mut tx, None, connection).await? else { return Ok(()) };
    let news: Vec<_> = steps.iter().filter(|step| change.connection.see(**step)).collect();
    if !news.is_empty() {
        let names: Vec<_> = news.into_iter().map(|step| step.as_str()).collect();
        change.keep_by_itself(&mut tx, "test-step", names.join(" ")).await?;
    }
    tx.finish().await
}
