//! Whoever may not is told so before anything is said of what they sent. The service asks again, on its own account: this
//! is for the order of the answers.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::{self, Next},
    response::Response,
};
use careway_service::{Policy, Result};
use careway_transcoding::{Problem, Route};
use http::Method;

use super::{bearer::Known, refused};

/// What each route asks of its caller.
#[derive(Clone)]
pub(crate) struct Permits {
    policy: Policy,
    /// The RPC of a route, by its path as axum matches it.
    rpcs: Arc<HashMap<String, Vec<(Method, String)>>>,
}

impl Permits {
    pub(crate) fn new(policy: Policy, routes: &[Route]) -> Self {
        let mut rpcs: HashMap<String, Vec<(Method, String)>> = HashMap::new();
        for route in routes {
            let name = route.rpc.rsplit('.').next().unwrap_or_default();
            let rpc = (route.method.clone(), format!("/{}/{name}", route.service));
            rpcs.entry(route.pattern.clone()).or_default().push(rpc);
        }
        Self { policy, rpcs: Arc::new(rpcs) }
    }

    /// Puts the question before every route of the contract.
    pub(crate) fn before(self, routes: Router) -> Router {
        routes.route_layer(middleware::from_fn_with_state(self, check))
    }

    fn check(&self, request: &Request) -> Result<()> {
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let rpcs = request.extensions().get::<MatchedPath>().and_then(|path| self.rpcs.get(path.as_str()));
        // A method that the path does not have is answered by the router.
        let Some((_, rpc)) = rpcs.into_iter().flatten().find(|(of, _)| of == method) else { return Ok(()) };
        let caller = request.extensions().get::<Known>().map(|Known(caller)| caller);
        self.policy.check(rpc, caller)
    }
}

async fn check(State(permits): State<Permits>, request: Request, next: Next) -> Response {
    match permits.check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refused(&request, Problem::from_status(&refusal.to_status())),
    }
}
