//! The gate of a route: how many parts may be without an answer, and how fast they go. The most urgent goes first, and bulk
//! uses three quarters of both.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::super::domain::{lanes::Filled, message::Priority, pace::Pace};

/// Which of those that wait: by urgency, then by when they came.
type Ticket = (Priority, u64);

/// Lets parts through. Shared by whoever sends by the route.
pub(crate) struct Gate {
    window: usize,
    start: Instant,
    state: Mutex<State>,
    /// Somebody may go who could not before.
    changed: Notify,
}

struct State {
    is_up: bool,
    paused_until: Option<Instant>,
    /// How often in a row the carrier asked for a pause.
    pauses: u32,
    filled: Filled,
    pace: Pace,
    for_place: BTreeSet<Ticket>,
    for_pace: BTreeSet<Ticket>,
    next: u64,
}

impl State {
    /// Until when nothing goes, if that is later.
    fn paused_after(&self, now: Instant) -> Option<Instant> {
        self.paused_until.filter(|until| *until > now)
    }
}

/// A place in the window; given back when it is dropped.
pub(crate) struct Place<'a> {
    gate: &'a Gate,
    priority: Priority,
}

/// Whether somebody may go.
enum Turn {
    Now,
    At(Instant),
    /// When something changes.
    Later,
    /// The route is down.
    Never,
}

impl Gate {
    pub(super) fn new(window: usize, segments_per_second: usize) -> Self {
        let state = State {
            is_up: false,
            paused_until: None,
            pauses: 0,
            filled: Filled::default(),
            pace: Pace::new(segments_per_second),
            for_place: BTreeSet::new(),
            for_pace: BTreeSet::new(),
            next: 0,
        };
        Self { window, start: Instant::now(), state: Mutex::new(state), changed: Notify::new() }
    }

    /// Whether the route takes messages.
    pub(crate) fn is_up(&self) -> bool {
        self.state().is_up
    }

    /// The route takes messages from now on, or none any more: whoever waits goes on to the next.
    pub(crate) fn set_up(&self, is_up: bool) {
        self.state().is_up = is_up;
        self.changed.notify_waiters();
    }

    /// The carrier asks for less: nothing goes for so long, by default longer each time.
    pub(crate) fn pause(&self, wanted: Option<Duration>) {
        let (mut state, now) = (self.state(), Instant::now());
        // What was under way when the carrier asked is answered alike: that is one pause.
        if state.paused_until.is_none_or(|until| until <= now) {
            state.pauses = (state.pauses + 1).min(6);
        }
        let pause = wanted.unwrap_or(Duration::from_millis(500) * 2_u32.pow(state.pauses));
        let until = now + pause.min(Duration::from_secs(600));
        state.paused_until = state.paused_until.max(Some(until));
    }

    /// The carrier took something.
    pub(crate) fn took(&self) {
        self.state().pauses = 0;
    }

