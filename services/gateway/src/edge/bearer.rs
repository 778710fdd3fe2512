//! A token that is no good is refused here, before it costs anything else. Whether one is needed, the service says.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use careway_service::{Caller, Result, Verifier, credentials, tokens};
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

    /// The caller. Internal RPCs have no route: a service's own token has no business out here.
    async fn verify(&self, token: &str) -> Result<Caller> {
        let caller = self.verifier.verify(token).await?;
        if caller.is_system() { Err(tokens::rejected()) } else { Ok(caller) }
    }
}

/// The verified caller of a request, for the layers within.
#[derive(Clone)]
pub(crate) struct Known(pub(crate) Caller);

pub(crate) async fn check(State(bearer): State<Bearer>, mut request: Request, next: Next) -> Response {
    let authorization = request.headers().get(AUTHORIZATION).cloned();
    if let Some(token) = authorization.as_ref().and_then(|value| credentials(value, "bearer")) {
        match bearer.verify(token).await {
            Ok(caller) => {
                request.extensions_mut().insert(Known(caller));
            }
            Err(refusal) => return Problem::from_status(&refusal.to_status()).into_response(),
        }
    }
    next.run(request).await
}
