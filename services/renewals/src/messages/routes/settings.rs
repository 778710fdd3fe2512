//! The settings of routes: a TOML file of tables `[[route]]`. `docs/sending.md` shows one for each kind of carrier.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use careway_kernel::{Money, Redacted};
use chrono_tz::Tz;
use serde::Deserialize;

use super::super::domain::sms::{Concatenation, receipt_id::ReceiptIds, rollup::ReceiptsOf};

/// A carrier has few routes; a file of more is a mistake.
const MOST_ROUTES: usize = 64;
/// In seconds: a part has its answer long before its message counts as abandoned.
const LONGEST_WAIT: u64 = 120;
/// An alphanumeric sender (3GPP TS 23.040, 9.1.2.5).
const LONGEST_SENDER: usize = 11;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "route")]
    routes: Vec<RouteSettings>,
}

/// A route.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteSettings {
    /// What it is called in messages, metrics and addresses of receipts.
    pub(crate) name: String,
    /// The sender that people see: up to eleven letters and digits, or a number.
    #[serde(default)]
    pub(crate) sender: String,
    /// It takes numbers that begin with one of these; every number when there is none.
    #[serde(default)]
    pub(crate) prefixes: Vec<String>,
    #[serde(default = "many")]
    pub(crate) segments_per_second: usize,
    /// How many segments may be without an answer at once.
    #[serde(default = "ten")]
    pub(crate) window: usize,
    /// The width of the reference that joins parts.
    #[serde(default)]
    pub(crate) concatenation: Concatenation,
    /// A message with one of these goes by another route.
    #[serde(default)]
    pub(crate) forbidden: String,
    /// Of the instants in receipts.
    #[serde(default = "utc")]
    pub(crate) zone: Tz,
    #[serde(default)]
    pub(crate) receipt_ids: ReceiptIds,
    /// Of which parts it gives receipts.
    #[serde(default)]
    pub(crate) receipts: ReceiptsOf,
    /// Whether its sender takes answers: a brand's name may not, and what comes from there is nobody's.
    #[serde(default = "yes")]
    pub(crate) replies: bool,
    /// What the carrier takes for segments; what campaigns would cost is told where every route has one.
    #[serde(default)]
    pub(crate) price: Option<SegmentPrice>,
    #[serde(default)]
    pub(crate) smpp: Option<SmppSettings>,
    #[serde(default)]
    pub(crate) http: Option<HttpSettings>,
    #[serde(default)]
    pub(crate) folder: Option<FolderSettings>,
    /// How what comes by HTTP shows that it is from the carrier; without it, nothing does.
    #[serde(default)]
    pub(crate) callbacks: Option<CallbackSettings>,
    /// Read from the files of `callbacks`.
    #[serde(skip)]
    pub(crate) authentication: Option<Authentication>,
}

/// What a carrier takes for a thousand segments: one alone may cost less than the smallest unit of a currency.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "Price")]
pub(crate) struct SegmentPrice {
    pub(crate) of_thousand: Money,
}

/// The same, as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    /// ISO 4217.
    currency: String,
    of_thousand: String,
}

impl TryFrom<Price> for SegmentPrice {
    type Error = String;

    fn try_from(price: Price) -> Result<Self, String> {
        let of_thousand = Money::parse(&price.currency, &price.of_thousand);
        let of_thousand = of_thousand.map_err(|error| format!("the price of a thousand segments {error}"))?;
        match of_thousand.is_negative() {
            true => Err("the price of a thousand segments must not be below nothing".to_owned()),
            false => Ok(Self { of_thousand }),
        }
    }
}

impl SegmentPrice {
    /// Of so many segments.
    pub(crate) fn of(self, segments: i64) -> Option<Money> {
        self.of_thousand.scale_half_up(segments, 1000)
    }
}

/// A session by SMPP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmppSettings {
    /// Host and port.
    pub(crate) address: String,
    pub(crate) system_id: String,
    /// A file with the password, of at most eight characters.
    pub(crate) password_file: PathBuf,
    #[serde(default)]
    pub(crate) system_type: String,
    /// Whether the connection is by TLS.
    #[serde(default)]
    pub(crate) tls: bool,
    /// A file with the certificates (PEM) of who may vouch for the carrier; absent, the authorities that browsers know.
    #[serde(default)]
    pub(crate) ca_file: Option<PathBuf>,
    /// `3.4` or `5.0`.
    #[serde(default)]
    pub(crate) version: SmppVersion,
    /// An answer that has not come within so many seconds is missing.
    #[serde(default = "thirty")]
    pub(crate) answer_within_seconds: u64,
    /// How often the session is asked whether it lives.
    #[serde(default = "thirty")]
    pub(crate) enquire_every_seconds: u64,
}

/// The version that a bind names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(crate) enum SmppVersion {
    #[default]
    #[serde(rename = "3.4")]
    V34,
    #[serde(rename = "5.0")]
    V50,
}

/// A provider that takes messages by HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HttpSettings {
    pub(crate) url: url::Url,
    /// A file with what the header `Authorization` says.
    #[serde(default)]
    pub(crate) authorization_file: Option<PathBuf>,
    /// Whether the provider takes our id as its client id, and each such id once.
    #[serde(default)]
    pub(crate) takes_client_id: bool,
    /// What the provider calls the fields of a message.
    #[serde(default)]
    pub(crate) fields: HttpFields,
    #[serde(default = "thirty")]
    pub(crate) answer_within_seconds: u64,
}

/// The names of the fields of a message and of its answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HttpFields {
    pub(crate) client_id: String,
    pub(crate) sender: String,
    pub(crate) to: String,
    pub(crate) text: String,
    /// Of the answer: the provider's id.
    pub(crate) id: String,
}

