//! The platform as an installation runs it: the gateway and each service its own program, on ports of their own.

use std::{
    collections::{BTreeMap, HashSet},
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};

use anyhow::{Context, bail};
use careway_service::probe;
use careway_standalone::{provision::DATABASES, seed::until};
use futures::future::{join_all, try_join_all};
use rand::RngExt;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{process::Child, sync::Mutex, time::timeout};

use crate::{
    balancer::{Balancer, Replica},
    program,
};

const GATEWAY: &str = "gateway";
/// Longer than a process may take to end: it drains, finishes its background work and tells its last spans.
const LAST: Duration = Duration::from_secs(90);
/// Below the ports that the operating system hands out by itself: a process that ended finds its own free again.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// Running programs; killed when dropped.
pub struct Processes {
    processes: BTreeMap<String, Process>,
    settings: Vec<(String, String)>,
    gateway: SocketAddr,
    http: reqwest::Client,
    _balancers: Vec<Balancer>,
}

struct Process {
    name: String,
    program: &'static str,
    arguments: &'static [&'static str],
    settings: Vec<(String, String)>,
    ops: SocketAddr,
    log: PathBuf,
    child: Mutex<Option<Child>>,
}

impl Processes {
    /// Starts so many of each, and waits until every one is ready. What they say goes to files in `logs`. The first of a service
    /// is called as it is, the second `visits-2`; before several stands what spreads connections over those that are ready.
    pub(crate) async fn start(
        mut settings: Vec<(String, String)>,
        logs: &Path,
        replicas: usize,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(logs)?;
        let mut named = Vec::new();
        for (service, _) in DATABASES {
            let listen = free_address()?;
            settings.push((format!("CAREWAY_{}_URL", service.to_uppercase()), format!("http://{listen}")));
            named.push((service, "CAREWAY_LISTEN", listen, &["serve"][..]));
        }
        let gateway = free_address()?;
        named.push((GATEWAY, "CAREWAY_GATEWAY_LISTEN", gateway, &[]));

        let (mut processes, mut balancers) = (BTreeMap::new(), Vec::new());
        for (program, variable, address, arguments) in named {
            let mut behind = Vec::new();
            for number in 1..=replicas {
                let name = if number == 1 { program.to_owned() } else { format!("{program}-{number}") };
                let (listen, ops) = (if replicas == 1 { address } else { free_address()? }, free_address()?);
                let own = [(variable, listen), ("CAREWAY_OPS_LISTEN", ops)]
                    .map(|(name, address)| (name.to_owned(), address.to_string()));
                let (settings, log) = ([&settings[..], &own].concat(), logs.join(format!("{name}.log")));
                let child = Mutex::default();
                let process = Process { name: name.clone(), program, arguments, settings, ops, log, child };
                processes.insert(name, process);
                behind.push(Replica { listen, ops });
            }
            if replicas > 1 {
                balancers.push(Balancer::start(address, behind).await?);
            }
        }
        try_join_all(processes.values().map(Process::start)).await?;
        let http = reqwest::Client::builder().no_proxy().timeout(LAST).build()?;
        Ok(Self { processes, settings, gateway, http, _balancers: balancers })
    }

    /// What every one of them is called.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.processes.keys().map(String::as_str)
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

    /// SIGTERM: it drains, and must exit 0 in time.
    pub async fn end_one(&self, name: &str) {
        self.processes[name].end().await.unwrap_or_else(|error| panic!("{error:#}"));
    }

    /// How much memory a process has now, in KiB.
    ///
    /// # Errors
    /// One that does not run.
    pub async fn memory_kib(&self, name: &str) -> anyhow::Result<u64> {
        let child = self.processes[name].child.lock().await;
        let pid = child.as_ref().and_then(Child::id).context("it runs")?;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("its VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// Starts again what has ended, where it was.
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
                eprintln!("the last words of {}:\n{}", process.name, process.last_words());
            }
        }
    }
}

impl Process {
    async fn start(&self) -> anyhow::Result<()> {
        let output = File::options().create(true).append(true).open(&self.log)?;
        let mut command = program(self.program, &self.settings);
        let command = command.args(self.arguments).stdout(output.try_clone()?).stderr(output);
        *self.child.lock().await = Some(command.spawn()?);
        until("a process to be ready", async || {
            let mut child = self.child.lock().await;
            if let Some(status) = child.as_mut().context("it was started")?.try_wait()? {
                bail!("{} ended ({status}); its last words:\n{}", self.name, self.last_words());
            }
            Ok(probe::ready(self.ops).await.ok())
        })
        .await
    }

    async fn end(&self) -> anyhow::Result<()> {
        let Some(mut child) = self.child.lock().await.take() else { return Ok(()) };
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        kill_process(pid.with_context(|| format!("{} ended by itself", self.name))?, Signal::TERM)?;
        let Ok(status) = timeout(LAST, child.wait()).await else {
            bail!("{} runs {} s after SIGTERM", self.name, LAST.as_secs());
        };
        match status? {
            status if status.success() => Ok(()),
            status => bail!("{} ended with {status}; its last words:\n{}", self.name, self.last_words()),
        }
    }

    fn last_words(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

/// A port of the loopback that nobody listens on, and that no other process of this test program was given: it may not listen
/// yet.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    static GIVEN: LazyLock<std::sync::Mutex<HashSet<u16>>> = LazyLock::new(std::sync::Mutex::default);
    let mut given = GIVEN.lock().expect("never poisoned");
    for _ in 0..1_000 {
        let port = rand::rng().random_range(PORTS);
        let address = (Ipv4Addr::LOCALHOST, port).into();
        if !given.contains(&port) && TcpListener::bind(address).is_ok() {
            given.insert(port);
            return Ok(address);
        }
    }
    bail!("no free port in {PORTS:?}")
}
