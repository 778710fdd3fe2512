//! Asks another organization's system. Names are looked up once for each connection, every address is judged, and it is those
//! very addresses that are connected to. Nothing is followed elsewhere, and no proxy is asked.

use std::{
    error::Error as StdError,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use careway_service::Call;
use reqwest::{
    Client, Method, Request, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use url::{Host, Url};

use super::domain::{AddressRefusal, may_be_asked, parse};

/// Longest that a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// What is left of a caller's time to keep what was answered, and to tell it.
const KEEPING: Duration = Duration::from_secs(2);
/// A connection that nobody uses is closed, so that its name is looked up again.
const IDLE: Duration = Duration::from_secs(15);
/// No more is read of an answer.
const LONGEST_ANSWER: usize = 16 * 1024;

/// Why nothing was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It took too long.
    TimedOut,
    /// The name leads nowhere.
    NameNotFound,
    /// The name leads into a private network.
    AddressNotPublic,
    /// Nobody listens there.
    ConnectionRefused,
    /// Its certificate is not right, or it does not speak TLS.
    Tls,
    /// The connection broke.
    Broken,
}

impl Failure {
    /// As it is kept and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::TimedOut => "TIMED_OUT",
            Self::NameNotFound => "NAME_NOT_FOUND",
            Self::AddressNotPublic => "ADDRESS_NOT_PUBLIC",
            Self::ConnectionRefused => "CONNECTION_REFUSED",
            Self::Tls => "TLS",
            Self::Broken => "BROKEN",
        }
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// When it wants to be asked again, as it said it.
    pub(crate) retry_after: Option<String>,
}

/// What became of a request, and how long that took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) end: Result<Answer, Failure>,
    pub(crate) took: Duration,
}

impl Sent {
    /// Whether it was answered with 2xx.
    pub(crate) fn is_success(&self) -> bool {
        self.end.as_ref().is_ok_and(|answer| (200..300).contains(&answer.status))
    }
}

/// Asks other organizations' systems. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Outbound {
    client: Client,
    names: Names,
    /// Longest that all of a request may take.
    longest: Duration,
}

impl Outbound {
    /// One that asks addresses of a private network only if it is told so: in development a partner may run on the same
    /// machine. Nothing that it asks takes longer than `longest`.
    pub(crate) fn open(private: bool, longest: Duration) -> anyhow::Result<Self> {
        Self::with(LookUp::System, private, longest)
    }

