//! Journeys and attacks, through the gateway, each on a platform of its own.

mod check_in;
mod check_in_refusals;
mod docs;
mod isolation;
mod row_level_security;
mod tokens;
mod twins;
