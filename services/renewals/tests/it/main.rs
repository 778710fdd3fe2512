//! Renewals on real Postgres, NATS and Redis, with a real SMTP peer.

#![expect(clippy::disallowed_methods, reason = "tests are bound to no clock")]

mod agencies;
mod bounces;
mod campaign_round_trips;
mod campaigns;
mod data_issues;
mod fake_identity;
mod foreign_peers;
mod hand_overs;
mod imports;
mod kills;
mod messages;
mod notifications;
mod opt_outs;
mod participant_changes;
mod participant_exports;
mod participant_messages;
mod participant_round_trips;
mod participants;
mod reminder_pauses;
mod reminder_replicas;
mod reminder_retries;
mod reminders;
mod renewal_exports;
mod renewal_lists;
mod renewal_round_trips;
mod renewal_settings;
mod renewal_subset;
mod renewal_watches;
mod renewals;
mod routes;
mod rules;
mod sending;
mod sending_scenarios;
mod staff_mails;
mod templates;
mod test_imports;
mod test_items;
mod test_people;
mod test_reminders;
mod test_renewals;