    fn with(look_up: LookUp, private: bool, longest: Duration) -> anyhow::Result<Self> {
        let names = Names { look_up: Arc::new(look_up), private };
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(8)
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(names.clone()))
            .user_agent("Careway/1")
            .build()
            .context("the client of other systems")?;
        Ok(Self { client, names, longest })
    }

    /// The same while somebody waits for the answer: in time for them to be told that none came.
    pub(crate) fn in_time_for(&self, call: &Call) -> Self {
        let longest = self.longest.min(call.remaining().saturating_sub(KEEPING));
        Self { longest, ..self.clone() }
    }

    /// Longest that a request may take.
    pub(crate) fn longest(&self) -> Duration {
        self.longest
    }

    /// Reads an address.
    pub(crate) fn parse(&self, text: &str) -> Result<Url, AddressRefusal> {
        parse(text, self.names.private)
    }

    /// Whether its name leads to public addresses alone.
    pub(crate) async fn leads_out(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Domain(name)) => self.names.judged(name).await.is_ok(),
            host => host.is_some(),
        }
    }

    /// Whether the system there answers 2xx.
    pub(crate) async fn is_well(&self, url: &Url) -> bool {
        self.send(Method::GET, url.as_str(), HeaderMap::new(), Vec::new()).await.is_success()
    }

    /// Posts a body.
    pub(crate) async fn post(&self, url: &str, headers: HeaderMap, body: Vec<u8>) -> Sent {
        self.send(Method::POST, url, headers, body).await
    }

    async fn send(&self, method: Method, url: &str, headers: HeaderMap, body: Vec<u8>) -> Sent {
        let began = Instant::now();
        // An address that is no name never reaches the names.
        let end = match self.parse(url) {
            Ok(url) => self.ask(method, url, headers, body).await,
            Err(_) => Err(Failure::AddressNotPublic),
        };
        Sent { end, took: began.elapsed() }
    }

    async fn ask(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, Failure> {
        let mut request = Request::new(method, url);
        *request.headers_mut() = headers;
        *request.body_mut() = Some(body.into());
        *request.timeout_mut() = Some(self.longest);
        let response = self.client.execute(request).await.map_err(|error| why(&error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
        read(response).await.map_err(|error| why(&error))?;
        Ok(Answer { status, retry_after })
    }
}

/// Reads what keeps the connection usable, and no more.
async fn read(mut response: Response) -> reqwest::Result<()> {
    let mut length = 0;
    while let Some(piece) = response.chunk().await? {
        length += piece.len();
        if length > LONGEST_ANSWER {
            break;
        }
    }
    Ok(())
}

/// What an error is made of, from the outside in.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

fn why(error: &reqwest::Error) -> Failure {
    let causes = || chain(error);
    if let Some(failure) = causes().find_map(|cause| cause.downcast_ref::<NotAsked>()) {
        return failure.0;
    }
    if error.is_timeout() {
        return Failure::TimedOut;
    }
    let faults = || causes().filter_map(|cause| cause.downcast_ref::<io::Error>()).flat_map(nested);
    if faults().any(|fault| fault.kind() == io::ErrorKind::ConnectionRefused) {
        Failure::ConnectionRefused
    } else if error.is_connect() && faults().any(|fault| fault.kind() == io::ErrorKind::InvalidData) {
        Failure::Tls
    } else {
        Failure::Broken
    }
}

/// A fault, and those that it wraps, which it does not name as its sources.
fn nested(fault: &io::Error) -> impl Iterator<Item = &io::Error> {
    std::iter::successors(Some(fault), |fault| fault.get_ref()?.downcast_ref())
}

/// A name that is not asked.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("its name is not asked: {}", .0.as_str())]
struct NotAsked(Failure);

/// Looks names up, and gives out nothing but what was judged.
#[derive(Debug, Clone)]
struct Names {
    look_up: Arc<LookUp>,
    private: bool,
}

impl Names {
    async fn judged(&self, name: &str) -> Result<Vec<IpAddr>, NotAsked> {
        let found = tokio::time::timeout(CONNECT, self.look_up.addresses(name, self.private)).await;
        let found = found.map_err(|_| NotAsked(Failure::TimedOut))?;
        let found = found.map_err(|_| NotAsked(Failure::NameNotFound))?;
        match may_be_asked(&found, self.private) {
            true => Ok(found),
            false if found.is_empty() => Err(NotAsked(Failure::NameNotFound)),
            false => Err(NotAsked(Failure::AddressNotPublic)),
        }
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.clone();
        Box::pin(async move {
            let addresses = names.judged(name.as_str()).await?;
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// What a test says of names.
#[cfg(test)]
type Given = Box<dyn Fn(&str) -> Vec<IpAddr> + Send + Sync>;

/// Who knows names.
enum LookUp {
    /// The system.
    System,
    #[cfg(test)]
    Given(Given),
}

impl std::fmt::Debug for LookUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LookUp")
    }
}

impl LookUp {
    async fn addresses(&self, name: &str, private: bool) -> io::Result<Vec<IpAddr>> {
        match self {
            Self::System => {
                // With a dot at the end no search domain answers.
                let name = if private { name.to_owned() } else { format!("{}.", name.trim_end_matches('.')) };
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            }
            #[cfg(test)]
            Self::Given(look_up) => Ok(look_up(name)),
        }
    }
}

#[cfg(test)]
mod tests;
