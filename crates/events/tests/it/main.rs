//! The way of an event, against real Postgres and real NATS servers that are stopped, killed and robbed of their disk.

#![expect(clippy::disallowed_methods, reason = "tests are bound to no clock")]

mod audit;
mod consuming;
mod dead_letters;
mod full_stream;
mod measuring;
mod nats;
mod outage;
mod probe;
mod reader;
mod relaying;
mod test_events;
mod throughput;
