//! The one REST gateway: the contract's routes behind the edge stack, and the few endpoints that cannot be RPCs.
//! It holds no business rule and no database.

mod config;
mod connections;
mod edge;
mod endpoints;
pub mod process;
mod tags;

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use careway_service::{Foundation, Stopping, Upstream};
use careway_transcoding::{Settings, Transcoder};
use chrono::NaiveDate;
use prost_reflect::DescriptorPool;
use tokio::net::TcpListener;
use tower::{BoxError, ServiceExt, util::BoxCloneSyncService};

pub use careway_transcoding::{ProblemDoc, Route};
pub use config::Config;

/// The gateway, ready to be served.
pub struct Gateway {
    router: Router,
    transcoder: Arc<Transcoder>,
    limits: connections::Limits,
}

impl Gateway {
    /// Builds every route of the contract. Services are found in the foundation's registry when they are called.
    ///
    /// # Errors
    /// A contract that cannot be a REST interface: colliding routes, an RPC without an access option.
    pub fn build(
        config: &Config,
        foundation: &Foundation,
        readiness: endpoints::health::Readiness,
    ) -> anyhow::Result<Self> {
        let transcoder = transcoder(config, &foundation.public_url)?;
        let api = edge::plain_before(transcoder.router(|service| Some(upstream(foundation, service)))?);
        let api = edge::Permits::new(foundation.policy().clone(), transcoder.routes()).before(api);
        let transcoder = Arc::new(transcoder);
        let edge = edge::Edge::new(config, foundation, transcoder.routes())?;
        let limits = connections::Limits::new(config);
        let own = endpoints::router(config, foundation, &transcoder)?;
        let router = edge.around(own.merge(api));
        Ok(Self { router: endpoints::health::router(readiness).merge(router), transcoder, limits })
    }

    /// The OpenAPI document with the examples of this day.
    pub fn openapi(&self, today: NaiveDate) -> serde_json::Value {
        self.transcoder.openapi(today)
    }

    /// Every route of the contract, for tests over all of them.
    pub fn routes(&self) -> &[Route] {
        self.transcoder.routes()
    }

    /// Answers REST until the process closes its ports; then drains, for as long as it may.
    pub async fn serve(self, listener: TcpListener, stopping: Stopping) {
        connections::serve(listener, self.router, self.limits, stopping).await;
    }
}

pub use endpoints::health::Readiness;

fn transcoder(config: &Config, public_url: &str) -> anyhow::Result<Transcoder> {
    let settings = Settings {
        title: "Careway".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        description: include_str!("introduction.md").to_owned(),
        server: public_url.to_owned(),
        max_json_bytes: config.max_json_bytes,
        extra_paths: endpoints::openapi_paths(),
        tags: tags::tags(),
        contact: Some(public_url.to_owned()),
        ..Settings::default()
    };
    Transcoder::new(contract()?, settings)
}

/// Every route of the contract, for documents made from it.
pub fn routes() -> anyhow::Result<Vec<Route>> {
    Ok(Transcoder::new(contract()?, Settings::default())?.routes().to_vec())
}

/// Every reason that a problem may have, as the contract declares them.
pub fn problems() -> anyhow::Result<Vec<ProblemDoc>> {
    careway_transcoding::problems(&contract()?)
}

fn contract() -> anyhow::Result<DescriptorPool> {
    DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).context("the contract")
}

/// `careway.visits.v1.VisitService` is answered by the service `visits`.
fn upstream(foundation: &Foundation, service: &str) -> careway_transcoding::Upstream {
    let context = service.split('.').nth(1).unwrap_or_default();
    let upstream: Upstream = foundation.registry.upstream(context);
    BoxCloneSyncService::new(upstream.map_err(BoxError::from))
}
