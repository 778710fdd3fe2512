//! The platform in either of its layouts, and what a test can ask of both.

use std::{collections::HashMap, path::Path};

use anyhow::Context;
use careway_kernel::Clock;
use careway_service::{Foundation, Service};
use careway_standalone::{Config, Platform, Probe, probe, provision::DATABASES, settle};
use futures::future::try_join_all;

use crate::Processes;

/// How the services are spread over processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// All in the test's own process, called in process. Only here can time be moved: the movable clock is a number in
    /// memory, and does not cross processes. A journey that waits for days runs on this layout alone.
    #[default]
    OneProcess,
    /// The gateway and each service a process of its own, the real programs, talking gRPC over TCP by the real clock.
    SeparateProcesses,
    /// The same with two processes of each, and what spreads connections before them.
    TwoOfEach,
}

/// A running platform.
pub(crate) enum Running {
    OneProcess(Platform),
    Separate { processes: Processes, onlooker: Onlooker },
}

/// What a test needs to look into databases and streams that other processes use: it is one more process of the
/// installation, which serves nothing.
pub(crate) struct Onlooker {
    foundation: Foundation,
    events: Probe,
    services: Vec<Service>,
}

impl Running {
    /// Starts it. What separate processes say goes to files in `logs`.
    pub(crate) async fn start(
        layout: Layout,
        settings: Vec<(String, String)>,
        clock: Clock,
        logs: &Path,
    ) -> anyhow::Result<Self> {
        Ok(match layout {
            Layout::OneProcess => {
                Self::OneProcess(Platform::start(Config::from_settings(&settings)?, clock).await?)
            }
            Layout::SeparateProcesses | Layout::TwoOfEach => {
                let replicas = if layout == Layout::TwoOfEach { 2 } else { 1 };
                let processes = Processes::start(settings, logs, replicas).await?;
                let onlooker = Onlooker::at(processes.settings(), clock).await?;
                Self::Separate { processes, onlooker }
            }
        })
    }

    pub(crate) fn platform(&self) -> Option<&Platform> {
        match self {
            Self::OneProcess(platform) => Some(platform),
            Self::Separate { .. } => None,
        }
    }

    pub(crate) fn processes(&self) -> Option<&Processes> {
        match self {
            Self::OneProcess(_) => None,
            Self::Separate { processes, .. } => Some(processes),
        }
    }

    pub(crate) fn gateway(&self) -> std::net::SocketAddr {
        match self {
            Self::OneProcess(platform) => platform.gateway(),
            Self::Separate { processes, .. } => processes.gateway(),
        }
    }

    pub(crate) fn foundation(&self) -> &Foundation {
        match self {
            Self::OneProcess(platform) => platform.foundation(),
            Self::Separate { onlooker, .. } => &onlooker.foundation,
        }
    }

    pub(crate) fn services(&self) -> &[Service] {
        match self {
            Self::OneProcess(platform) => platform.services(),
            Self::Separate { onlooker, .. } => &onlooker.services,
        }
    }

    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        match self {
            Self::OneProcess(platform) => platform.settle().await,
            Self::Separate { processes, onlooker } => {
                settle(&onlooker.events, &onlooker.services, async || processes.background_tasks().await)
                    .await
            }
        }
    }

    pub(crate) async fn end(self) -> anyhow::Result<()> {
        match self {
            Self::OneProcess(platform) => platform.shutdown().await,
            Self::Separate { processes, .. } => processes.end().await,
        }
    }
}

impl Onlooker {
    async fn at(settings: &[(String, String)], clock: Clock) -> anyhow::Result<Self> {
        let foundation = Foundation::build(&Config::from_settings(settings)?.settings, clock).await?;
        let by_name: HashMap<&str, &str> = settings.iter().map(|(name, value)| (&**name, &**value)).collect();
        let services = DATABASES.map(async |(name, _)| {
            let url = by_name.get(&*format!("CAREWAY_{}_DATABASE_URL", name.to_uppercase()));
            let database =
                foundation.database(url.with_context(|| format!("{name} has a database"))?).await?;
            anyhow::Ok(Service { name, upstream: foundation.registry.upstream(name), database })
        });
        let services = try_join_all(services).await?;
        let events = probe(&foundation, &services);
        Ok(Self { foundation, events, services })
    }
}