impl Default for HttpFields {
    fn default() -> Self {
        let [client_id, sender, to, text, id] = ["clientId", "from", "to", "text", "id"].map(str::to_owned);
        Self { client_id, sender, to, text, id }
    }
}

/// A folder in place of a carrier.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FolderSettings {
    pub(crate) path: PathBuf,
}

/// How a provider's own requests are known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallbackSettings {
    /// A file with the secret: at least 24 characters.
    pub(crate) secret_file: PathBuf,
    /// From where such requests come, where the secret stands in the path.
    #[serde(default)]
    pub(crate) sources: Vec<IpAddr>,
    /// Whether requests are signed with the secret: HMAC-SHA256 of the body. Otherwise it is the last part of the path.
    #[serde(default)]
    pub(crate) signed: bool,
    /// What the provider calls the fields of receipts and of messages.
    #[serde(default)]
    pub(crate) fields: CallbackFields,
}

/// The names of the fields of receipts and of messages that come in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CallbackFields {
    /// The provider's id of a message.
    pub(crate) id: String,
    pub(crate) state: String,
    pub(crate) error: String,
    /// Who wrote.
    pub(crate) from: String,
    pub(crate) text: String,
}

impl Default for CallbackFields {
    fn default() -> Self {
        let [id, state, error, from, text] = ["id", "state", "error", "from", "text"].map(str::to_owned);
        Self { id, state, error, from, text }
    }
}

/// The same, read.
#[derive(Debug, Clone)]
pub(crate) struct Authentication {
    pub(crate) secret: Redacted,
    pub(crate) sources: Vec<IpAddr>,
    pub(crate) signed: bool,
    pub(crate) fields: CallbackFields,
}

impl RouteSettings {
    /// The route of an installation that has a folder and no routes.
    pub(crate) fn of_folder(path: &Path) -> Self {
        let settings = r#"{"name": "folder", "receipts": "NONE"}"#;
        let settings: Self = serde_json::from_str(settings).expect("settings of a folder");
        Self { folder: Some(FolderSettings { path: path.to_owned() }), window: 64, ..settings }
    }

    /// Whether it takes this number (E.164).
    pub(crate) fn takes_number(&self, number: &str) -> bool {
        self.prefixes.is_empty() || self.prefixes.iter().any(|prefix| number.starts_with(prefix))
    }

    /// Whether it takes this text.
    pub(crate) fn takes_text(&self, text: &str) -> bool {
        !text.contains(|char| self.forbidden.contains(char))
    }

    fn check(&self) -> anyhow::Result<()> {
        let name = &self.name;
        let is_plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
        ensure!(
            (1..=40).contains(&name.len()) && name.chars().all(is_plain),
            "the route {name:?} must be named by up to 40 small letters, digits and hyphens"
        );
        let is_number = self.sender.trim_start_matches('+').chars().all(|char| char.is_ascii_digit());
        let longest = if is_number { 15 } else { LONGEST_SENDER };
        ensure!(
            self.sender.len() <= longest && self.sender.is_ascii(),
            "the sender of {name} must be up to {LONGEST_SENDER} letters and digits, or a number"
        );
        ensure!(
            self.prefixes.iter().all(|prefix| prefix.starts_with('+')),
            "the prefixes of {name} must begin like a number in E.164, with +"
        );
        ensure!(
            (1..=1000).contains(&self.window) && (1..=100_000).contains(&self.segments_per_second),
            "window and segments_per_second of {name} must be positive and not absurd"
        );
        let waits = [
            self.smpp.as_ref().map(|smpp| ("answer_within_seconds", smpp.answer_within_seconds)),
            self.smpp.as_ref().map(|smpp| ("enquire_every_seconds", smpp.enquire_every_seconds)),
            self.http.as_ref().map(|http| ("answer_within_seconds", http.answer_within_seconds)),
        ];
        for (setting, seconds) in waits.into_iter().flatten() {
            ensure!(
                (1..=LONGEST_WAIT).contains(&seconds),
                "{setting} of {name} must be 1 to {LONGEST_WAIT} seconds"
            );
        }
        Ok(())
    }
}

/// Reads and checks a file of routes, and the files that it names.
pub(super) async fn read(path: &Path) -> anyhow::Result<Vec<RouteSettings>> {
    let text = tokio::fs::read_to_string(path).await.with_context(|| path.display().to_string())?;
    let File { mut routes } = toml::from_str(&text)?;
    ensure!(!routes.is_empty() && routes.len() <= MOST_ROUTES, "there must be 1 to {MOST_ROUTES} routes");
    for at in 0..routes.len() {
        routes[at].check()?;
        let is_new = routes[..at].iter().all(|other| other.name != routes[at].name);
        ensure!(is_new, "there are two routes {}", routes[at].name);
        if let Some(callbacks) = routes[at].callbacks.clone() {
            let CallbackSettings { secret_file, sources, signed, fields } = callbacks;
            let secret = secret(&secret_file).await?;
            ensure!(secret.expose().len() >= 24, "{} must have 24 characters", secret_file.display());
            ensure!(signed || !sources.is_empty(), "unsigned callbacks need the addresses they come from");
            routes[at].authentication = Some(Authentication { secret, sources, signed, fields });
        }
    }
    Ok(routes)
}

/// A secret in a file of its own.
pub(super) async fn secret(path: &Path) -> anyhow::Result<Redacted> {
    let text = tokio::fs::read_to_string(path).await.with_context(|| path.display().to_string())?;
    Ok(Redacted::new(text.trim()))
}

fn many() -> usize {
    1000
}

fn ten() -> usize {
    10
}

fn yes() -> bool {
    true
}

fn thirty() -> u64 {
    30
}

fn utc() -> Tz {
    Tz::UTC
}
