//! The channels service against real Postgres, NATS and Redis. One test binary.
#![expect(
    clippy::disallowed_methods,
    reason = "tests are bound to no clock, and told by the environment how much to play"
)]

mod actions_center;
mod actions_center_clinic;
mod availability;
mod booking_stories;
mod booking_story;
mod booking_story_steps;
mod booking_world;
mod bookings;
mod channel_notices;
mod connection_ends;
mod connections;
mod contracts;
mod crowd;
mod fake_renewals;
mod feeds;
mod joint_tests;
mod offer;
mod prices;
mod provider_bookings;
mod receiver;
mod test_channels;
mod webhook_deliveries;
mod webhook_endpoints;
mod webhook_isolation;
mod webhook_kills;
mod webhook_retries;
mod webhook_verifiers;
mod webhooks;
