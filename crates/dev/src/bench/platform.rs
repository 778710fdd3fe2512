//! Careway as it is measured: release binaries, as one process or as separate ones, with no limit in the way.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use careway_standalone::{
    provision::{DATABASES, database_url},
    seed::Credentials,
};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{processes::Watched, stage::Stage};
use crate::{
    platform::redis_url,
    ports,
    servers::{self, process},
};

/// How long starting and ending may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// How many a service has of its database: what the setting is unless it is given.
pub(super) const DATABASE_CONNECTIONS: u32 = 16;

/// Who sets the network up.
const OPERATOR: (&str, &str) = ("operator@careway.example", "kwihangana bitera kunesha");

/// Limits that would refuse what a benchmark asks for; far above what any machine does.
const LIMITS: [&str; 18] = [
    "CAREWAY_GATEWAY_CALLER_RATE=1000000",
    "CAREWAY_GATEWAY_PUBLIC_RATE=1000000",
    "CAREWAY_IDENTITY_CODE_RESEND_SECONDS=0",
    "CAREWAY_IDENTITY_CODES_PER_MEMBER_10_MIN=1000000",
    "CAREWAY_IDENTITY_CODES_PER_MEMBER_DAY=1000000",
    "CAREWAY_IDENTITY_CODES_PER_FACILITY_10_MIN=100000000",
    "CAREWAY_IDENTITY_CODES_PER_FACILITY_DAY=100000000",
    "CAREWAY_IDENTITY_CODES_PER_STAFF_10_MIN=100000000",
    "CAREWAY_IDENTITY_CODES_PER_NETWORK_10_MIN=100000000",
    "CAREWAY_IDENTITY_CODES_PER_PREFIX_HOUR=100000000",
    "CAREWAY_IDENTITY_CODES_PER_PAYER_DAY=100000000",
    "CAREWAY_IDENTITY_CODE_FAILURES_PER_MEMBER_AND_FACILITY_DAY=1000000",
    "CAREWAY_IDENTITY_CODE_FAILURES_PER_MEMBER_DAY=1000000",
    "CAREWAY_IDENTITY_CODE_FAILURES_PER_FACILITY_DAY=1000000",
    "CAREWAY_IDENTITY_CODE_FAILURES_PER_STAFF_DAY=1000000",
    "CAREWAY_IDENTITY_CODE_FAILURES_PER_PAYER_DAY=1000000",
    "CAREWAY_GATEWAY_READ_BUDGET_MS=30000",
    "CAREWAY_GATEWAY_WRITE_BUDGET_MS=30000",
];

/// For a check: however busy the machine is, nothing is refused for it, and NATS sets no gibibytes aside for what stays small.
const FOR_A_CHECK: [&str; 3] = [
    "CAREWAY_DATABASE_PATIENCE_MS=30000",
    "CAREWAY_REDIS_PATIENCE_MS=30000",
    "CAREWAY_EVENTS_STREAM_MAX_BYTES=67108864",
];

/// How the services are spread over processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// `careway-standalone`.
    OneProcess,
    /// The gateway and five services.
    Separate,
}

impl Layout {
    pub(super) const ALL: [Self; 2] = [Self::OneProcess, Self::Separate];

    /// For tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OneProcess => "one process",
            Self::Separate => "separate processes",
        }
    }
}

/// Settings that outlive a start: what is stored is sealed with these secrets.
pub(super) struct Settings(Vec<(String, String)>);

