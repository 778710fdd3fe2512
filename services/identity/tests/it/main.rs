//! The identity service against real Postgres, Redis and NATS, asked as its callers ask it.

mod accounts;
mod api_clients;
mod keys;
mod organizations;
mod sessions;
mod throttling;
mod totp;
mod world;
