//! A platform of a test's own: started in a second, in this process or in others, gone without a trace.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use careway_kernel::Clock;
use careway_service::{Call, Database, Foundation};
use careway_standalone::{
    Platform,
    provision::DATABASES,
    seed::{AUTHSERV_ID, Credentials, Inbox, Message, Rest, until},
};
use careway_testing::{FaultProxy, Leftovers, TestDatabase, TestServers, unique_prefix};
use futures::future::join_all;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

use crate::{
    Processes,
    running::{Layout, Running},
};

const OPERATOR: [&str; 2] = ["operator@careway.example", "umuganda ku wa gatandatu"];

/// Each platform takes some twenty connections of Postgres, which has a hundred unless told otherwise. A test has one platform.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// What a platform is to be like; by default as an installation that says nothing.
#[derive(Clone, Copy, Default)]
pub struct Setup<'a> {
    /// How the services are spread.
    pub layout: Layout,
    /// Settings beside the usual, `CAREWAY_*` names with their values.
    pub settings: &'a [(&'a str, &'a str)],
    /// What the services reach Postgres through.
    pub postgres: Option<&'a FaultProxy>,
}

/// The whole platform, for one test.
pub struct TestPlatform {
    running: Running,
    clock: Clock,
    rest: Rest,
    inbox: Inbox,
    operator: OnceCell<Rest>,
    /// How many codes of each phone were asked for here.
    read: Mutex<HashMap<String, usize>>,
    folder: Folder,
    documents: Folder,
    _leftovers: Leftovers,
    _turn: SemaphorePermit<'static>,
}

/// A folder of the platform's, gone with it.
struct Folder(PathBuf);

impl TestPlatform {
    /// A platform with an operator and nobody else.
    ///
    /// # Panics
    /// When it does not start: the test cannot go on.
    pub async fn start() -> Self {
        Self::of(Setup::default()).await
    }

