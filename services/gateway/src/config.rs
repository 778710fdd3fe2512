//! The gateway's settings.

use std::net::SocketAddr;

/// What the edge needs to know.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Config {
    /// Where REST is answered.
    #[arg(
        id = "gateway_listen",
        long = "gateway-listen",
        env = "CAREWAY_GATEWAY_LISTEN",
        default_value = "0.0.0.0:8080"
    )]
    pub listen: SocketAddr,
    /// How many proxies stand before the gateway; so many addresses of `X-Forwarded-For` are believed.
    #[arg(long, env = "CAREWAY_GATEWAY_TRUSTED_PROXIES", default_value_t = 0)]
    pub trusted_proxies: usize,
    /// Origins of browsers that may call, separated by commas; none by default.
    #[arg(long, env = "CAREWAY_GATEWAY_CORS_ORIGINS", value_delimiter = ',')]
    pub cors_origins: Vec<String>,
    /// Whom to tell of a vulnerability, as `mailto:…`, `https://…` or `tel:…`: `/.well-known/security.txt` (RFC 9116) names it.
    /// Without it there is none.
    #[arg(long, env = "CAREWAY_GATEWAY_SECURITY_CONTACT", value_parser = parse_contact)]
    pub security_contact: Option<String>,
    /// The largest JSON body in bytes.
    #[arg(long, env = "CAREWAY_GATEWAY_MAX_JSON_BYTES", default_value_t = 1 << 20)]
    pub max_json_bytes: usize,
    /// Requests a second that one account or client may send, over time.
    #[arg(long, env = "CAREWAY_GATEWAY_CALLER_RATE", default_value_t = 100)]
    pub caller_rate: u32,
    /// Requests a second that one address may send without a token, over time: sign-in, password reset, disputes.
    #[arg(long, env = "CAREWAY_GATEWAY_PUBLIC_RATE", default_value_t = 5)]
    pub public_rate: u32,
    /// How many seconds' worth of either rate may come at once.
    #[arg(long, env = "CAREWAY_GATEWAY_BURST_SECONDS", default_value_t = 4)]
    pub burst_seconds: u32,
    /// Requests under way at once; beyond four fifths of it reads are shed first.
    #[arg(long, env = "CAREWAY_GATEWAY_CONCURRENCY", default_value_t = 1024)]
    pub concurrency: usize,
    /// Milliseconds a read may take.
    #[arg(long, env = "CAREWAY_GATEWAY_READ_BUDGET_MS", default_value_t = 5_000)]
    pub read_budget_ms: u64,
    /// Milliseconds a command may take.
    #[arg(long, env = "CAREWAY_GATEWAY_WRITE_BUDGET_MS", default_value_t = 10_000)]
    pub write_budget_ms: u64,
    /// Milliseconds an upload may take, and more for a large one: see the next.
    #[arg(long, env = "CAREWAY_GATEWAY_UPLOAD_BUDGET_MS", default_value_t = 120_000)]
    pub upload_budget_ms: u64,
    /// The slowest line an upload may come over, in bytes a second: by its `Content-Length` it gets that much more time.
    #[arg(long, env = "CAREWAY_GATEWAY_UPLOAD_BYTES_PER_SECOND", default_value_t = 128 << 10)]
    pub upload_bytes_per_second: u64,
    /// The largest body of an upload in bytes, where the route does not say less.
    #[arg(long, env = "CAREWAY_GATEWAY_MAX_UPLOAD_BYTES", default_value_t = 256 << 20)]
    pub max_upload_bytes: u64,
    /// Connections at once; who comes then waits until one ends.
    #[arg(long, env = "CAREWAY_GATEWAY_CONNECTIONS", default_value_t = 4096)]
    pub connections: usize,
    /// Connections that one address may have; more are closed at once. Not held where proxies stand before the gateway.
    #[arg(long, env = "CAREWAY_GATEWAY_CONNECTIONS_PER_ADDRESS", default_value_t = 256)]
    pub connections_per_address: usize,
    /// Milliseconds until the head of a request is there, from when the connection could carry it: so long, too, a
    /// connection may be unused.
    #[arg(long, env = "CAREWAY_GATEWAY_HEAD_TIMEOUT_MS", default_value_t = 10_000)]
    pub head_timeout_ms: u64,
    /// Milliseconds in which a client must send some of its body, or take some of its answer.
    #[arg(long, env = "CAREWAY_GATEWAY_IDLE_TIMEOUT_MS", default_value_t = 15_000)]
    pub idle_timeout_ms: u64,
    /// Milliseconds that requests under way may still take when the gateway ends.
    #[arg(long, env = "CAREWAY_GATEWAY_DRAIN_MS", default_value_t = 20_000)]
    pub drain_ms: u64,
}

fn parse_contact(text: &str) -> Result<String, &'static str> {
    let known = ["mailto:", "https://", "tel:"].iter().any(|scheme| text.starts_with(scheme));
    match known && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(text.to_owned()),
        false => Err("must be an address like mailto:security@example.org"),
    }
}
