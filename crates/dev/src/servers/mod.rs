//! The servers of this checkout: PostgreSQL, Redis and NATS as private instances under `.dev`, on ports of their own.

pub(crate) mod install;
mod nats;
mod postgres;
pub(crate) mod process;
mod redis;
mod version;

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::process::Signal;
use serde::{Deserialize, Serialize};
use tokio::{process::Child, time::sleep};

use crate::{
    checkout::{self, Checkout},
    ports, say,
};

/// How long a server that was just started may take to answer; crash recovery is part of it.
const START: Duration = Duration::from_secs(60);

/// How long a server that runs may stay silent before it counts as hung.
const RECOVER: Duration = Duration::from_secs(10);

/// How long a server may take to end.
const STOP: Duration = Duration::from_secs(30);

/// How long the system may take to end a server that did not do so itself.
const KILL: Duration = Duration::from_secs(5);

/// How often a start is tried anew when another program was quicker to take the port.
const TRIES: usize = 3;

/// One of the servers Careway needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// PostgreSQL.
    Postgres,
    /// Redis, or Valkey.
    Redis,
    /// NATS with JetStream.
    Nats,
}

/// What is remembered of a server that was started, in `.dev/servers.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Server {
    pid: u32,
    port: u16,
    /// Where its data is. Its command line names it, which tells the process from any other.
    folder: PathBuf,
}

/// The addresses of the running servers.
pub(crate) struct Servers {
    /// The superuser's URL.
    pub(crate) postgres: String,
    /// Redis.
    pub(crate) redis: String,
    /// NATS.
    pub(crate) nats: String,
}

type Known = BTreeMap<Kind, Server>;

impl Kind {
    const ALL: [Self; 3] = [Self::Postgres, Self::Redis, Self::Nats];

    async fn folder(self, checkout: &Checkout) -> anyhow::Result<PathBuf> {
        match self {
            Self::Postgres => postgres::folder(checkout).await,
            Self::Redis => checkout.folder("redis"),
            Self::Nats => checkout.folder("nats"),
        }
    }

    async fn start(self, checkout: &Checkout, folder: &Path, port: u16) -> anyhow::Result<Child> {
        match self {
            Self::Postgres => postgres::start(checkout, folder, port).await,
            Self::Redis => redis::start(checkout, folder, port).await,
            Self::Nats => nats::start(checkout, folder, port).await,
        }
    }

    async fn answers(self, server: &Server) -> bool {
        match self {
            Self::Postgres => postgres::answers(server.port, &server.folder).await,
            Self::Redis => redis::answers(server.port).await,
            Self::Nats => nats::answers(server.port).await,
        }
    }

    fn url(self, port: u16) -> String {
        match self {
            Self::Postgres => postgres::url(port),
            Self::Redis => redis::url(port),
            Self::Nats => nats::url(port),
        }
    }

    /// The URL as people need it, without its parameters.
    fn address(self, port: u16) -> String {
        let url = self.url(port);
        url.split('?').next().unwrap_or(&url).to_owned()
    }

    /// The signal that asks for an orderly end. PostgreSQL's TERM would wait for every client to leave.
    fn goodbye(self) -> Signal {
        match self {
            Self::Postgres => Signal::INT,
            Self::Redis | Self::Nats => Signal::TERM,
        }
    }

    fn log(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Nats => "nats",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Postgres => "PostgreSQL",
            Self::Redis => "Redis",
            Self::Nats => "NATS",
        })
    }
}

impl Server {
    fn is_alive(&self) -> bool {
        process::is_alive(self.pid, &self.folder.to_string_lossy())
    }
}

/// Makes sure that all three servers run and answer, installing what is missing.
pub(crate) async fn ensure(checkout: &Checkout) -> anyhow::Result<Servers> {
    say::headline("Servers");
    let _lock = checkout.lock()?;
    let mut known = read(checkout);
    for kind in Kind::ALL {
        ensure_one(checkout, kind, &mut known).await?;
    }
    let url = |kind: Kind| kind.url(known[&kind].port);
    Ok(Servers { postgres: url(Kind::Postgres), redis: url(Kind::Redis), nats: url(Kind::Nats) })
}

