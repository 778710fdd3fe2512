//! The running platform: started from a configuration, asked for its address, ended cleanly.

use std::net::SocketAddr;

use anyhow::Context;
use careway_events::Probe;
use careway_gateway::{Gateway, Readiness};
use careway_kernel::Clock;
use careway_service::{Foundation, Service, Stopping, run};
use tokio::task::JoinHandle;

use crate::Config;

/// Every service and the gateway, in this process.
pub struct Platform {
    foundation: Foundation,
    services: Vec<Service>,
    events: Probe,
    gateway: SocketAddr,
    openapi: serde_json::Value,
    routes: Vec<careway_transcoding::Route>,
    stopping: Stopping,
    rest: JoinHandle<()>,
}

impl Platform {
    /// Starts every service, then the gateway on the configured address (port 0: a free one). The databases are to be
    /// migrated before.
    pub async fn start(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let foundation = Foundation::build(&config.settings, clock).await?;
        // Each in a place of its own: together they are larger than what a thread has room for, unoptimized.
        let services = vec![
            Box::pin(careway_identity::start(config.identity, foundation.clone()))
                .await
                .context("identity")?,
            Box::pin(careway_renewals::start(config.renewals, foundation.clone()))
                .await
                .context("renewals")?,
            Box::pin(careway_visits::start(config.visits, foundation.clone())).await.context("visits")?,
            Box::pin(careway_cases::start(config.cases, foundation.clone())).await.context("cases")?,
            Box::pin(careway_channels::start(config.channels, foundation.clone()))
                .await
                .context("channels")?,
        ];
        let stopping = Stopping::default();
        let databases = services.iter().map(|service| service.database.clone()).collect();
        let readiness = Readiness { databases, stopping: stopping.clone() };
        let gateway = Gateway::build(&config.gateway, &foundation, readiness)?;
        let openapi = gateway.openapi(foundation.clock.today(chrono_tz::UTC));
        let routes = gateway.routes().to_vec();
        let listener = run::bound(config.gateway.listen).await?;
        let address = listener.local_addr()?;
        let rest = tokio::spawn(gateway.serve(listener, stopping.clone()));
        let events = crate::probe(&foundation, &services);
        Ok(Self { foundation, services, events, gateway: address, openapi, routes, stopping, rest })
    }

    /// Where REST is answered.
    pub fn gateway(&self) -> SocketAddr {
        self.gateway
    }

    /// What the services share: clock, Redis, NATS, upstreams.
    pub fn foundation(&self) -> &Foundation {
        &self.foundation
    }

    /// The services, with their databases.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The OpenAPI document, with the examples of the day the platform was started.
    pub fn openapi(&self) -> &serde_json::Value {
        &self.openapi
    }

    /// How the platform ends.
    pub fn stopping(&self) -> &Stopping {
        &self.stopping
    }

    /// Every route of the contract.
    pub fn routes(&self) -> &[careway_transcoding::Route] {
        &self.routes
    }

    /// Waits until nothing is under way: no background task, no unpublished event, none undelivered, no message unsent.
    pub async fn settle(&self) -> anyhow::Result<()> {
        let background_tasks = async || Ok(self.foundation.background_tasks.len());
        crate::settle(&self.events, &self.services, background_tasks).await
    }

    /// Stops answering, drains, and ends the background tasks.
    pub async fn shutdown(self) -> anyhow::Result<()> {
        self.stopping.close();
        let ended = self.rest.await.context("the gateway's task");
        run::finish(&self.foundation).await;
        ended
    }
}
