//! Renewals on real Postgres, NATS and Redis, with a real SMTP peer.

mod notifications;
mod rules;
mod test_renewals;
