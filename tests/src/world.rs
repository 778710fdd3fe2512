//! A platform of a test's own: started in a second, gone without a trace.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use careway_kernel::Clock;
use careway_standalone::{
    Config, Platform,
    provision::DATABASES,
    seed::{Credentials, Inbox, Message, Rest, until},
};
use careway_testing::{TestDatabase, TestServers, unique_prefix};
use futures::{TryStreamExt, future::join_all};
use tokio::{
    runtime,
    sync::{OnceCell, Semaphore, SemaphorePermit},
};

const OPERATOR: [&str; 2] = ["operator@careway.example", "umuganda ku wa gatandatu"];

/// Each world takes some twenty connections of Postgres, which has a hundred unless told otherwise. A test has one world.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// The whole platform, for one test.
pub struct World {
    platform: Platform,
    clock: Clock,
    rest: Rest,
    inbox: Inbox,
    operator: OnceCell<Rest>,
    /// How many codes of each phone were asked for here.
    read: Mutex<HashMap<String, usize>>,
    traces: Traces,
    _turn: SemaphorePermit<'static>,
}

/// What a world leaves on the servers and the disk.
#[derive(Clone)]
struct Traces {
    servers: TestServers,
    prefix: String,
    folder: PathBuf,
    documents: PathBuf,
}

impl World {
    /// A platform with an operator and nobody else.
    ///
    /// # Panics
    /// When it does not start: the test cannot go on.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// The same with other settings, `CAREWAY_*` names with their values.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::try_with(settings).await.unwrap_or_else(|error| panic!("no platform for a test: {error:#}"))
    }

    async fn try_with(extra: &[(&str, &str)]) -> anyhow::Result<Self> {
        let turn = AT_ONCE.acquire().await?;
        let prefix = unique_prefix();
        let folder = std::env::temp_dir().join(format!("careway-{prefix}"));
        let documents = std::env::temp_dir().join(format!("careway-{prefix}-documents"));
        let traces = Traces { servers: TestServers::from_env(), prefix, folder, documents };
        let mut settings = settings(&traces);
        settings.extend(databases().await);
        let mut settings: HashMap<String, String> = settings.into_iter().collect();
        settings.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let config = Config::from_settings(&settings.into_iter().collect::<Vec<_>>())?;

        let clock = Clock::movable();
        let platform = Platform::start(config, clock.clone()).await?;
        let rest = Rest::new(&format!("http://{}", platform.gateway()))?;
        let inbox = Inbox::new(&traces.folder);
        Ok(Self {
            platform,
            clock,
            rest,
            inbox,
            operator: OnceCell::new(),
            read: Mutex::default(),
            traces,
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
    pub fn platform(&self) -> &Platform {
        &self.platform
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
        &self.traces.folder
    }

    /// Where the platform keeps documents.
    pub fn documents(&self) -> &Path {
        &self.traces.documents
    }

    /// Moves the platform's time forward. Callers who signed in through [`Rest::sign_in`] sign in again by themselves
    /// when their tokens die of it.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Waits until nothing is under way: events are heard, messages sent.
    pub async fn settle(&self) {
        self.platform.settle().await.expect("the platform settles");
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

/// The databases of every service, by the names of their settings.
async fn databases() -> Vec<(String, String)> {
    let made = DATABASES.map(async |(service, migrator)| {
        let database = TestDatabase::create(service, migrator).await;
        (format!("CAREWAY_{}_DATABASE_URL", service.to_uppercase()), database.url_app)
    });
    join_all(made).await
}

fn settings(traces: &Traces) -> Vec<(String, String)> {
    let Traces { servers, prefix, folder, documents } = traces;
    let [email, password] = OPERATOR;
    let secret = "0123456789abcdef0123456789abcdef";
    [
        ("CAREWAY_PREFIX", prefix.as_str()),
        ("CAREWAY_REDIS_URL", &servers.redis),
        ("CAREWAY_NATS_URL", &servers.nats),
        ("CAREWAY_DATABASE_CONNECTIONS", "6"),
        ("CAREWAY_SERVICE_SECRET", secret),
        ("CAREWAY_GATEWAY_LISTEN", "127.0.0.1:0"),
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
        ("CAREWAY_VISITS_DOCUMENTS", &documents.to_string_lossy()),
        ("CAREWAY_VISITS_DOCUMENT_KEYS", secret),
        ("CAREWAY_VISITS_DOCUMENT_TIMER_SECONDS", "1"),
        ("CAREWAY_RENEWALS_MASTER_KEY", secret),
        ("CAREWAY_RENEWALS_FOLDER", &folder.to_string_lossy()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

impl Drop for World {
    /// Takes the world's streams, keys and messages away, as well as it can.
    fn drop(&mut self) {
        self.platform.foundation().shutdown.cancel();
        let traces = self.traces.clone();
        // On a thread of its own: the test's runtime may be the very one that is ending.
        let removing = std::thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async { tokio::time::timeout(Duration::from_secs(5), traces.remove()).await })?
        });
        if let Ok(Err(error)) = removing.join() {
            eprintln!("a test left something behind: {error:#}");
        }
    }
}

impl Traces {
    async fn remove(&self) -> anyhow::Result<()> {
        for folder in [&self.folder, &self.documents] {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
        }
        tokio::try_join!(self.remove_streams(), self.remove_keys())?;
        Ok(())
    }

    async fn remove_streams(&self) -> anyhow::Result<()> {
        let jetstream = async_nats::jetstream::new(async_nats::connect(&self.servers.nats).await?);
        let ours = format!("{}_", self.prefix.to_uppercase());
        let names: Vec<String> = jetstream.stream_names().try_collect().await?;
        for name in names.iter().filter(|name| name.starts_with(&ours)) {
            jetstream.delete_stream(name).await?;
        }
        Ok(())
    }

    async fn remove_keys(&self) -> anyhow::Result<()> {
        let mut redis =
            redis::Client::open(self.servers.redis.as_str())?.get_multiplexed_async_connection().await?;
        let mut cursor = 0_u64;
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(format!("{}*", self.prefix)).arg("COUNT").arg(1000);
            let (next, keys): (u64, Vec<String>) = scan.query_async(&mut redis).await?;
            if !keys.is_empty() {
                redis::cmd("UNLINK").arg(keys).exec_async(&mut redis).await?;
            }
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }
}
