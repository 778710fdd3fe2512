//! Cases on real Postgres, NATS and Redis.

#![expect(clippy::disallowed_methods, reason = "tests are bound to no clock")]

mod attachments;
mod case_clock;
mod case_forms;
mod case_lists;
mod case_notes;
mod case_notices;
mod case_people;
mod case_permissions;
mod case_races;
mod case_round_trips;
mod case_threads;
mod case_watches;
mod cases;
mod fake_identity;
mod foreign_mailers;
mod inbound_mail;
mod inbound_mail_faults;
mod interest_forms;
mod lmtp;
mod mail_races;
mod originals;
mod service_levels;
mod test_cases;
mod test_forms;
mod test_inbox;
mod test_notices;
mod test_world;
mod test_world_cases;
mod test_world_identity;
