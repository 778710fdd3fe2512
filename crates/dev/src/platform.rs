//! The platform of `cargo dev up`: `careway-standalone` with the settings of this checkout.

use std::{collections::BTreeMap, env, fs, io::ErrorKind, os::unix::fs::PermissionsExt, path::Path};

use anyhow::Context;
use careway_kernel::Clock;
use careway_service::telemetry::Telemetry;
use careway_standalone::{
    Config, Platform,
    provision::{self, DATABASES, database_url},
    seed::{self, AUTHSERV_ID, Credentials, Demo},
};
use uuid::Uuid;

use crate::{
    checkout::{self, Checkout},
    servers::Servers,
};

/// Secrets the platform needs. They outlive a run: what is stored is sealed with them.
const SECRETS: [&str; 8] = [
    "CAREWAY_SERVICE_SECRET",
    "CAREWAY_DOCUMENTS_KEYS",
    "CAREWAY_IDENTITY_MASTER_KEY",
    "CAREWAY_IDENTITY_CODE_PEPPER",
    "CAREWAY_RENEWALS_MASTER_KEY",
    "CAREWAY_CASES_MASTER_KEY",
    "CAREWAY_CHANNELS_MASTER_KEY",
    "CAREWAY_VISITS_MASTER_KEY",
];

/// Who operates the demo network. It is reachable from this machine alone.
const OPERATOR: (&str, &str) = ("operator@careway.example", "Careway-operator-demo-1");

/// The roles have none: the servers of a checkout trust whoever is on this machine.
const PASSWORD: &str = "";

/// Makes roles and databases that are missing, and migrates them.
pub(crate) async fn provision(servers: &Servers) -> anyhow::Result<()> {
    provision::provision(&servers.postgres, PASSWORD).await.context("cannot prepare the databases")
}

/// Starts the platform with its gateway on that port of the loopback address.
pub(crate) async fn start(
    checkout: &Checkout,
    servers: &Servers,
    port: u16,
    routes: &Path,
) -> anyhow::Result<Platform> {
    let mut settings = settings(checkout, servers, port)?;
    settings.push(("CAREWAY_RENEWALS_ROUTES".to_owned(), routes.to_string_lossy().into_owned()));
    let config = Config::from_settings(&settings).context("the settings of the platform")?;
    Telemetry::start("dev", &config.settings.telemetry)?;
    Platform::start(config, Clock::system()).await
}

/// Makes what is missing of the demo network, and writes down who and what is in it.
pub(crate) async fn make_demo(checkout: &Checkout, platform: &Platform) -> anyhow::Result<Demo> {
    let gateway = format!("http://{}", platform.gateway());
    let operator = Credentials::new(OPERATOR.0, OPERATOR.1);
    let demo =
        seed::demo(&gateway, &operator, &checkout.inbox()).await.context("cannot make the demo network")?;
    let file = checkout.private()?.join("demo.json");
    checkout::replace(&file, &serde_json::to_string_pretty(&demo)?).context("cannot write .dev/demo.json")?;
    Ok(demo)
}

/// The platform's part of Redis: a database of its own, beside that of the tests.
pub(crate) fn redis_url(servers: &Servers) -> String {
    format!("{}/1", servers.redis)
}

