//! The visits service against real Postgres, NATS and Redis. One test binary.

mod benefits;
mod claim_desk;
mod claim_faults;
mod claim_payments;
mod claim_properties;
mod claim_round_trips;
mod claims;
mod desk;
mod fake_identity;
mod plans;
mod visit_overrides;
mod visit_round_trips;
mod visits;
