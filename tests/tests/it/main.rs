//! Journeys and attacks, through the gateway, each on a platform of its own.

mod check_in;
mod check_in_refusals;
mod clients;
mod contract;
mod demo_network;
mod docs;
mod guesses;
mod guide;
mod imports;
mod isolation;
mod members;
mod organizations;
mod outages;
mod overrides;
mod plans;
mod preauthorizations;
mod row_level_security;
mod second_factors;
mod sessions;
mod tokens;
mod twins;