/// The settings. They win over the environment's `CAREWAY_*` variables, which may be meant for another installation;
/// only how much is told, and in which shape, is the developer's to say.
fn settings(checkout: &Checkout, servers: &Servers, port: u16) -> anyhow::Result<Vec<(String, String)>> {
    let inbox = checkout.folder("inbox")?.to_string_lossy().into_owned();
    let documents = checkout.folder("documents")?.to_string_lossy().into_owned();
    let mut settings = vec![
        ("CAREWAY_REDIS_URL".to_owned(), redis_url(servers)),
        ("CAREWAY_NATS_URL".to_owned(), servers.nats.clone()),
        ("CAREWAY_GATEWAY_LISTEN".to_owned(), format!("127.0.0.1:{port}")),
        ("CAREWAY_GATEWAY_PUBLIC_URL".to_owned(), format!("http://127.0.0.1:{port}")),
        // The demo network is made by one address that signs many people in, and patients of three facilities.
        ("CAREWAY_GATEWAY_PUBLIC_RATE".to_owned(), "100".to_owned()),
        ("CAREWAY_IDENTITY_CODES_PER_NETWORK_10_MIN".to_owned(), "60".to_owned()),
        ("CAREWAY_IDENTITY_SANDBOX_NUMBERS".to_owned(), "+25078999".to_owned()),
        ("CAREWAY_PORTAL_URL".to_owned(), format!("http://127.0.0.1:{port}")),
        ("CAREWAY_RENEWALS_FOLDER".to_owned(), inbox),
        ("CAREWAY_CASES_LMTP_LISTEN".to_owned(), format!("unix:{}", checkout.lmtp().display())),
        // Whoever reaches the socket of this machine is its mail server.
        ("CAREWAY_CASES_AUTHSERV_ID".to_owned(), AUTHSERV_ID.to_owned()),
        ("CAREWAY_CASES_CASE_URL".to_owned(), format!("http://127.0.0.1:{port}/portal/cases#")),
        ("CAREWAY_DEVELOPMENT".to_owned(), "true".to_owned()),
        ("CAREWAY_CHANNELS_PRIVATE_ADDRESSES".to_owned(), "true".to_owned()),
        ("CAREWAY_DOCUMENTS_PLACE".to_owned(), documents),
        ("CAREWAY_RENEWALS_DISPUTE_URL".to_owned(), format!("http://127.0.0.1:{port}/dispute#")),
        ("CAREWAY_RENEWALS_EXPLANATION_URL".to_owned(), format!("http://127.0.0.1:{port}/explanation#")),
        ("CAREWAY_CASES_INTEREST_URL".to_owned(), format!("http://127.0.0.1:{port}/interest#")),
        ("CAREWAY_IDENTITY_OPERATOR_EMAIL".to_owned(), OPERATOR.0.to_owned()),
        ("CAREWAY_IDENTITY_OPERATOR_PASSWORD".to_owned(), OPERATOR.1.to_owned()),
    ];
    // The terminal is for people: it tells only what went wrong.
    for (name, value) in [("CAREWAY_LOG", "warn"), ("CAREWAY_LOG_FORMAT", "pretty")] {
        settings.push((name.to_owned(), env::var(name).unwrap_or_else(|_| value.to_owned())));
    }
    for (service, _) in DATABASES {
        let variable = format!("CAREWAY_{}_DATABASE_URL", service.to_uppercase());
        settings.push((variable, database_url(&servers.postgres, service, "app", PASSWORD)?));
    }
    settings.extend(secrets(&checkout.private()?.join("secrets.json"))?);
    Ok(settings)
}

/// The secrets in that file; those that are missing are made.
fn secrets(file: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut secrets: BTreeMap<String, String> = match fs::read_to_string(file) {
        Ok(text) => serde_json::from_str(&text).with_context(|| format!("{} is damaged", file.display()))?,
        Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    // Called so when documents were visits' alone. Without it they cannot be read.
    if let Some(keys) = secrets.remove("CAREWAY_VISITS_DOCUMENT_KEYS") {
        secrets.insert("CAREWAY_DOCUMENTS_KEYS".to_owned(), keys);
    }
    let known = secrets.len();
    for name in SECRETS {
        secrets
            .entry(name.to_owned())
            .or_insert_with(|| format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()));
    }
    if secrets.len() > known {
        checkout::replace(file, &serde_json::to_string_pretty(&secrets)?)?;
        fs::set_permissions(file, fs::Permissions::from_mode(0o600))?;
    }
    Ok(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_made_once() {
        let file = std::env::temp_dir().join(format!("careway-dev-secrets-{}.json", std::process::id()));
        let made = secrets(&file).unwrap();
        assert!(SECRETS.iter().all(|name| made[*name].len() == 64));
        assert_eq!(secrets(&file).unwrap(), made);
        fs::write(&file, r#"{"CAREWAY_VISITS_DOCUMENT_KEYS": "of old"}"#).unwrap();
        assert_eq!(secrets(&file).unwrap()["CAREWAY_DOCUMENTS_KEYS"], "of old");
        fs::remove_file(&file).unwrap();
    }
}
