//! The visits service against real Postgres, NATS and Redis. One test binary.

mod desk;
mod fake_identity;
mod visit_overrides;
mod visits;
