//! Journeys and attacks, through the gateway, each on a platform of its own.

mod check_in;
mod check_in_refusals;
mod contract;
mod demo_network;
mod docs;
mod guesses;
mod isolation;
mod outages;
mod row_level_security;
mod tokens;
mod twins;
