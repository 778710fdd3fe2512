//! Journeys and attacks, through the gateway, each on a platform of its own.

mod check_in;
mod check_in_refusals;
mod claim_imports;
mod claim_scene;
mod claims;
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
mod row_level_security;
mod second_factors;
mod sessions;
mod tokens;
mod twins;
