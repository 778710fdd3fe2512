//! The visits service against real Postgres, NATS and Redis. One test binary.

#![expect(clippy::disallowed_methods, reason = "tests are bound to no clock")]

mod benefits;
mod claim_calls;
mod claim_corrections;
mod claim_faults;
mod claim_payments;
mod claim_properties;
mod claim_races;
mod claim_round_trips;
mod claim_rules;
mod claims;
mod contracts;
mod coverages;
mod document_calls;
mod documents;
mod documents_cited;
mod documents_kept;
mod documents_refused;
mod fake_identity;
mod grpc_port;
mod plans;
mod preauthorization_calls;
mod preauthorization_clocks;
mod preauthorization_races;
mod preauthorization_round_trips;
mod preauthorizations;
mod several_payers;
mod tariffs;
mod test_visits;
mod visit_overrides;
mod visit_round_trips;
mod visits;
