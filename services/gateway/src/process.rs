//! The gateway as a process of its own: services are elsewhere, by `CAREWAY_*_URL`.

use std::net::SocketAddr;

use careway_kernel::Clock;
use careway_service::{Foundation, Settings, Stopping, health, probe, run, telemetry::Telemetry};

use crate::{Config, Gateway, Readiness};

/// Answers REST until SIGTERM.
#[derive(clap::Parser)]
#[command(name = "careway-gateway", version, about)]
struct Cli {
    /// Asks the gateway that serves with these settings whether it is ready, says so by the exit code, and ends.
    #[arg(long)]
    health: bool,
    /// Where `/livez`, `/readyz` and `/metrics` are answered for operators.
    #[arg(long, env = "CAREWAY_OPS_LISTEN", default_value = "0.0.0.0:9090")]
    ops_listen: SocketAddr,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    config: Config,
}

/// The `main` of the gateway.
pub fn main() -> anyhow::Result<()> {
    let cli: Cli = run::parse()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        match cli.health {
            true => probe::ready(cli.config.listen).await,
            false => serve(cli).await,
        }
    })
}

async fn serve(cli: Cli) -> anyhow::Result<()> {
    let telemetry = Telemetry::start("gateway", &cli.settings.telemetry)?;
    let foundation = Foundation::build(&cli.settings, Clock::system()).await?;
    let stopping = Stopping::default();
    let readiness = Readiness { databases: Vec::new(), stopping: stopping.clone() };
    let gateway = Gateway::build(&cli.config, &foundation, readiness)?;
    let listener = run::bound(cli.config.listen).await?;
    let ops = run::bound(cli.ops_listen).await?;
    let (metrics, background_tasks) = (telemetry.metrics.clone(), foundation.background_tasks.clone());
    foundation.tasks.spawn(health::serve_health(
        ops,
        Vec::new(),
        metrics,
        background_tasks,
        stopping.clone(),
    ));
    tracing::info!(listen = %cli.config.listen, ops_listen = %cli.ops_listen, "ready");
    let (stop, grace) = (stopping.clone(), cli.settings.stop_grace());
    foundation.tasks.spawn(async move { stop.after_signal(grace).await });
    gateway.serve(listener, stopping).await;
    run::finish(&foundation).await;
    telemetry.shutdown();
    Ok(())
}
