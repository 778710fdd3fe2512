//! What clients that know nothing of Careway ask every site for: where to begin, what a crawler may read, an icon, whom to tell of a
//! vulnerability (RFC 9116).

use std::time::Duration;

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use careway_kernel::Clock;
use careway_service::Foundation;

use crate::config::Config;

/// How long a client may go by a security contact that it read.
const CONTACT_GOOD_FOR: Duration = Duration::from_secs(30 * 86_400);

pub(crate) fn router(config: &Config, foundation: &Foundation) -> Router {
    let router = Router::new()
        .route("/", get(async || Redirect::temporary("/docs/")))
        .route("/robots.txt", get(async || "User-agent: *\nDisallow: /\n"))
        .route(
            "/favicon.ico",
            get(async || (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "max-age=86400")])),
        );
    let Some(contact) = config.security_contact.clone() else { return router };
    let here = format!("{}/.well-known/security.txt", foundation.public_url);
    let clock = foundation.clock.clone();
    let told = move || std::future::ready(security(&contact, &here, &clock));
    router.route("/.well-known/security.txt", get(told))
}

fn security(contact: &str, here: &str, clock: &Clock) -> Response {
    let expires = (clock.now() + CONTACT_GOOD_FOR).format("%Y-%m-%dT%H:%M:%SZ");
    format!("Contact: {contact}\nExpires: {expires}\nCanonical: {here}\nPreferred-Languages: en\n")
        .into_response()
}
