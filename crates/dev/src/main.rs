//! The command `cargo dev`: everything a developer needs around Careway, from the servers to the checks of CI.

#![expect(
    clippy::disallowed_methods,
    reason = "a tool of developers: its clock and its environment are theirs"
)]

mod bench;
mod carrier;
mod checkout;
mod demo;
mod down;
mod fresh;
mod inbox;
mod mail;
mod platform;
mod ports;
mod say;
mod servers;
mod status;
mod test;
mod tools;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::checkout::Checkout;

#[derive(Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev", about = "Run, watch and check Careway on this machine")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the servers, migrate, seed the demo network and run every service in one process
    Up(up::Arguments),
    /// Walk through a patient's visit, from the desk to the claim and a dispute, against the running platform
    Demo {
        /// Another story in its place
        #[arg(value_enum)]
        story: Option<demo::Story>,
    },
    /// Show the messages the platform sent: SMS and mail, captured instead of delivered
    Inbox(inbox::Arguments),
    /// Give a mail to the platform, as a mail server does
    Mail(mail::Arguments),
    /// Run everything CI runs
    Test(test::Arguments),
    /// Measure Careway against the limit of the machine
    Bench(bench::Arguments),
    /// Say what of this checkout is running, and where
    Status,
    /// Stop the platform and the servers of this checkout
    Down(down::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            say::failure(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let checkout = Checkout::find()?;
    match command {
        Command::Up(arguments) => up::run(&checkout, arguments).await?,
        Command::Demo { story: None } => demo::run(&checkout).await?,
        Command::Demo { story: Some(demo::Story::Renewals) } => demo::renewals::run(&checkout).await?,
        Command::Demo { story: Some(demo::Story::Cases) } => demo::cases::run(&checkout).await?,
        Command::Demo { story: Some(demo::Story::Channels) } => demo::channels::run(&checkout).await?,
        Command::Inbox(arguments) => inbox::run(&checkout, arguments).await?,
        Command::Mail(arguments) => mail::run(&checkout, arguments).await?,
        Command::Test(arguments) => return test::run(&checkout, arguments).await,
        Command::Bench(arguments) => bench::run(&checkout, arguments).await?,
        Command::Status => status::run(&checkout).await?,
        Command::Down(arguments) => down::run(&checkout, arguments).await?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_that_a_guide_names_is_there() {
        let command = Arguments::command();
        for guide in
            ["README.md", "docs/api.md", "docs/architecture.md", "docs/operations.md", "docs/performance.md"]
        {
            let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(guide);
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            for (at, start) in text.match_indices("cargo dev ") {
                let named: String =
                    text[at + start.len()..].chars().take_while(char::is_ascii_lowercase).collect();
                assert!(
                    named.is_empty() || command.find_subcommand(&named).is_some(),
                    "{guide} names `cargo dev {named}`"
                );
            }
        }
    }
}
