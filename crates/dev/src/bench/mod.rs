//! `cargo dev bench`: what this machine can do, what Careway makes of it, and where the difference goes.

mod client;
mod data;
mod enrol;
mod goals;
mod jobs;
mod load;
mod measure;
mod messages;
mod names;
mod platform;
mod processes;
mod quiet;
mod raw;
mod release;
mod report;
mod rounds;
mod sample;
mod stage;
mod statements;
mod summary;

use self::{jobs::Job, measure::Arguments as HowToMeasure};
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
    Visit(HowToMeasure),
    /// Claims of five lines, each of a family of its own and all of one family, against pgbench
    Claims(HowToMeasure),
}

/// Measures.
pub(crate) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<()> {
    match arguments.what {
        What::Visit(how) => measure::run(checkout, how, "visit", &[Job::Journey, Job::Read]).await,
        What::Claims(how) => measure::run(checkout, how, "claims", &[Job::Claim, Job::HotClaim]).await,
    }
}
