//! `cargo dev bench`: what this machine can do, what Careway makes of it, and where the difference goes.

mod client;
mod data;
mod enrol;
mod goals;
mod jobs;
mod load;
mod messages;
mod platform;
mod processes;
mod quiet;
mod raw;
mod release;
mod report;
mod rounds;
mod stage;
mod statements;
mod summary;
mod visit;

use crate::checkout::Checkout;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// The visit journey and the benefits read, in one process and in separate ones, against pgbench
    Visit(visit::Arguments),
}

/// Measures.
pub(crate) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<()> {
    match arguments.what {
        What::Visit(arguments) => visit::run(checkout, arguments).await,
    }
}