impl Settings {
    /// For this stage, with secrets of this run.
    pub(super) fn new(stage: &Stage) -> anyhow::Result<Self> {
        let documents = stage.checkout.folder("documents")?;
        let mut settings = vec![
            ("CAREWAY_REDIS_URL".to_owned(), redis_url(&stage.servers)),
            ("CAREWAY_NATS_URL".to_owned(), stage.servers.nats.clone()),
            ("CAREWAY_DEVELOPMENT".to_owned(), "true".to_owned()),
            ("CAREWAY_RENEWALS_FOLDER".to_owned(), stage.checkout.inbox().to_string_lossy().into_owned()),
            ("CAREWAY_DOCUMENTS_PLACE".to_owned(), documents.to_string_lossy().into_owned()),
            ("CAREWAY_IDENTITY_OPERATOR_EMAIL".to_owned(), OPERATOR.0.to_owned()),
            ("CAREWAY_IDENTITY_OPERATOR_PASSWORD".to_owned(), OPERATOR.1.to_owned()),
        ];
        for secret in [
            "SERVICE_SECRET",
            "DOCUMENTS_KEYS",
            "IDENTITY_MASTER_KEY",
            "IDENTITY_CODE_PEPPER",
            "RENEWALS_MASTER_KEY",
            "CASES_MASTER_KEY",
            "CHANNELS_MASTER_KEY",
            "VISITS_MASTER_KEY",
        ] {
            let value = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
            settings.push((format!("CAREWAY_{secret}"), value));
        }
        for (service, _) in DATABASES {
            let url = database_url(&stage.servers.postgres, service, "app", "")?;
            settings.push((format!("CAREWAY_{}_DATABASE_URL", service.to_uppercase()), url));
        }
        let limits = LIMITS.iter().chain(FOR_A_CHECK.iter().filter(|_| stage.is_check));
        let limits = limits.filter_map(|limit| limit.split_once('='));
        settings.extend(limits.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Ok(Self(settings))
    }

    /// And this one.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Who registers organizations.
    pub(super) fn operator() -> Credentials {
        Credentials::new(OPERATOR.0, OPERATOR.1)
    }
}

/// Running processes; killed when dropped.
pub(super) struct Platform {
    processes: Vec<(String, Child)>,
    gateway: SocketAddr,
}

impl Platform {
    /// Starts it, and waits until every process is ready.
    pub(super) async fn start(stage: &Stage, settings: &Settings, layout: Layout) -> anyhow::Result<Self> {
        let mut free = Ports { next: ports::first_for(stage.checkout.key()) + 10 };
        let gateway = free.next()?;
        let mut platform = Self { processes: Vec::new(), gateway };
        let mut settings = settings.0.clone();
        settings.push(("CAREWAY_GATEWAY_LISTEN".to_owned(), gateway.to_string()));
        settings.push(("CAREWAY_GATEWAY_PUBLIC_URL".to_owned(), platform.url()));
        let mut ready = vec![gateway];
        match layout {
            Layout::OneProcess => platform.add(stage, "standalone", &["serve"], &settings)?,
            Layout::Separate => {
                let mut services = Vec::new();
                for (service, _) in DATABASES {
                    let (listen, ops) = (free.next()?, free.next()?);
                    settings.push((
                        format!("CAREWAY_{}_URL", service.to_uppercase()),
                        format!("http://{listen}"),
                    ));
                    services.push((service, listen, ops));
                }
                for (service, listen, ops) in services {
                    let own = [("CAREWAY_LISTEN", listen), ("CAREWAY_OPS_LISTEN", ops)];
                    let own = own.map(|(name, address)| (name.to_owned(), address.to_string()));
                    platform.add(stage, service, &["serve"], &[&settings[..], &own].concat())?;
                    ready.push(ops);
                }
                platform.add(stage, "gateway", &[], &settings)?;
            }
        }
        for address in ready {
            platform.await_ready(stage, address).await?;
        }
        Ok(platform)
    }

    /// The gateway's address.
    pub(super) fn gateway(&self) -> SocketAddr {
        self.gateway
    }

    /// The gateway's base URL.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.gateway)
    }

    /// Its own processes, by name.
    pub(super) fn processes(&self) -> Watched {
        let pid = |(name, child): &(String, Child)| Some((name.clone(), child.id()?));
        Watched(self.processes.iter().filter_map(pid).collect())
    }

    /// Ends it as an operator would: each process drains.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        for (_, child) in &self.processes {
            if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) {
                kill_process(pid, Signal::TERM).context("a process of the platform cannot be ended")?;
            }
        }
        for (name, child) in &mut self.processes {
            let ended = timeout(PATIENCE, child.wait()).await;
            ended.with_context(|| format!("{name} did not end in {} s", PATIENCE.as_secs()))??;
        }
        Ok(())
    }

    fn add(
        &mut self,
        stage: &Stage,
        name: &str,
        arguments: &[&str],
        settings: &[(String, String)],
    ) -> anyhow::Result<()> {
        let program = stage.programs.join(format!("careway-{name}"));
        let output = File::options().create(true).append(true).open(stage.checkout.log(name)?)?;
        let mut command = Command::new(&program);
        // The environment's own settings are for other installations.
        for (variable, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CAREWAY_"))
        {
            command.env_remove(variable);
        }
        let child = command
            .args(arguments)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be run; `cargo dev bench` builds it", program.display()))?;
        self.processes.push((name.to_owned(), child));
        Ok(())
    }

    async fn await_ready(&mut self, stage: &Stage, address: SocketAddr) -> anyhow::Result<()> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build()?;
        let since = Instant::now();
        loop {
            let answer = http.get(format!("http://{address}/readyz")).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            for (name, child) in &mut self.processes {
                if let Some(status) = child.try_wait()? {
                    let words = process::last_lines(&stage.checkout.log(name)?);
                    bail!("careway-{name} ended ({status}); its last words:\n{words}");
                }
            }
            if since.elapsed() > PATIENCE {
                bail!("nothing is ready at {address} after {} s", PATIENCE.as_secs());
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The processes of the stage's servers.
pub(super) fn servers(stage: &Stage) -> Watched {
    let named = servers::processes(&stage.checkout).into_iter();
    Watched(named.map(|(kind, pid)| (kind.to_string(), pid)).collect())
}

struct Ports {
    next: u16,
}

impl Ports {
    fn next(&mut self) -> anyhow::Result<SocketAddr> {
        let port = ports::choose(None, self.next, ports::is_free).context("no free port")?;
        self.next = port + 1;
        Ok((Ipv4Addr::LOCALHOST, port).into())
    }
}
