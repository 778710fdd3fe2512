//! The platform as an installation runs it: the gateway and each service its own program, on ports of their own.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use careway_service::probe;
use careway_standalone::{provision::DATABASES, seed::until};
use futures::future::{join_all, try_join_all};
use rand::RngExt;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{process::Child, sync::Mutex, time::timeout};

use crate::program;

const GATEWAY: &str = "gateway";
/// Longer than a process drains.
const LAST: Duration = Duration::from_secs(30);
/// Below the ports that the operating system hands out by itself: a process that ended finds its own free again.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// Running programs; killed when dropped.
pub struct Processes {
    processes: BTreeMap<&'static str, Process>,
    settings: Vec<(String, String)>,
    gateway: SocketAddr,
    http: reqwest::Client,
}

struct Process {
    name: &'static str,
    arguments: &'static [&'static str],
    settings: Vec<(String, String)>,
    ops: SocketAddr,
    log: PathBuf,
    child: Mutex<Option<Child>>,
}

impl Processes {
    /// Starts them all, and waits until each is ready. What they say goes to files in `logs`.
    pub(crate) async fn start(mut settings: Vec<(String, String)>, logs: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(logs)?;
        let mut named = Vec::new();
        for (service, _) in DATABASES {
            let listen = free_address()?;
            settings.push((format!("CAREWAY_{}_URL", service.to_uppercase()), format!("http://{listen}")));
            named.push((service, listen, &["serve"][..]));
        }
        let gateway = free_address()?;
        settings.push(("CAREWAY_GATEWAY_LISTEN".to_owned(), gateway.to_string()));
        named.push((GATEWAY, gateway, &[]));

        let mut processes = BTreeMap::new();
        for (name, listen, arguments) in named {
            let ops = free_address()?;
            let own = [("CAREWAY_LISTEN", listen), ("CAREWAY_OPS_LISTEN", ops)]
                .map(|(name, address)| (name.to_owned(), address.to_string()));
            let (settings, log) = ([&settings[..], &own].concat(), logs.join(format!("{name}.log")));
            let process = Process { name, arguments, settings, ops, log, child: Mutex::default() };
            processes.insert(name, process);
        }
        try_join_all(processes.values().map(Process::start)).await?;
        let http = reqwest::Client::builder().no_proxy().timeout(LAST).build()?;
        Ok(Self { processes, settings, gateway, http })
    }

    /// What every process was told, the addresses of the others included.
    pub fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    pub(crate) fn gateway(&self) -> SocketAddr {
        self.gateway
    }

    /// SIGKILL: it ends on the spot.
    pub async fn kill(&self, name: &str) {
        let mut child = self.processes[name].child.lock().await;
        child.take().expect("it runs").kill().await.expect("a process of the test's own can be killed");
    }

    /// Starts again what was killed, where it was.
    pub async fn restart(&self, name: &str) {
        self.processes[name].start().await.unwrap_or_else(|error| panic!("{error:#}"));
    }

    /// How much short work goes on after its answers.
    pub(crate) async fn background_tasks(&self) -> anyhow::Result<usize> {
        let counts = self.metrics().await?.into_iter().map(|told| {
            let count = told.lines().find_map(|line| line.strip_prefix("careway_background_tasks "));
            let count = count.context("no process is silent about its background_tasks")?;
            count.parse::<usize>().map_err(anyhow::Error::from)
        });
        counts.sum()
    }

    /// What each process measures, in Prometheus' text format.
    ///
    /// # Errors
    /// A process that does not say.
    pub async fn metrics(&self) -> anyhow::Result<Vec<String>> {
        let told = self.processes.values().map(async |process| {
            let told = self.http.get(format!("http://{}/metrics", process.ops)).send().await?;
            anyhow::Ok(told.error_for_status()?.text().await?)
        });
        try_join_all(told).await
    }

    /// SIGTERM to all of them at once, as a cluster that is shut down; each must drain and exit 0.
    pub(crate) async fn end(&self) -> anyhow::Result<()> {
        // Of each it is waited for, even when another did not end well.
        let ended = join_all(self.processes.values().map(Process::end)).await;
        ended.into_iter().collect()
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for process in self.processes.values() {
                eprintln!("the last words of careway-{}:\n{}", process.name, process.last_words());
            }
        }
    }
}

impl Process {
    async fn start(&self) -> anyhow::Result<()> {
        let output = File::options().create(true).append(true).open(&self.log)?;
        let mut command = program(self.name, &self.settings);
        let command = command.args(self.arguments).stdout(output.try_clone()?).stderr(output);
        *self.child.lock().await = Some(command.spawn()?);
        until("a process to be ready", async || {
            let mut child = self.child.lock().await;
            if let Some(status) = child.as_mut().context("it was started")?.try_wait()? {
                bail!("careway-{} ended ({status}); its last words:\n{}", self.name, self.last_words());
            }
            Ok(probe::ready(self.ops).await.ok())
        })
        .await
    }

    async fn end(&self) -> anyhow::Result<()> {
        let Some(mut child) = self.child.lock().await.take() else { return Ok(()) };
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        kill_process(pid.with_context(|| format!("careway-{} ended by itself", self.name))?, Signal::TERM)?;
        let Ok(status) = timeout(LAST, child.wait()).await else {
            bail!("careway-{} runs {} s after SIGTERM", self.name, LAST.as_secs());
        };
        match status? {
            status if status.success() => Ok(()),
            status => {
                bail!("careway-{} ended with {status}; its last words:\n{}", self.name, self.last_words())
            }
        }
    }

    fn last_words(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

/// A port of the loopback that nobody listens on.
fn free_address() -> anyhow::Result<SocketAddr> {
    for _ in 0..100 {
        let address = (Ipv4Addr::LOCALHOST, rand::rng().random_range(PORTS)).into();
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no free port in {PORTS:?}")
}
