//! The gRPC port of a process: a service's RPCs, their health, and reflection where it is wanted.

use std::time::Duration;

use anyhow::Context;
use careway_contract::DESCRIPTOR_SET;
use http::StatusCode;
use prost_reflect::DescriptorPool;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{service::Routes, transport::server::TcpIncoming};
use tonic_health::{ServingStatus, server::HealthReporter};
use tonic_reflection::server::Builder;

use crate::foundation::Service;

/// How long requests may still run after the port is closed.
const DRAIN: Duration = Duration::from_secs(20);

/// The gRPC services of a process, and whether it tells of them.
#[derive(Debug, Clone)]
pub struct Rpcs {
    /// In full, like `careway.visits.v1.VisitService`.
    names: Vec<String>,
    reflected: bool,
}

impl Rpcs {
    /// Those of the contract that belong to a context, like `visits`.
    ///
    /// # Errors
    /// A contract that cannot be read.
    pub fn of(context: &str, reflected: bool) -> anyhow::Result<Self> {
        let pool = DescriptorPool::decode(DESCRIPTOR_SET).context("the descriptor set cannot be read")?;
        let names = pool.services().map(|service| service.full_name().to_owned());
        let names = names.filter(|name| name.split('.').nth(1) == Some(context)).collect();
        Ok(Self { names, reflected })
    }

    /// Health of the whole process, by the empty name, and of each service alike.
    async fn report(&self, reporter: &HealthReporter, status: ServingStatus) {
        for name in std::iter::once("").chain(self.names.iter().map(String::as_str)) {
            reporter.set_service_status(name, status).await;
        }
    }

    /// Reflection in both versions that clients ask for.
    fn reflect(&self, routes: Routes) -> anyhow::Result<Routes> {
        let described = || {
            let builder = Builder::configure()
                .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
                .with_service_name("grpc.health.v1.Health");
            self.names.iter().fold(builder, |builder, name| builder.with_service_name(name))
        };
        if !self.reflected {
            return Ok(routes);
        }
        Ok(routes.add_service(described().build_v1()?).add_service(described().build_v1alpha()?))
    }
}

/// The RPCs of these servers, each of whose messages may be compressed by gzip (gRPC's message compression).
#[macro_export]
macro_rules! routes {
    ($app:expr, $first:ident $(, $server:ident)* $(,)?) => {
        tonic::service::Routes::new($crate::compressed!($app, $first))
            $(.add_service($crate::compressed!($app, $server)))*
    };
}

/// One server of [`routes!`].
#[doc(hidden)]
#[macro_export]
macro_rules! compressed {
    ($app:expr, $server:ident) => {
        $server::new($app.clone())
            .accept_compressed(tonic::codec::CompressionEncoding::Gzip)
            .send_compressed(tonic::codec::CompressionEncoding::Gzip)
    };
}

/// Answers a service's RPCs, gRPC health beside them, until `stopping`; then drains.
pub async fn serve_grpc(
    listener: TcpListener,
    service: Service,
    rpcs: Rpcs,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let (reporter, health) = tonic_health::server::health_reporter();
    let beside = rpcs.reflect(Routes::new(health))?;
    rpcs.report(&reporter, ServingStatus::Serving).await;
    let signal = {
        let stopping = stopping.clone();
        async move {
            stopping.cancelled().await;
            rpcs.report(&reporter, ServingStatus::NotServing).await;
        }
    };
    let fallback = tower::ServiceExt::map_request(
        service.upstream.clone(),
        |request: http::Request<axum::body::Body>| request.map(tonic::body::Body::new),
    );
    let router = beside.into_axum_router().fallback_service(axum::error_handling::HandleError::new(
        fallback,
        |error: tonic::Status| async move {
            tracing::error!(%error, "a service failed");
            StatusCode::INTERNAL_SERVER_ERROR
        },
    ));
    // An answer of two small writes would wait for the other side's delayed acknowledgement, 40 ms. The builder's own
    // setting is not for sockets that are handed to it.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let server = tonic::transport::Server::builder()
        .http2_keepalive_interval(Some(Duration::from_secs(20)))
        .add_routes(Routes::from(router))
        .serve_with_incoming_shutdown(incoming, signal);
    let late = async {
        stopping.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = server => ended.context("the gRPC server"),
        () = late => Ok(()),
    }
}
