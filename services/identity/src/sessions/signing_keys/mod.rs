//! A signing key: what access tokens are signed with, Ed25519.
//!
//! States: published → signing → retired. Keys rotate by age; an operator of the platform may rotate sooner
//! (`keys.rotate`). The public halves are everybody's.

mod api;
mod domain;
mod get_jwks;
pub(crate) mod keyring;
mod rotate;
mod store;

pub(super) use get_jwks::get_jwks;
pub(super) use rotate::rotate_signing_key;
