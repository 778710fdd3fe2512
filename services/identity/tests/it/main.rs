//! The identity service against real Postgres, Redis and NATS, asked as its callers ask it.

mod accounts;
mod api_clients;
mod challenge_attacks;
mod challenges;
mod grants;
mod keys;
mod member_imports;
mod members;
mod memberships;
mod organizations;
mod sessions;
mod test_identity;
mod test_members;
mod throttling;
mod totp;
