//! The contract's REST side: `google.api.http` routes as an axum router, RFC 9457 problems, the OpenAPI 3.1 document.
//!
//! A request goes through `headers` (what is forwarded), `request` (path, query and JSON into a message), `call`
//! (gRPC, retries), `reply` (JSON, `ETag`, `Location`) and `precondition` (304, 412); raw bodies through `raw`, server
//! streams through `stream`.

mod call;
mod deprecation;
mod dynamic;
mod endpoint;
mod frames;
mod headers;
mod linger;
mod node;
mod openapi;
mod params;
mod parse;
pub mod precondition;
mod print;
pub mod problem;
mod raw;
mod reasons;
mod reply;
mod request;
mod route;
mod router;
mod scalar;
mod schema;
mod stream;
mod wire;

use std::sync::Arc;

use axum::http::{Request, Response};
use chrono::NaiveDate;
use prost_reflect::DescriptorPool;

pub use crate::{
    deprecation::Deprecation,
    headers::{ClientIp, Deadline, TraceId},
    linger::linger,
    problem::{Problem, Violation},
    reasons::{ProblemDoc, problems},
    route::Route,
};

/// Where a service's RPCs are answered: a channel, or the service in process.
pub type Upstream = tower::util::BoxCloneSyncService<
    Request<tonic::body::Body>,
    Response<tonic::body::Body>,
    tower::BoxError,
>;

/// What the contract does not say.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The title of the OpenAPI document.
    pub title: String,
    /// The version of the OpenAPI document.
    pub version: String,
    /// The introduction of the OpenAPI document, in Markdown.
    pub description: String,
    /// The public address, like `https://api.example.org`; `/` for the document's own.
    pub server: String,
    /// The largest JSON body.
    pub max_json_bytes: usize,
    /// The largest raw body that is taken in one piece; streamed ones have no bound here.
    pub max_raw_bytes: usize,
    /// Hand-written endpoints: OpenAPI path items by path, merged into the document.
    pub extra_paths: serde_json::Map<String, serde_json::Value>,
    /// The tags of the OpenAPI document that come first, in their order; the contract's others follow in its own.
    pub tags: Vec<Tag>,
    /// Where whoever runs the installation is found: a URL.
    pub contact: Option<String>,
}

/// A tag of the OpenAPI document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// A service of the contract without its `Service`, or one of the hand-written endpoints.
    pub name: String,
    /// What it is about, in Markdown; empty: what the contract says of the service.
    pub description: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: "Careway".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            description: String::new(),
            server: "/".to_owned(),
            max_json_bytes: 1 << 20,
            max_raw_bytes: 32 << 20,
            extra_paths: serde_json::Map::new(),
            tags: Vec::new(),
            contact: None,
        }
    }
}

/// The REST surface of a contract.
pub struct Transcoder {
    schemas: Arc<schema::Schemas>,
    endpoints: Vec<Arc<endpoint::Endpoint>>,
    routes: Vec<Route>,
    problems: Vec<ProblemDoc>,
    openapi: serde_json::Value,
}

impl Transcoder {
    /// Compiles the contract; fails when a route is malformed, when two collide, when an RPC has a route but does not say
    /// who may call it, or when it refuses with a reason that is not declared.
    pub fn new(pool: DescriptorPool, settings: Settings) -> anyhow::Result<Self> {
        let (schemas, endpoints) = endpoint::compile(&pool, &settings)?;
        let problems = reasons::problems(&pool)?;
        let openapi = openapi::document(&pool, &schemas, &endpoints, &settings, &problems);
        let routes = endpoints.iter().map(|endpoint| endpoint.route.clone()).collect();
        Ok(Self { schemas: Arc::new(schemas), endpoints, routes, problems, openapi })
    }

    /// The router; `upstream` finds a service by its full name. Fails when one has none.
    ///
    /// What no route has is answered 404, as a problem, by the router's fallback: a router with a fallback of its own
    /// cannot be merged with it.
    pub fn router(&self, upstream: impl Fn(&str) -> Option<Upstream>) -> anyhow::Result<axum::Router> {
        router::router(&self.schemas, &self.endpoints, upstream)
    }

    /// The OpenAPI 3.1 document; the dates of its examples are those of a request that is sent on this day.
    pub fn openapi(&self, today: NaiveDate) -> serde_json::Value {
        openapi::on(today, &self.openapi)
    }

    /// The same as text, in which the media type that any file may have stands before the others.
    pub fn openapi_text(&self, today: NaiveDate) -> serde_json::Result<Vec<u8>> {
        openapi::text(&self.openapi(today))
    }

    /// Every reason that a problem may have, in the order of the contract.
    pub fn problems(&self) -> &[ProblemDoc] {
        &self.problems
    }

    /// Every route, in the order of the contract.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }
}
