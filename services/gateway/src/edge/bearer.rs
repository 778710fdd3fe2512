//! A token that is no good is refused here, before it costs anything else. Whether one is needed, the service says.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use careway_service::{Caller, Verifier};
use careway_transcoding::Problem;
use http::header::AUTHORIZATION;

/// Verifies bearer tokens.
#[derive(Clone)]
pub(crate) struct Bearer {
    verifier: Verifier,
}

impl Bearer {
    pub(crate) fn new(verifier: Verifier) -> Self {
        Self { verifier }
    }
}

/// The verified caller of a request, for the layers within.
#[derive(Clone)]
pub(crate) struct Known(pub(crate) Caller);

pub(crate) async fn check(State(bearer): State<Bearer>, mut request: Request, next: Next) -> Response {
    let token =
        request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.to_owned())
        });
    if let Some(token) = token {
        match bearer.verifier.verify(&token).await {
            // Internal RPCs have no route; a service's token has no business out here.
            Ok(caller) if !caller.is_system() => {
                request.extensions_mut().insert(Known(caller));
            }
            Ok(_) => return Problem::unauthenticated("The access token is not valid.").into_response(),
            Err(refusal) => return Problem::from_status(&refusal.to_status()).into_response(),
        }
    }
    next.run(request).await
}