    /// Waits for a place in the window; none when the route is down.
    pub(crate) async fn enter(&self, priority: Priority) -> Option<Place<'_>> {
        let ticket = self.queue(priority, |state| &mut state.for_place);
        let waiting = Waiting { gate: self, ticket, of: |state| &mut state.for_place };
        let window = self.window;
        let entered = self.turn(|state, now| match state.paused_after(now) {
            _ if !state.is_up => Turn::Never,
            Some(until) => Turn::At(until),
            None if state.for_place.first() == Some(&ticket) && state.filled.room(priority, window) > 0 => {
                state.filled.add(priority);
                Turn::Now
            }
            None => Turn::Later,
        });
        let entered = entered.await;
        drop(waiting);
        entered.then_some(Place { gate: self, priority })
    }

    /// Waits until one more segment may be written.
    pub(crate) async fn pace(&self, priority: Priority) {
        let ticket = self.queue(priority, |state| &mut state.for_pace);
        let waiting = Waiting { gate: self, ticket, of: |state| &mut state.for_pace };
        self.turn(|state, now| {
            if state.for_pace.first() != Some(&ticket) {
                return Turn::Later;
            }
            if let Some(until) = state.paused_after(now) {
                return Turn::At(until);
            }
            let since = now - self.start;
            let next = state.pace.next(priority);
            if next > since {
                return Turn::At(self.start + next);
            }
            state.pace.record(priority, since);
            Turn::Now
        })
        .await;
        drop(waiting);
    }

    /// Waits until no part is without an answer.
    pub(super) async fn idle(&self) {
        self.turn(|state, _| if state.filled.is_empty() { Turn::Now } else { Turn::Later }).await;
    }

    /// Waits until it is somebody's turn; false when it never will be.
    async fn turn(&self, mut turn: impl FnMut(&mut State, Instant) -> Turn) -> bool {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let turn = turn(&mut self.state(), Instant::now());
            match turn {
                Turn::Now => return true,
                Turn::Never => return false,
                Turn::Later => changed.await,
                Turn::At(instant) => tokio::select! {
                    () = changed => {}
                    () = tokio::time::sleep_until(instant) => {}
                },
            }
        }
    }

    fn queue(&self, priority: Priority, of: fn(&mut State) -> &mut BTreeSet<Ticket>) -> Ticket {
        let mut state = self.state();
        state.next += 1;
        let ticket = (priority, state.next);
        of(&mut state).insert(ticket);
        ticket
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who waits; whoever stops waiting makes room for the next.
struct Waiting<'a> {
    gate: &'a Gate,
    ticket: Ticket,
    of: fn(&mut State) -> &mut BTreeSet<Ticket>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        (self.of)(&mut self.gate.state()).remove(&self.ticket);
        self.gate.changed.notify_waiters();
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.gate.state().filled.remove(self.priority);
        self.gate.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_code_passes_whatever_waits() {
        let gate = Gate::new(4, 1000);
        gate.set_up(true);
        let mut bulk = Vec::new();
        for _ in 0..3 {
            bulk.push(gate.enter(Priority::Bulk).await.unwrap());
        }
        let soon = Duration::from_millis(10);
        assert!(tokio::time::timeout(soon, gate.enter(Priority::Bulk)).await.is_err(), "three quarters");
        let code = tokio::time::timeout(soon, gate.enter(Priority::Otp)).await.unwrap();
        assert!(code.is_some());
        drop(bulk.pop());
        let waits = gate.enter(Priority::Bulk);
        assert!(tokio::time::timeout(soon, waits).await.unwrap().is_some(), "a place was given back");
    }

    #[tokio::test(start_paused = true)]
    async fn an_urgent_one_goes_before_those_that_came_earlier() {
        let gate = Gate::new(8, 10);
        gate.set_up(true);
        for _ in 0..10 {
            gate.pace(Priority::Transactional).await;
        }
        let order = Mutex::new(Vec::new());
        let pace = async |priority| {
            gate.pace(priority).await;
            order.lock().unwrap().push(priority);
        };
        tokio::join!(pace(Priority::Bulk), pace(Priority::Transactional), pace(Priority::Otp));
        let order = order.into_inner().unwrap();
        assert_eq!(order, [Priority::Otp, Priority::Transactional, Priority::Bulk]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_than_the_carrier_takes_and_bulk_leaves_a_code_its_share() {
        let gate = Gate::new(64, 10);
        gate.set_up(true);
        let mut written = Vec::new();
        for _ in 0..35 {
            gate.pace(Priority::Bulk).await;
            written.push(Instant::now());
        }
        let asked = Instant::now();
        for _ in 0..3 {
            gate.pace(Priority::Otp).await;
            written.push(Instant::now());
        }
        assert_eq!(asked.elapsed(), Duration::ZERO, "a code goes at once");
        gate.pace(Priority::Otp).await;
        written.push(Instant::now());
        for second in written.windows(11) {
            assert!(second[10] - second[0] >= Duration::from_secs(1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody_and_a_route_that_goes_down_sends_them_on() {
        let gate = Gate::new(4, 1000);
        gate.set_up(true);
        gate.pause(Some(Duration::from_secs(30)));
        let started = Instant::now();
        assert!(gate.enter(Priority::Otp).await.is_some());
        assert!(started.elapsed() >= Duration::from_secs(30));
        gate.took();
        let started = Instant::now();
        for _ in 0..10 {
            gate.pause(None);
        }
        gate.pace(Priority::Otp).await;
        let paused = started.elapsed();
        assert!(paused >= Duration::from_secs(1) && paused < Duration::from_secs(2), "one pause: {paused:?}");
        gate.pause(None);
        let (entered, ()) = tokio::join!(gate.enter(Priority::Otp), async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            gate.set_up(false);
        });
        assert!(entered.is_none());
    }
}
