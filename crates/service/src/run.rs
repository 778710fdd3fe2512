//! A service as a process: its command line, its port and its end.

use std::{future::Future, net::SocketAddr, time::Duration};

use anyhow::Context;
use careway_kernel::{Clock, Redacted};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;

use crate::{
    foundation::{Foundation, Service},
    grpc::{Rpcs, serve_grpc},
    health::serve_health,
    migrate::Migrator,
    probe,
    settings::{Settings, secrets_from_files},
    stopping::Stopping,
    telemetry::Telemetry,
};

#[derive(Parser)]
#[command(version, about)]
struct Cli<C: Args, D: Subcommand> {
    #[command(subcommand)]
    command: Command<C, D>,
}

#[derive(Subcommand)]
enum Command<C: Args, D: Subcommand> {
    /// Answers gRPC until SIGTERM.
    Serve(Box<Serve<C>>),
    /// Brings the database up to date, as its owner, and ends.
    Migrate(Migrate),
    /// Asks the process that serves beside it whether it is ready, and says so by its exit code.
    Health(Health),
    /// Lists, redrives or discards the events that this service could not take.
    DeadLetters(Box<DeadLetters<C, D>>),
}

#[derive(Args)]
struct Serve<C: Args> {
    /// Where gRPC is answered.
    #[arg(long, env = "CAREWAY_LISTEN", default_value = "0.0.0.0:50051")]
    listen: SocketAddr,
    /// Where `/livez`, `/readyz` and `/metrics` are answered.
    #[arg(long, env = "CAREWAY_OPS_LISTEN", default_value = "0.0.0.0:9090")]
    ops_listen: SocketAddr,
    /// Whether gRPC reflection tells anybody on the port which RPCs there are: for development.
    #[arg(long, env = "CAREWAY_GRPC_REFLECTION", default_value_t = false, action = clap::ArgAction::Set)]
    grpc_reflection: bool,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    config: C,
}

#[derive(Args)]
struct Migrate {
    /// The database as its owner role.
    #[arg(long, env = "CAREWAY_MIGRATION_DATABASE_URL", hide_env_values = true)]
    database_url: Redacted,
}

#[derive(Args)]
struct Health {
    /// Where the serving process answers `/readyz`.
    #[arg(long, env = "CAREWAY_OPS_LISTEN", default_value = "0.0.0.0:9090")]
    ops_listen: SocketAddr,
}

#[derive(Args)]
struct DeadLetters<C: Args, D: Subcommand> {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    config: C,
    #[command(subcommand)]
    command: D,
}

/// Parses a command line, secrets from files included.
pub fn parse<T: CommandFactory + FromArgMatches>() -> anyhow::Result<T> {
    let mut command = T::command();
    give(&mut command, &secrets_from_files()?);
    Ok(T::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit()))
}

/// Settings from a list of variables in place of a command line: for a process that configures another part of itself.
/// What is in the list wins over the environment, which gives the rest.
pub fn parse_settings<T: CommandFactory + FromArgMatches>(
    settings: &[(String, String)],
) -> anyhow::Result<T> {
    let mut command = T::command();
    give(&mut command, settings);
    Ok(T::from_arg_matches(&command.try_get_matches_from(["careway"])?)?)
}

