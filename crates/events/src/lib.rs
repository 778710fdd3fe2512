//! Facts between contexts: recorded with the change that made them, published, and taken exactly once in effect.
//!
//! ```text
//! record → outbox ──relay──▶ JetStream ──consumer──▶ inbox + reaction + its own outbox, one commit ▶ ack
//!             ▲                  │                      └─ after eleven deliveries: dead letter, redriven by hand
//!             └────── auditor ◀──┘ what the stream lost is published again
//! ```
//!
//! Postgres is the durable truth and JetStream a transport that may lose data. A service starts one [`Relay`] for what
//! it says, and its [`Consumers`] for what it hears:
//!
//! ```text
//! events::record(&mut tx, Fact::new(VisitAdmitted { .. }).about(visit.id.uuid(), visit.version).of(visit.facility));
//!
//! Relay::new(&foundation, &database, "visits").start();
//! Consumers::new(&foundation, &database, "renewals")
//!     .on("visit_notices", app.clone(), reactions::visit_admitted)
//!     .start()
//!     .await?;
//! ```
//!
//! Whoever passes events on, rather than understanding them, hears all of a context by [`Consumers::on_every`].
//!
//! # What a reaction may rely on
//! - Its effect and the note that the event was taken commit together: an event has its effect once, however often it
//!   is delivered. What it does outside the transaction may happen again.
//! - It runs as [`careway_service::Caller::system`], so it sees every organization's rows.
//! - Events of one aggregate are *published* in order, but **not always taken in order**: one that failed comes again
//!   later, and a refilled stream repeats old ones. A reaction that keeps a copy of another context's state therefore
//!   compares versions (`where version < excluded.version`).
//! - An error or a panic rolls back and is tried again later, eleven times in all.
//! - Several events that wait together share one transaction while all goes well; a reaction must not expect a
//!   transaction of its own, and should be done in well under ten seconds.

#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests are bound to no clock"))]

mod auditor;
mod backoff;
mod batch;
mod bus;
mod consumer;
mod consumers;
mod dead_letters;
mod delivery;
mod envelope;
mod fact;
mod fault;
mod inbox;
mod outbox;
mod probe;
mod publisher;
mod reaction;
mod register;
mod relay;
mod retention;
mod retries;
mod stream;
mod worker;

pub use auditor::{Audit, Finding};
pub use batch::{BatchReaction, RawMessage};
pub use bus::Bus;
pub use consumers::{Consumers, Listening};
pub use dead_letters::{DeadLetter, DeadLetters, DeadLettersCommand, Redriven};
pub use fact::{Fact, record};
pub use probe::Probe;
pub use reaction::{Reaction, Received};
pub use relay::{Relay, RelayHandle};
pub use retries::Retries;
pub use stream::Stream;
