//! The service started for one test, and asked as Careway's other services ask it.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use careway_contract::renewals::v1::{
    SendRequest, SendResponse, notification_service_client::NotificationServiceClient, send_request,
};
use careway_kernel::Clock;
use careway_renewals::{Config, MIGRATOR, NAME};
use careway_service::{Database, Foundation, Settings, run};
use careway_testing::{Leftovers, TestDatabase, TestServers, unique_prefix};

#[derive(clap::Parser)]
struct Whole {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    config: Config,
}

pub(crate) struct World {
    pub(crate) foundation: Foundation,
    pub(crate) db: Database,
    pub(crate) folder: PathBuf,
    _leftovers: Leftovers,
}

impl World {
    pub(crate) async fn start(smtp_url: Option<&str>) -> Self {
        let servers = TestServers::from_env();
        let database = TestDatabase::create(NAME, &MIGRATOR).await;
        let prefix = unique_prefix();
        let folder = std::env::temp_dir().join(format!("careway-{prefix}"));
        let mut settings = vec![
            ("CAREWAY_REDIS_URL", servers.redis.clone()),
            ("CAREWAY_NATS_URL", servers.nats.clone()),
            ("CAREWAY_SERVICE_SECRET", "a secret of the tests, long enough".to_owned()),
            ("CAREWAY_PREFIX", prefix.clone()),
            ("CAREWAY_DATABASE_CONNECTIONS", "4".to_owned()),
            ("CAREWAY_RENEWALS_DATABASE_URL", database.url_app.clone()),
            ("CAREWAY_RENEWALS_MASTER_KEY", "a master key of the tests, long enough".to_owned()),
            ("CAREWAY_RENEWALS_FOLDER", folder.display().to_string()),
        ];
        settings.extend(smtp_url.map(|url| ("CAREWAY_RENEWALS_SMTP_URL", url.to_owned())));
        let settings: Vec<_> = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let whole: Whole = run::parse_settings(&settings).unwrap();
        let foundation = Foundation::build(&whole.settings, Clock::movable()).await.unwrap();
        let service = careway_renewals::start(whole.config, foundation.clone()).await.unwrap();
        let _leftovers = Leftovers::of(&prefix, &foundation.shutdown);
        Self { foundation, db: service.database, folder, _leftovers }
    }

    pub(crate) async fn send(&self, request: SendRequest) -> Result<SendResponse, tonic::Status> {
        let mut client = NotificationServiceClient::new(self.foundation.registry.upstream(NAME));
        client.send(self.foundation.identity.request(request)).await.map(tonic::Response::into_inner)
    }

    /// The message's state, once it is `wanted`; panics when it does not become so.
    pub(crate) async fn becomes(&self, message_id: &str, wanted: &str) {
        let started = std::time::Instant::now();
        loop {
            let state = self.column(message_id, "state").await;
            if state.as_deref() == Some(wanted) {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(10), "{message_id} is {state:?}, not {wanted}");
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn column(&self, message_id: &str, column: &str) -> Option<String> {
        let mut reader = self.db.read(&careway_service::Call::system("tests")).await.unwrap();
        let query = format!("select {column}::text from message where message_id = '{message_id}'");
        sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&mut *reader).await.unwrap()
    }

    pub(crate) fn files(&self) -> Vec<serde_json::Value> {
        let mut names: Vec<_> =
            std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let whole = names.iter().filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'));
        whole.map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.foundation.shutdown.cancel();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn code_message(dedupe_key: &str) -> SendRequest {
    SendRequest {
        channel: send_request::Channel::Sms.into(),
        to: "+250788123456".to_owned(),
        template: "visit_code".to_owned(),
        language: "rw".to_owned(),
        values: values(&[
            ("code", "492039"),
            ("facility", "Ubuzima"),
            ("purpose", "VISIT"),
            ("minutes", "5"),
        ]),
        priority: send_request::Priority::Otp.into(),
        dedupe_key: dedupe_key.to_owned(),
        ..SendRequest::default()
    }
}

pub(crate) fn mail(dedupe_key: &str, organization: &str) -> SendRequest {
    SendRequest {
        channel: send_request::Channel::Email.into(),
        to: "desk@ubuzima.example".to_owned(),
        template: "invitation".to_owned(),
        language: "vi".to_owned(),
        values: values(&[
            ("organization", organization),
            ("link", "https://careway.example/i/t0ken"),
            ("days", "7"),
        ]),
        priority: send_request::Priority::Transactional.into(),
        dedupe_key: dedupe_key.to_owned(),
        ..SendRequest::default()
    }
}

fn values(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
