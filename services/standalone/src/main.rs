//! The whole platform as one process.

use std::net::SocketAddr;

use careway_events::DeadLettersCommand;
use careway_kernel::{Clock, Redacted};
use careway_service::{Foundation, health, probe, run, telemetry::Telemetry};
use careway_standalone::{Config, Platform, provision};
use clap::{Args, Subcommand, ValueEnum};

/// All of Careway in one process, for small installations.
#[derive(clap::Parser)]
#[command(name = "careway-standalone", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers REST until SIGTERM.
    Serve(Box<Serve>),
    /// Makes the roles and databases that are missing, migrates each, and ends.
    Provision(Provision),
    /// Asks the process that serves whether it is ready, says so by the exit code, and ends.
    Health(Ops),
    /// Lists, redrives or discards the events that a service could not take.
    DeadLetters(Box<DeadLetters>),
}

#[derive(Args)]
struct Ops {
    /// Where `/livez`, `/readyz` and `/metrics` are answered for operators.
    #[arg(long, env = "CAREWAY_OPS_LISTEN", default_value = "0.0.0.0:9090")]
    ops_listen: SocketAddr,
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    ops: Ops,
    #[command(flatten)]
    config: Config,
}

#[derive(Args)]
struct Provision {
    /// The Postgres server as its administrator.
    #[arg(long, env = "CAREWAY_ADMIN_DATABASE_URL", hide_env_values = true)]
    admin_database_url: Redacted,
    /// The password of the roles that are made; none where the server trusts its clients.
    #[arg(long, env = "CAREWAY_DATABASE_PASSWORD", default_value = "", hide_env_values = true)]
    database_password: Redacted,
}

#[derive(Args)]
struct DeadLetters {
    #[command(flatten)]
    config: Config,
    /// Whose.
    #[arg(value_enum)]
    service: Listener,
    #[command(subcommand)]
    command: DeadLettersCommand,
}

/// A service that hears what others say.
#[derive(Clone, Copy, ValueEnum)]
enum Listener {
    Identity,
    Visits,
    Renewals,
    Cases,
    Channels,
}

fn main() -> anyhow::Result<()> {
    let cli: Cli = run::parse()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        match cli.command {
            Command::Serve(serve) => answer(*serve).await,
            Command::Health(ops) => probe::ready(ops.ops_listen).await,
            Command::DeadLetters(asked) => mend(*asked).await,
            Command::Provision(made) => {
                provision::provision(made.admin_database_url.expose(), made.database_password.expose()).await
            }
        }
    })
}

async fn answer(Serve { ops, config }: Serve) -> anyhow::Result<()> {
    let telemetry = Telemetry::start("standalone", &config.settings.telemetry)?;
    let listen = ops.ops_listen;
    let (listener, grace) = (run::bound(listen).await?, config.settings.stop_grace());
    let platform = Platform::start(config, Clock::system()).await?;
    let databases = platform.services().iter().map(|service| service.database.clone()).collect();
    let (metrics, background_tasks) =
        (telemetry.metrics.clone(), platform.foundation().background_tasks.clone());
    let health =
        health::serve_health(listener, databases, metrics, background_tasks, platform.stopping().clone());
    platform.foundation().tasks.spawn(health);
    tracing::info!(gateway = %platform.gateway(), ops = %listen, "ready");
    platform.stopping().after_signal(grace).await;
    let ended = platform.shutdown().await;
    telemetry.shutdown();
    ended
}

async fn mend(DeadLetters { config, service, command }: DeadLetters) -> anyhow::Result<()> {
    let foundation = Foundation::build(&config.settings, Clock::system()).await?;
    let shared = foundation.clone();
    let done = match service {
        Listener::Identity => careway_identity::dead_letters(config.identity, shared, command).await,
        Listener::Visits => careway_visits::dead_letters(config.visits, shared, command).await,
        Listener::Renewals => careway_renewals::dead_letters(config.renewals, shared, command).await,
        Listener::Cases => careway_cases::dead_letters(config.cases, shared, command).await,
        Listener::Channels => careway_channels::dead_letters(config.channels, shared, command).await,
    };
    run::finish(&foundation).await;
    done
}
