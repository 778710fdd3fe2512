//! A session: one person signed in to one organization, kept alive by refresh tokens that are good once.
//!
//! States: living → ended (signed out, switched, disabled, password reset, token reused, organization suspended) or
//! expired. Only the person acts on a session. API clients have none: they get access tokens by their secret.

pub(crate) mod api;
pub(crate) mod create;
pub(crate) mod domain;
pub(crate) mod end;
mod error;
pub(crate) mod issue_client_token;
pub(crate) mod refresh;
pub(crate) mod signing_keys;
pub(crate) mod store;
pub(crate) mod switch;

use create::create_session;
use end::end_session;
use issue_client_token::issue_client_token;
use refresh::refresh_session;
use switch::switch_session;
