//! A point in a conversation with Postgres at which nothing passes any more: where a test kills whoever is talking.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::oneshot;

/// Where in a round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The client has asked, and Postgres has heard nothing of it.
    Before,
    /// Postgres has answered, and the client has heard nothing of it.
    After,
}

/// Resolves when a trap has sprung; an error when the conversation it was in ended before.
pub type Sprung = oneshot::Receiver<()>;

/// The traps that wait for a conversation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traps(Arc<Mutex<Vec<Trap>>>);

#[derive(Debug)]
struct Trap {
    said: Vec<u8>,
    trip: u64,
    side: Side,
    sprung: oneshot::Sender<()>,
}

/// One connection's.
#[derive(Debug)]
pub(crate) struct Conversation {
    traps: Traps,
    /// The trap this one is in, and the round trips since.
    followed: Mutex<Option<(Trap, u64)>>,
    held: AtomicBool,
}

impl Traps {
    pub(crate) fn set(&self, said: &str, trip: u64, side: Side) -> Sprung {
        let (sprung, told) = oneshot::channel();
        locked(&self.0).push(Trap { said: said.as_bytes().to_vec(), trip, side, sprung });
        told
    }

    pub(crate) fn conversation(&self) -> Conversation {
        Conversation { traps: self.clone(), followed: Mutex::default(), held: AtomicBool::default() }
    }

    /// The trap for whoever says this; those that nobody waits for any more go.
    fn take(&self, said: &[u8]) -> Option<Trap> {
        let mut traps = locked(&self.0);
        traps.retain(|trap| !trap.sprung.is_closed());
        let at = traps.iter().position(|trap| said.windows(trap.said.len()).any(|it| it == trap.said))?;
        Some(traps.remove(at))
    }
}

impl Conversation {
    /// Whether what the client says goes on to the server; `turn` when the server had the last word.
    pub(crate) fn asks(&self, said: &[u8], turn: bool) -> bool {
        let mut followed = locked(&self.followed);
        if followed.as_ref().is_none_or(|(trap, _)| trap.sprung.is_closed()) {
            *followed = self.traps.take(said).map(|trap| (trap, 0));
        }
        if let Some((_, trips)) = followed.as_mut() {
            // A statement that is only prepared does nothing yet, and which are prepared already is chance.
            *trips += u64::from(turn && !said.starts_with(b"P"));
        }
        self.passes(followed, Side::Before)
    }

    /// Whether what the server says goes on to the client.
    pub(crate) fn answers(&self) -> bool {
        self.passes(locked(&self.followed), Side::After)
    }

    fn passes(&self, mut followed: MutexGuard<'_, Option<(Trap, u64)>>, side: Side) -> bool {
        if let Some((trap, _)) = followed.take_if(|(trap, trips)| (trap.side, trap.trip) == (side, *trips)) {
            // Nobody waits for it: the conversation goes on.
            self.held.store(trap.sprung.send(()).is_ok(), Ordering::SeqCst);
        }
        !self.held.load(Ordering::SeqCst)
    }
}

/// What a panic left is still whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
