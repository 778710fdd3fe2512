//! The whole platform as one process.

use std::sync::Arc;

use careway_kernel::Clock;
use careway_service::{run, telemetry::Telemetry};
use careway_standalone::{Config, Platform};

/// All of Careway in one process, for small installations. Databases are migrated with each service's own `migrate`, or
/// all at once by `careway-dev`.
#[derive(clap::Parser)]
#[command(name = "careway-standalone", version, about)]
struct Cli {
    #[command(flatten)]
    config: Config,
}

fn main() -> anyhow::Result<()> {
    let cli: Cli = run::parse()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let telemetry = Telemetry::start("standalone", &cli.config.settings.telemetry)?;
        let metrics = telemetry.metrics.clone();
        let platform = Platform::start(cli.config, Clock::system(), Arc::new(move || metrics.render())).await?;
        tracing::info!(gateway = %platform.gateway(), "ready");
        run::signalled().await;
        let ended = platform.shutdown().await;
        telemetry.shutdown();
        ended
    })
}