/// Each content becomes the value of the argument its variable stands for, unless the command line gives another.
fn give(command: &mut clap::Command, secrets: &[(String, String)]) {
    let taken = std::mem::take(command);
    let mut taken = taken.mut_args(|argument| {
        let variable = argument.get_env().and_then(|name| name.to_str()).map(str::to_owned);
        match secrets.iter().find(|(name, _)| Some(name) == variable.as_ref()) {
            Some((_, content)) => {
                let argument = argument.default_value(&*content.clone().leak()).hide_default_value(true);
                argument.required(false).env(None::<&'static str>)
            }
            None => argument,
        }
    });
    for inner in taken.get_subcommands_mut() {
        give(inner, secrets);
    }
    *command = taken;
}

/// The `main` of a service. `dead_letters` does what an operator asks for about the events it could not take.
pub fn run<C, D, S, L>(
    name: &'static str,
    migrator: &'static Migrator,
    start: impl FnOnce(C, Foundation) -> S,
    dead_letters: impl FnOnce(C, Foundation, D) -> L,
) -> anyhow::Result<()>
where
    C: Args,
    D: Subcommand,
    S: Future<Output = anyhow::Result<Service>>,
    L: Future<Output = anyhow::Result<()>>,
{
    let cli: Cli<C, D> = parse()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        match cli.command {
            Command::Migrate(migrate) => crate::migrate(migrate.database_url.expose(), migrator).await,
            Command::Health(health) => probe::ready(health.ops_listen).await,
            Command::DeadLetters(asked) => {
                let foundation = Foundation::build(&asked.settings, Clock::system()).await?;
                let done = dead_letters(asked.config, foundation.clone(), asked.command).await;
                finish(&foundation).await;
                done
            }
            Command::Serve(serve) => {
                let telemetry = Telemetry::start(name, &serve.settings.telemetry)?;
                let foundation = Foundation::build(&serve.settings, Clock::system()).await?;
                let Serve { listen, ops_listen, grpc_reflection, settings, config } = *serve;
                let service = start(config, foundation.clone()).await?;
                let rpcs = Rpcs::of(service.name, grpc_reflection)?;
                let ports = (bound(listen).await?, bound(ops_listen).await?);
                let metrics = telemetry.metrics.clone();
                let ended = answer(ports, (service, rpcs), &foundation, metrics, settings.stop_grace()).await;
                telemetry.shutdown();
                ended
            }
        }
    })
}

async fn answer(
    (listener, ops): (TcpListener, TcpListener),
    (service, rpcs): (Service, Rpcs),
    foundation: &Foundation,
    metrics: PrometheusHandle,
    grace: Duration,
) -> anyhow::Result<()> {
    let stopping = Stopping::default();
    let databases = vec![service.database.clone()];
    tracing::info!(
        service = service.name,
        listen = %listener.local_addr()?,
        ops_listen = %ops.local_addr()?,
        "ready"
    );
    let health = serve_health(ops, databases, metrics, foundation.background_tasks.clone(), stopping.clone());
    foundation.tasks.spawn(health);
    let stop = stopping.clone();
    foundation.tasks.spawn(async move { stop.after_signal(grace).await });
    serve_grpc(listener, service, rpcs, stopping.closing().clone()).await?;
    stopping.close();
    finish(foundation).await;
    Ok(())
}

/// A port of this process.
///
/// # Errors
/// One that cannot be listened on.
pub async fn bound(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// Ends the background tasks: relays and consumers finish what they hold.
pub async fn finish(foundation: &Foundation) {
    foundation.background_tasks.close();
    if tokio::time::timeout(Duration::from_secs(5), foundation.background_tasks.wait()).await.is_err() {
        tracing::warn!("some background_tasks did not end in time");
    }
    foundation.shutdown.cancel();
    foundation.tasks.close();
    if tokio::time::timeout(Duration::from_secs(15), foundation.tasks.wait()).await.is_err() {
        tracing::warn!("some background tasks did not end in time");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Parser)]
    struct Settled {
        // Variables of every environment that tests run in.
        #[arg(long, env = "PATH")]
        path: String,
        #[arg(long, env = "HOME")]
        home: Option<String>,
    }

    #[test]
    fn what_is_given_wins_over_the_environment_which_gives_the_rest() {
        let given = [("PATH".to_owned(), "given".to_owned())];
        let settled: Settled = parse_settings(&given).unwrap();
        assert_eq!(settled.path, "given");
        assert_eq!(settled.home, std::env::var("HOME").ok());
    }
}
