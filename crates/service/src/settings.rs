//! The settings every process shares. Each is an environment variable; `--help` lists them all.

use std::{env, fs, time::Duration};

use anyhow::Context;
use careway_kernel::Redacted;

use crate::{imports::ImportSettings, tokens::OWN_NAME};

/// What every Careway process needs to know. Secrets may be given as a file: `CAREWAY_SERVICE_SECRET_FILE`.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Settings {
    /// Redis (or Valkey) 7 or newer: one-time codes, revocations, rate limits.
    #[arg(long, env = "CAREWAY_REDIS_URL", default_value = "redis://127.0.0.1:6379", hide_env_values = true)]
    pub redis_url: Redacted,
    /// nats-server 2.10 or newer with JetStream.
    #[arg(long, env = "CAREWAY_NATS_URL", default_value = "nats://127.0.0.1:4222", hide_env_values = true)]
    pub nats_url: Redacted,
    /// What Careway's own services prove themselves with; the same in every process, at least 32 characters.
    #[arg(long, env = "CAREWAY_SERVICE_SECRET", hide_env_values = true)]
    pub service_secret: Redacted,
    /// Where people and systems reach the REST API, the same in every process: for links to it, the OpenAPI document and the
    /// OAuth metadata, and `iss` of access tokens.
    #[arg(
        long,
        env = "CAREWAY_GATEWAY_PUBLIC_URL",
        default_value = "http://127.0.0.1:8080",
        value_parser = parse_address
    )]
    pub public_url: String,
    /// `iss` of access tokens, and the issuer that the OAuth metadata name: the public URL when absent. Another URL, or
    /// `careway`, as it was called before, for the time of an upgrade.
    #[arg(long, env = "CAREWAY_ISSUER", value_parser = parse_issuer)]
    pub issuer: Option<String>,
    /// Goes before every Redis key and NATS name, for several installations on one server.
    #[arg(long, env = "CAREWAY_PREFIX", default_value = "")]
    pub prefix: String,
    /// How long a request waits for Redis; then it is refused for now. Milliseconds.
    #[arg(long, env = "CAREWAY_REDIS_PATIENCE_MS", default_value_t = 500)]
    pub redis_patience_ms: u64,
    /// The connections to Postgres.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Bounds of the event streams.
    #[command(flatten)]
    pub streams: StreamSettings,
    /// Bounds of the lists that people upload.
    #[command(flatten)]
    pub imports: ImportSettings,
    /// Where the identity service answers gRPC, when not in this process.
    #[arg(long, env = "CAREWAY_IDENTITY_URL")]
    pub identity_url: Option<String>,
    /// Where the visits service answers gRPC, when not in this process.
    #[arg(long, env = "CAREWAY_VISITS_URL")]
    pub visits_url: Option<String>,
    /// Where the renewals service answers gRPC, when not in this process.
    #[arg(long, env = "CAREWAY_RENEWALS_URL")]
    pub renewals_url: Option<String>,
    /// Where the cases service answers gRPC, when not in this process.
    #[arg(long, env = "CAREWAY_CASES_URL")]
    pub cases_url: Option<String>,
    /// Where the channels service answers gRPC, when not in this process.
    #[arg(long, env = "CAREWAY_CHANNELS_URL")]
    pub channels_url: Option<String>,
    /// Seconds a process goes on serving after SIGTERM, when it says already that it is not ready: until those who send
    /// it requests have noticed.
    #[arg(long, env = "CAREWAY_STOP_GRACE_SECONDS", default_value_t = 5)]
    pub stop_grace_seconds: u64,
    /// How logs are written, and where traces go.
    #[command(flatten)]
    pub telemetry: crate::telemetry::TelemetrySettings,
}

/// How many connections a service has, and how long a request waits for one.
#[derive(Debug, Clone, Copy, clap::Args)]
#[group(skip)]
pub struct DatabaseSettings {
    /// Connections to Postgres per service and process.
    #[arg(long, env = "CAREWAY_DATABASE_CONNECTIONS", default_value_t = 16)]
    pub database_connections: u32,
    /// How long a request waits for a connection, for the server to open one, and for a row that another changes; then it is
    /// refused for now. Milliseconds.
    #[arg(long, env = "CAREWAY_DATABASE_PATIENCE_MS", default_value_t = 2_000)]
    pub database_patience_ms: u64,
}

impl DatabaseSettings {
    /// How long a request waits.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_millis(self.database_patience_ms)
    }
}