    /// The same with other settings, `CAREWAY_*` names with their values.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::of(Setup { settings, ..Setup::default() }).await
    }

    /// A platform like this.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn of(setup: Setup<'_>) -> Self {
        match Self::try_of(setup).await {
            Ok(platform) => platform,
            // A port that was free when it was picked may be another program's by the time a process listens on it.
            Err(error) if format!("{error:#}").contains("Address already in use") => {
                Self::try_of(setup).await.unwrap_or_else(|error| panic!("no platform for a test: {error:#}"))
            }
            Err(error) => panic!("no platform for a test: {error:#}"),
        }
    }

    /// Starts a platform in this layout, lets the journey pass, and ends the platform as an operator would.
    pub async fn passes(layout: Layout, journey: impl AsyncFnOnce(&Self)) {
        let platform = Self::of(Setup { layout, ..Setup::default() }).await;
        journey(&platform).await;
        platform.end().await;
    }

    async fn try_of(setup: Setup<'_>) -> anyhow::Result<Self> {
        let turn = AT_ONCE.acquire().await?;
        let prefix = unique_prefix();
        let folder = Folder(std::env::temp_dir().join(format!("careway-{prefix}")));
        let documents = Folder(std::env::temp_dir().join(format!("careway-{prefix}-documents")));
        let mut all: HashMap<String, String> =
            settings(&prefix, &folder.0, &documents.0).into_iter().collect();
        all.extend(databases(setup.postgres).await);
        all.extend(setup.settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let all: Vec<_> = all.into_iter().collect();

        let clock = match setup.layout {
            Layout::OneProcess => Clock::movable(),
            Layout::SeparateProcesses | Layout::TwoOfEach => Clock::system(),
        };
        let running = Running::start(setup.layout, all, clock.clone(), &folder.0).await?;
        let leftovers = Leftovers::of(&prefix, &running.foundation().shutdown);
        let rest = Rest::new(&format!("http://{}", running.gateway()))?;
        Ok(Self {
            running,
            clock,
            rest,
            inbox: Inbox::new(&folder.0),
            operator: OnceCell::new(),
            read: Mutex::default(),
            folder,
            documents,
            _leftovers: leftovers,
            _turn: turn,
        })
    }

    /// A caller without a token.
    pub fn rest(&self) -> &Rest {
        &self.rest
    }

    /// What the platform's operator signs in with.
    pub fn operator_credentials(&self) -> Credentials {
        let [email, password] = OPERATOR;
        Credentials::new(email, password)
    }

    /// The platform's operator, signed in.
    pub async fn operator(&self) -> Rest {
        let credentials = self.operator_credentials();
        // Once: many at the same moment would be taken for guesses.
        let operator = self
            .operator
            .get_or_init(async || self.rest.sign_in(&credentials).await.expect("the operator signs in"));
        operator.await.clone()
    }

    /// The running platform.
    ///
    /// # Panics
    /// When it runs in other processes: a test does not see into those.
    pub fn in_process(&self) -> &Platform {
        self.running.platform().expect("a test does not see into a platform of separate processes")
    }

    /// The platform's processes.
    ///
    /// # Panics
    /// When it runs in the test's own.
    pub fn processes(&self) -> &Processes {
        self.running.processes().expect("a platform of one process has no others")
    }

    /// Clock, Redis, NATS and upstreams: the platform's own, or those of an onlooker at separate processes.
    pub fn foundation(&self) -> &Foundation {
        self.running.foundation()
    }

    /// The database of a service, like `visits`.
    pub fn database(&self, service: &str) -> &Database {
        let found = self.running.services().iter().find(|known| known.name == service);
        &found.unwrap_or_else(|| panic!("there is no service {service}")).database
    }

    /// The platform's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The platform's message folder, as people read it.
    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Where the platform's message folder is.
    pub fn folder(&self) -> &Path {
        &self.folder.0
    }

    /// Where the platform keeps documents.
    pub fn documents(&self) -> &Path {
        &self.documents.0
    }

    /// Moves the platform's time forward. Callers who signed in through [`Rest::sign_in`] sign in again by themselves
    /// when their tokens die of it.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Waits until nothing is under way: events are heard, messages sent.
    pub async fn settle(&self) {
        self.running.settle().await.expect("the platform settles");
    }

    /// Waits until nothing is under way, and no message waits any more: those whose words were not to be had are tried
    /// again after a while.
    pub async fn sent(&self) {
        self.settle().await;
        let waiting = "select count(*) from message where state in ('QUEUED', 'SUBMITTED')";
        let sent = until("messages to be sent", async || {
            let mut reader = self.database("renewals").read(&Call::system("tests")).await?;
            let waiting: i64 = sqlx::query_scalar(waiting).fetch_one(&mut *reader).await?;
            Ok((waiting == 0).then_some(()))
        });
        sent.await.unwrap_or_else(|error| panic!("{error:#}"));
    }

    /// Ends the platform as an operator would: it drains, and every process of it exits 0.
    ///
    /// # Panics
    /// When it does not end well.
    pub async fn end(self) {
        self.running.end().await.expect("the platform ends well");
    }

    /// Everything that was sent to a phone or mail address, the oldest first, once nothing is under way.
    pub async fn messages_to(&self, address: &str) -> Vec<Message> {
        self.settle().await;
        self.inbox.messages_to(address).expect("the message folder can be read")
    }

    /// The next one-time code for this phone, that was not asked for here before; it is waited for.
    pub async fn code_for(&self, phone: &str) -> String {
        let read = {
            let mut read = self.read.lock().expect("never poisoned");
            let count = read.entry(phone.to_owned()).or_default();
            *count += 1;
            *count - 1
        };
        let code = until("a one-time code", async || {
            let messages = self.inbox.messages_to(phone)?;
            Ok(messages.iter().filter_map(Message::code).nth(read).map(str::to_owned))
        });
        code.await.expect("a code is sent")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Not there when nothing was put into it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The databases of every service, by the names of their settings.
async fn databases(proxy: Option<&FaultProxy>) -> Vec<(String, String)> {
    let made = DATABASES.map(async |(service, migrator)| {
        let url = TestDatabase::create(service, migrator).await.url_app;
        let url = proxy.map_or(url.clone(), |proxy| proxy.through(&url));
        (format!("CAREWAY_{}_DATABASE_URL", service.to_uppercase()), url)
    });
    join_all(made).await
}

fn settings(prefix: &str, folder: &Path, documents: &Path) -> Vec<(String, String)> {
    let servers = TestServers::from_env();
    let [email, password] = OPERATOR;
    let secret = "0123456789abcdef0123456789abcdef";
    [
        ("CAREWAY_PREFIX", prefix),
        ("CAREWAY_REDIS_URL", &servers.redis),
        ("CAREWAY_NATS_URL", &servers.nats),
        ("CAREWAY_DATABASE_CONNECTIONS", "6"),
        ("CAREWAY_SERVICE_SECRET", secret),
        ("CAREWAY_GATEWAY_LISTEN", "127.0.0.1:0"),
        // Nobody needs to notice that a test's platform ends.
        ("CAREWAY_STOP_GRACE_SECONDS", "0"),
        // A test is one address that has many connections.
        ("CAREWAY_GATEWAY_CONNECTIONS_PER_ADDRESS", "4096"),
        // And uses them again, however busy the machine is.
        ("CAREWAY_GATEWAY_HEAD_TIMEOUT_MS", "60000"),
        // Nor is a request refused because it is.
        ("CAREWAY_GATEWAY_READ_BUDGET_MS", "60000"),
        ("CAREWAY_GATEWAY_WRITE_BUDGET_MS", "60000"),
        ("CAREWAY_DATABASE_PATIENCE_MS", "30000"),
        ("CAREWAY_REDIS_PATIENCE_MS", "30000"),
        // A test is one address that signs many people in.
        ("CAREWAY_GATEWAY_PUBLIC_RATE", "10000"),
        ("CAREWAY_GATEWAY_CALLER_RATE", "10000"),
        ("CAREWAY_IDENTITY_MASTER_KEY", secret),
        ("CAREWAY_IDENTITY_CODE_PEPPER", secret),
        ("CAREWAY_IDENTITY_OPERATOR_EMAIL", email),
        ("CAREWAY_IDENTITY_OPERATOR_PASSWORD", password),
        // Nobody guesses a test's passwords.
        ("CAREWAY_IDENTITY_PASSWORD_MEMORY_KIB", "64"),
        ("CAREWAY_VISITS_MASTER_KEY", secret),
        ("CAREWAY_VISITS_TIMER_SECONDS", "1"),
        ("CAREWAY_DOCUMENTS_PLACE", &documents.to_string_lossy()),
        ("CAREWAY_DOCUMENTS_KEYS", secret),
        ("CAREWAY_DOCUMENTS_TIMER_SECONDS", "1"),
        ("CAREWAY_RENEWALS_MASTER_KEY", secret),
        ("CAREWAY_CASES_MASTER_KEY", secret),
        ("CAREWAY_CHANNELS_MASTER_KEY", secret),
        ("CAREWAY_CASES_TIMER_SECONDS", "1"),
        ("CAREWAY_CASES_AUTHSERV_ID", AUTHSERV_ID),
        ("CAREWAY_DEVELOPMENT", "true"),
        ("CAREWAY_RENEWALS_FOLDER", &folder.to_string_lossy()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}