/// Stops what runs of this checkout's servers.
pub(crate) async fn stop(checkout: &Checkout) -> anyhow::Result<()> {
    let _lock = checkout.lock()?;
    let known = read(checkout);
    for (kind, server) in known.iter().rev() {
        if server.is_alive() {
            let step = say::begin(format!("stopping {kind}"));
            stop_one(*kind, server).await?;
            step.done(format!("{kind} stopped"));
        } else {
            say::line(format!("{kind} is not running"));
        }
    }
    if known.is_empty() {
        say::line("no server of this checkout is running");
    }
    Ok(())
}

/// Each server with its address, and whether it answers there.
pub(crate) async fn status(checkout: &Checkout) -> Vec<(Kind, Option<String>)> {
    let known = read(checkout);
    let mut answer = Vec::new();
    for kind in Kind::ALL {
        let address = match known.get(&kind) {
            Some(server) if server.is_alive() && kind.answers(server).await => {
                Some(kind.address(server.port))
            }
            _ => None,
        };
        answer.push((kind, address));
    }
    answer
}

/// The processes of the servers that run.
pub(crate) fn processes(checkout: &Checkout) -> Vec<(Kind, u32)> {
    let known = read(checkout);
    known.iter().filter(|(_, server)| server.is_alive()).map(|(kind, server)| (*kind, server.pid)).collect()
}

/// Folders of this checkout's servers that are not inside it.
pub(crate) fn outside(checkout: &Checkout) -> PathBuf {
    postgres::outside(checkout)
}

async fn ensure_one(checkout: &Checkout, kind: Kind, known: &mut Known) -> anyhow::Result<()> {
    let step = say::begin(kind);
    let before = known.get(&kind).cloned();
    if let Some(server) = before.as_ref().filter(|server| server.is_alive()) {
        if wait_until_answering(kind, server, RECOVER, || Ok(server.is_alive())).await? {
            step.done(format!("{kind:<10}  {}  running", kind.address(server.port)));
            return Ok(());
        }
        say::line(format!("{kind} (process {}) runs but does not answer: starting it anew", server.pid));
        stop_one(kind, server).await?;
    }

    let folder = kind.folder(checkout).await?;
    let mut preferred = before.map(|server| server.port);
    for _ in 0..TRIES {
        let first = ports::first_for(checkout.key());
        let port = ports::choose(preferred, first, ports::is_free)
            .with_context(|| format!("no free port for {kind} from {first} on"))?;
        let mut process = kind.start(checkout, &folder, port).await?;
        let pid = process.id().context("a process that was just started has an id")?;
        let server = Server { pid, port, folder: folder.clone() };
        // At once: whatever happens next, `cargo dev down` knows of it.
        known.insert(kind, server.clone());
        write(checkout, known)?;
        if wait_until_answering(kind, &server, START, || Ok(process.try_wait()?.is_none())).await? {
            step.done(format!("{kind:<10}  {}  started", kind.address(port)));
            return Ok(());
        }
        if ports::is_free(port) {
            break;
        }
        preferred = None;
    }
    let log = checkout.log(kind.log())?;
    bail!("{kind} could not be started; the last lines of {}:\n{}", log.display(), process::last_lines(&log))
}

/// False when the server ended instead, or stays silent. Another program may answer on a port it did not get.
async fn wait_until_answering(
    kind: Kind,
    server: &Server,
    patience: Duration,
    mut lives: impl FnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<bool> {
    let since = Instant::now();
    while lives()? && since.elapsed() < patience {
        if kind.answers(server).await {
            return lives();
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(false)
}

async fn stop_one(kind: Kind, server: &Server) -> anyhow::Result<()> {
    let mark = server.folder.to_string_lossy();
    // Killed only when it hangs. All three keep what they acknowledged even so.
    for (signal, patience) in [(kind.goodbye(), STOP), (Signal::KILL, KILL)] {
        if process::stop(server.pid, &mark, signal, patience).await? {
            return Ok(());
        }
        say::line(format!("{kind} (process {}) has not ended after {} s", server.pid, patience.as_secs()));
    }
    bail!("{kind} (process {}) cannot be stopped", server.pid)
}

/// What is known of the servers. Unreadable is as good as absent: a start finds out by itself.
fn read(checkout: &Checkout) -> Known {
    let text = fs::read_to_string(checkout.private_path().join("servers.json")).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn write(checkout: &Checkout, known: &Known) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(known)?;
    checkout::replace(&checkout.private()?.join("servers.json"), &text)
        .context("cannot write .dev/servers.json")
}
