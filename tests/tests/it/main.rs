//! Journeys and attacks through the REST gateway.

mod docs;
mod isolation;
mod row_level_security;
mod tokens;
mod twins;
