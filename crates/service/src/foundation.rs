//! What one process builds once and its services share.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use careway_kernel::Clock;
use sha2::{Digest, Sha256};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::{ServiceExt, util::BoxCloneSyncService};

use crate::{
    access::{Guard, Policy},
    database::Database,
    imports::Imports,
    seal::Sealer,
    settings::{DatabaseSettings, Settings, StreamSettings},
    tokens::{ServiceIdentity, Verifier},
    upstream::{Registry, Upstream},
};

/// Clock, Redis, NATS, tokens, upstreams and background tasks of this process. Cheap to clone.
#[derive(Clone)]
pub struct Foundation {
    /// The time.
    pub clock: Clock,
    /// Redis: one-time codes, revocations, rate limits. Never the source of truth.
    pub redis: redis::aio::ConnectionManager,
    /// NATS: events.
    pub nats: async_nats::Client,
    /// Goes before every Redis key and NATS name.
    pub prefix: Arc<str>,
    /// Where the REST API is reached, without a slash at the end.
    pub public_url: Arc<str>,
    /// `iss` of access tokens.
    pub issuer: Arc<str>,
    /// Careway's own identity, for internal RPCs.
    pub identity: ServiceIdentity,
    /// Verifies callers.
    pub verifier: Verifier,
    /// The other services.
    pub registry: Registry,
    /// Signs page tokens.
    pub page_key: Arc<[u8; 32]>,
    /// Bounds of the event streams.
    pub streams: StreamSettings,
    /// Lists that people upload.
    pub imports: Imports,
    database: DatabaseSettings,
    answers: Sealer,
    traced: bool,
    /// Background tasks that last as long as the process; awaited at the end.
    pub tasks: TaskTracker,
    /// Short work that goes on after an answer, like sending a code; awaited at the end.
    pub background_tasks: TaskTracker,
    /// Ends the background tasks, after the last request was answered.
    pub shutdown: CancellationToken,
    policy: Policy,
}

impl Foundation {
    /// Connects to what every service needs.
    ///
    /// # Errors
    /// A server that is away, or older than Careway can trust; an RPC that does not say who may call it.
    pub async fn build(settings: &Settings, clock: Clock) -> anyhow::Result<Self> {
        let policy = Policy::of_contract()?;
        let identity = ServiceIdentity::new(&settings.service_secret, clock.clone())?;
        let registry = Registry::default();
        for (name, url) in settings.urls() {
            registry.connect(name, url).with_context(|| format!("the address of {name}"))?;
        }
        let patience = Duration::from_millis(settings.redis_patience_ms);
        let redis = redis::Client::open(settings.redis_url.expose()).context("CAREWAY_REDIS_URL")?;
        let redis = redis
            .get_connection_manager_with_config(within(patience))
            .await
            .context("cannot connect to Redis")?;
        let nats = connect_nats(settings.nats_url.expose()).await.context("cannot connect to NATS")?;
        ensure!(
            nats.is_server_compatible(2, 10, 0),
            "nats-server {} is too old: it drops settings silently; 2.10 or newer is needed",
            nats.server_info().version
        );
        let verifier = Verifier::new(settings.accepted_issuers(), clock.clone(), registry.clone(), &identity);
        let (tasks, shutdown) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(verifier.clone().watch_revocations(
            redis.clone(),
            settings.prefix.clone(),
            shutdown.clone(),
        ));
        let mut page_key = Sha256::new();
        page_key.update(b"careway/page-token/v1");
        page_key.update(settings.service_secret.expose().as_bytes());
        Ok(Self {
            clock,
            redis,
            nats,
            prefix: settings.prefix.as_str().into(),
            public_url: settings.public_url().into(),
            issuer: settings.issuer().into(),
            identity,
            verifier,
            registry,
            page_key: Arc::new(page_key.finalize().into()),
            streams: settings.streams,
            imports: Imports::new(settings.imports.into()),
            database: settings.database,
            answers: Sealer::derive(&settings.service_secret, "kept answers")?,
            traced: settings.telemetry.otlp_endpoint.is_some(),
            tasks,
            background_tasks: TaskTracker::new(),
            shutdown,
            policy,
        })
    }

    /// The service's database, as its app role.
    pub async fn database(&self, url: &str) -> anyhow::Result<Database> {
        let (clock, answers) = (self.clock.clone(), self.answers.clone());
        match self.traced {
            true => Database::connect_traced(url, self.database, clock, answers).await,
            false => Database::connect(url, self.database, clock, answers).await,
        }
    }

    /// Puts the guard before a service's RPCs.
    pub fn guard(&self, routes: tonic::service::Routes) -> Upstream {
        let guarded = Guard::new(routes.prepare(), self.policy.clone(), self.verifier.clone());
        BoxCloneSyncService::new(guarded.map_err(|never| match never {}))
    }

    /// The access rules of the contract.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

/// Without Redis a request is refused soon, rather than late.
fn within(patience: Duration) -> redis::aio::ConnectionManagerConfig {
    redis::aio::ConnectionManagerConfig::new()
        .set_connection_timeout(Some(patience))
        .set_response_timeout(Some(patience))
        .set_number_of_retries(1)
        .set_max_delay(Duration::from_millis(200))
}

/// The client would leave out the user and password that the URL names.
async fn connect_nats(url: &str) -> anyhow::Result<async_nats::Client> {
    let server: async_nats::ServerAddr = url.parse().context("CAREWAY_NATS_URL is not an address")?;
    let options = match (server.username(), server.password()) {
        (Some(user), Some(password)) => {
            async_nats::ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned())
        }
        _ => async_nats::ConnectOptions::new(),
    };
    Ok(options.connect(server).await?)
}

/// A started service: its name, its guarded RPCs, its database.
#[derive(Clone)]
pub struct Service {
    /// Like `visits`.
    pub name: &'static str,
    /// Its RPCs, guarded.
    pub upstream: Upstream,
    /// Its database.
    pub database: Database,
}

impl Service {
    /// Guards the routes and makes the service known to the others of this process.
    pub fn new(
        name: &'static str,
        routes: tonic::service::Routes,
        database: Database,
        foundation: &Foundation,
    ) -> Self {
        let upstream = foundation.guard(routes);
        foundation.registry.provide(name, upstream.clone());
        Self { name, upstream, database }
    }
}
