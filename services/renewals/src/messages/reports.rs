//! What those who send tell of a message: that it may be submitted now, how that ended, and that it is tried again.

use tokio::sync::mpsc;

use super::{
    domain::message::{self, WAIT_FOR_OTHERS, wait},
    outcomes::{End, Ended, Later},
    store::queue::Taken,
    submissions::Wanted,
};
use crate::App;

/// Where a sender tells what it does.
#[derive(Clone)]
pub(super) struct Reports {
    pub(super) submissions: mpsc::Sender<Wanted>,
    pub(super) ended: mpsc::Sender<Ended>,
}

/// Once more later, until its own end.
pub(super) fn put_off(app: &App, message: &Taken, counts: bool) -> End {
    let wait = if counts { wait(message.attempts + 1) } else { WAIT_FOR_OTHERS };
    let due_at = app.foundation.clock.now() + wait;
    if message.expires_at.is_some_and(|expires| expires < due_at) {
        return End::Failed(message::Ended::Expired, None);
    }
    End::Later(Later { due_at: Some(due_at), counts, ..Later::default() })
}
