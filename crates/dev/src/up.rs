//! `cargo dev up`: from nothing to a running platform with a demo network, until Ctrl-C.

use std::{
    fs::{File, TryLockError},
    io::{Seek, Write},
    process,
};

use anyhow::{Context, bail};
use careway_standalone::seed::Demo;

use crate::{
    carrier,
    checkout::{self, Checkout},
    fresh, platform, ports, say, servers,
    status::{self, Running},
};

/// How to start.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Begin with empty databases, streams and messages
    #[arg(long)]
    fresh: bool,
    /// Where the gateway listens; the next free port when it is taken
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Starts everything, and stays until it is told to end.
pub(crate) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<()> {
    let mut claim = claim(checkout)?;
    let servers = servers::ensure(checkout).await?;

    say::headline("Platform");
    if arguments.fresh {
        let step = say::begin("removing the data of earlier runs");
        fresh::clear(checkout, &servers).await?;
        step.done("data of earlier runs removed");
    }
    let step = say::begin("migrating the databases");
    platform::provision(&servers).await?;
    step.done("databases migrated");

    let port = ports::choose(None, arguments.port, ports::is_free).context("no free port for the gateway")?;
    if port != arguments.port {
        say::line(format!("port {} is taken: the gateway gets {port}", arguments.port));
    }
    let step = say::begin("starting the services");
    let routes = carrier::start(checkout).await?;
    let platform = platform::start(checkout, &servers, port, &routes).await?;
    step.done("services started");

    let step = say::begin("making the demo network");
    let demo = platform::make_demo(checkout, &platform).await?;
    step.done("demo network ready");

    write(&mut claim, &Running { pid: process::id(), gateway: Some(demo.gateway.clone()) })?;
    introduce(&demo);

    careway_service::signalled().await;
    say::headline("Stopping");
    let step = say::begin("finishing what is under way; Ctrl-C again ends at once");
    tokio::select! {
        ended = platform.shutdown() => ended?,
        () = careway_service::signalled() => bail!("ended before everything was finished"),
    }
    step.done("platform stopped; the servers stay until `cargo dev down`");
    Ok(())
}

/// Makes this the only `up` of the checkout, for as long as the file stays open.
fn claim(checkout: &Checkout) -> anyhow::Result<File> {
    checkout.private()?;
    let mut file = checkout::open(&checkout.up_file())?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => match status::platform(checkout)? {
            Some(Running { pid, gateway: Some(gateway) }) => {
                bail!("already running at {gateway} (process {pid}); `cargo dev down` stops it")
            }
            _ => bail!("another `cargo dev up` of this checkout is just starting"),
        },
        Err(TryLockError::Error(error)) => return Err(error).context("cannot lock .dev/up.json"),
    }
    write(&mut file, &Running { pid: process::id(), gateway: None })?;
    Ok(file)
}

fn write(claim: &mut File, running: &Running) -> anyhow::Result<()> {
    let text = serde_json::to_vec(running)?;
    claim.rewind()?;
    claim.write_all(&text)?;
    claim.set_len(text.len() as u64)?;
    Ok(())
}

/// Says what is there and what to do with it.
fn introduce(demo: &Demo) {
    let gateway = &demo.gateway;
    say::headline("Careway is running");
    say::table(
        ["", ""],
        &[
            ["Gateway".to_owned(), gateway.clone()],
            ["Reference".to_owned(), format!("{gateway}/docs/")],
            ["OpenAPI".to_owned(), format!("{gateway}/openapi.json")],
        ],
    );
    say::headline("Who can sign in: one of each role, and who sells and books appointments");
    let logins = demo.logins.iter().filter(|login| login.shown);
    let rows: Vec<_> = logins
        .map(|login| {
            [login.role.clone(), login.email.clone(), login.password.clone(), login.organization.clone()]
        })
        .collect();
    say::table(["ROLE", "E-MAIL", "PASSWORD", "ORGANIZATION"], &rows);
    say::headline("Members to check in");
    let members = demo.members.iter();
    let rows: Vec<_> = members
        .map(|member| {
            [
                member.member_number.clone(),
                member.national_id.clone(),
                member.phone.clone(),
                member.payer.clone(),
            ]
        })
        .collect();
    say::table(["MEMBER", "NATIONAL ID", "PHONE", "PAYER"], &rows);
    say::headline("Next, in another terminal");
    say::table(
        ["", ""],
        &[
            [
                "cargo dev demo".to_owned(),
                "a patient's visit: the claim and its decision, medicines, a document".to_owned(),
            ],
            [
                "cargo dev demo channels".to_owned(),
                "a clinic's appointments in a call centre; beside it: renewals, cases".to_owned(),
            ],
            ["cargo dev inbox --follow".to_owned(), "the messages members and staff get".to_owned()],
            ["cargo dev down".to_owned(), "ends the platform and its servers".to_owned()],
        ],
    );
    say::line("");
    say::line("Everybody is in .dev/demo.json. Ctrl-C ends the platform.");
}
