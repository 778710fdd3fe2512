//! `cargo dev bench`: what this machine can do, what Careway makes of it, and where the difference goes.

mod booking;
mod client;
mod copies;
mod data;
mod enrol;
mod goals;
mod jobs;
mod load;
mod mail;
mod measure;
mod messages;
mod names;
mod pgbench;
mod platform;
mod processes;
mod quiet;
mod raw;
mod refusals;
mod release;
mod renewals;
mod report;
mod rounds;
mod sample;
mod stage;
mod statements;
mod summary;
mod webhooks;
mod workers;

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
    /// Lists of participants and workbooks, against COPY and the bare loop of a writer; texts and planning
    Renewals(renewals::HowToMeasure),
    /// Mails that open cases, against pgbench; reading them, against mail-parser
    Mail(HowToMeasure),
    /// Bookings, refusals and a crowd, against the insert alone; how long what is free is asked for
    Booking(HowToMeasure),
    /// Deliveries to endpoints, against the same posts alone; beside a slow one and a dead one
    Webhooks(HowToMeasure),
}

/// Measures.
pub(crate) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<()> {
    match arguments.what {
        What::Visit(how) => measure::run(checkout, how, "visit", &[Job::Journey, Job::Read]).await,
        What::Renewals(how) => renewals::run(checkout, how).await,
        What::Mail(how) => mail::run(checkout, how).await,
        What::Booking(how) => booking::run(checkout, how).await,
        What::Webhooks(how) => webhooks::run(checkout, how).await,
        What::Claims(how) => measure::run(checkout, how, "claims", &[Job::Claim, Job::HotClaim]).await,
    }
}