/// How much a context's event stream may hold. When it is full, events wait in the outbox.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
#[group(skip)]
pub struct StreamSettings {
    /// The most bytes one context's stream may hold on disk; JetStream reserves them. 1 GiB when absent, 16 MiB with a
    /// prefix, where many share one server.
    #[arg(long, env = "CAREWAY_EVENTS_STREAM_MAX_BYTES")]
    pub stream_max_bytes: Option<i64>,
    /// On how many NATS servers each stream is kept: 1 when absent, 3 in a cluster.
    #[arg(long, env = "CAREWAY_EVENTS_STREAM_REPLICAS")]
    pub stream_replicas: Option<usize>,
}

impl Settings {
    /// Where the REST API is reached, without a slash at the end.
    pub fn public_url(&self) -> &str {
        self.public_url.trim_end_matches('/')
    }

    /// `iss` of access tokens.
    pub fn issuer(&self) -> &str {
        self.issuer.as_deref().map_or(self.public_url(), |issuer| issuer.trim_end_matches('/'))
    }

    /// Every `iss` that a token may have: that of today, and those of other processes while an upgrade or a change of the
    /// settings goes from one process to the next. The keys are this installation's own, whatever it calls itself.
    pub(crate) fn accepted_issuers(&self) -> Vec<String> {
        [self.issuer(), self.public_url(), OWN_NAME].map(str::to_owned).into()
    }

    /// How long a process goes on serving after it said that it is not ready.
    pub fn stop_grace(&self) -> Duration {
        Duration::from_secs(self.stop_grace_seconds)
    }

    /// The services that are reached over the network, by name.
    pub fn urls(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("identity", &self.identity_url),
            ("visits", &self.visits_url),
            ("renewals", &self.renewals_url),
            ("cases", &self.cases_url),
            ("channels", &self.channels_url),
        ]
        .into_iter()
        .filter_map(|(name, url)| Some((name, url.as_deref()?)))
    }
}

/// RFC 8414 §2: an issuer is a URL without query and fragment.
fn parse_address(text: &str) -> Result<String, &'static str> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let named = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
    let written = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"\\".contains(&byte));
    if named && written {
        Ok(text.to_owned())
    } else {
        Err("must be an address like https://careway.example")
    }
}

fn parse_issuer(text: &str) -> Result<String, &'static str> {
    if text == OWN_NAME { Ok(text.to_owned()) } else { parse_address(text) }
}

/// Every `CAREWAY_X_FILE` as the `CAREWAY_X` it stands for: the file's content without its last line break. To be given
/// to the command line's parser before the environment.
///
/// # Errors
/// A file that cannot be read, or a variable given both ways.
#[expect(clippy::disallowed_methods, reason = "these are settings, on their way to the config")]
pub fn secrets_from_files() -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for (name, path) in env::vars() {
        let Some(variable) = name.strip_suffix("_FILE").filter(|variable| variable.starts_with("CAREWAY_"))
        else {
            continue;
        };
        anyhow::ensure!(env::var_os(variable).is_none(), "{variable} and {name} are both set");
        let content = fs::read_to_string(&path).with_context(|| format!("{name}: cannot read {path}"))?;
        found.push((variable.to_owned(), content.trim_end_matches(['\n', '\r']).to_owned()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Given {
        #[command(flatten)]
        settings: Settings,
    }

    fn settings(more: &[&str]) -> Result<Settings, clap::Error> {
        let usual = ["service", "--service-secret", "a secret of the tests, long enough"];
        Ok(Given::try_parse_from(usual.iter().chain(more))?.settings)
    }

    #[test]
    fn tokens_are_issued_by_the_public_url_unless_another_issuer_is_given() {
        let usual = settings(&["--public-url", "https://careway.example/"]).unwrap();
        assert_eq!(
            (usual.issuer(), usual.public_url()),
            ("https://careway.example", "https://careway.example")
        );
        let moved = settings(&["--public-url", "https://careway.example", "--issuer", "careway"]).unwrap();
        assert_eq!(moved.issuer(), "careway");
        let elsewhere = settings(&["--issuer", "https://tokens.example/"]).unwrap();
        assert_eq!(elsewhere.issuer(), "https://tokens.example");
        for process in [usual, moved] {
            let accepted = process.accepted_issuers();
            assert!(
                ["careway", "https://careway.example"].iter().all(|one| accepted.iter().any(|it| it == one))
            );
        }
    }

    #[test]
    fn an_issuer_is_a_url_without_query_and_fragment() {
        for issuer in [
            "careway.example",
            "https://",
            "https:///x",
            "https://x?y",
            "https://x#y",
            "https://x y",
            "ftp://x",
        ] {
            assert!(settings(&["--issuer", issuer]).is_err(), "{issuer}");
            assert!(settings(&["--public-url", issuer]).is_err(), "{issuer}");
        }
        assert!(settings(&["--public-url", "careway"]).is_err());
    }
}
