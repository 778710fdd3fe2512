//! A session: one person signed in to one organization, kept alive by refresh tokens that are good once.
//!
//! States: living → ended (signed out, switched, disabled, password reset, token reused, organization suspended) or
//! expired. Only the person acts on a session. API clients have none: they get access tokens by their secret.

mod api;
mod create;
pub(crate) mod domain;
mod end;
mod error;
mod issue_client_token;
mod refresh;
pub(crate) mod signing_keys;
mod store;
mod switch;

use create::create_session;
use end::end_session;
use issue_client_token::issue_client_token;
use refresh::refresh_session;
use switch::switch_session;
