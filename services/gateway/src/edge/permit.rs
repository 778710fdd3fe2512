//! Whoever may not is told so before anything is said of what they sent. The service asks again, on its own account: this
//! is for the order of the answers.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use careway_service::{Policy, Result};
use careway_transcoding::{Problem, Route};
use http::Method;

use super::{bearer::Known, trace::Routed};

/// What each route asks of its caller.
#[derive(Clone)]
pub(crate) struct Permits {
    policy: Policy,
    /// The routes of a path, by the path as axum matches it.
    routes: Arc<HashMap<String, Vec<Permitted>>>,
}

struct Permitted {
    method: Method,
    /// The path as the contract writes it.
    path: String,
    /// Like `/careway.visits.v1.VisitService/VerifyVisit`.
    rpc: String,
}

impl Permits {
    pub(crate) fn new(policy: Policy, routes: &[Route]) -> Self {
        let mut permitted: HashMap<String, Vec<Permitted>> = HashMap::new();
        for route in routes {
            let name = route.rpc.rsplit('.').next().unwrap_or_default();
            let rpc = format!("/{}/{name}", route.service);
            let of_path = Permitted { method: route.method.clone(), path: route.path.clone(), rpc };
            permitted.entry(route.pattern.clone()).or_default().push(of_path);
        }
        Self { policy, routes: Arc::new(permitted) }
    }

    /// Puts the question before every route of the contract.
    pub(crate) fn before(self, routes: Router) -> Router {
        routes.route_layer(middleware::from_fn_with_state(self, check))
    }

    /// None for a method that the path does not have: the router answers it.
    fn find(&self, request: &Request) -> Option<&Permitted> {
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let path = request.extensions().get::<MatchedPath>()?;
        self.routes.get(path.as_str())?.iter().find(|route| route.method == method)
    }

    fn check(&self, request: &Request) -> Result<()> {
        let Some(route) = self.find(request) else { return Ok(()) };
        Routed::tell(request, &route.path);
        let caller = request.extensions().get::<Known>().map(|Known(caller)| caller);
        self.policy.check(&route.rpc, caller)
    }
}

async fn check(State(permits): State<Permits>, request: Request, next: Next) -> Response {
    match permits.check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => Problem::from_status(&refusal.to_status()).into_response(),
    }
}
