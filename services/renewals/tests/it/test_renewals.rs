//! The service started for one test, and asked as Careway's other services ask it.

use std::{collections::HashMap, ops::Deref, path::PathBuf};

use careway_contract::renewals::v1::{
    SendRequest, SendResponse, notification_service_client::NotificationServiceClient, send_request,
};
use careway_renewals::{MIGRATOR, NAME};
use careway_testing::{TestService, TestSetup, eventually};

pub(crate) struct TestRenewals {
    service: TestService,
    pub(crate) folder: PathBuf,
}

impl Deref for TestRenewals {
    type Target = TestService;
    fn deref(&self) -> &TestService {
        &self.service
    }
}

impl TestRenewals {
    pub(crate) async fn start(smtp_url: Option<&str>) -> Self {
        let setup = TestSetup::of(NAME, &MIGRATOR).await;
        let folder = std::env::temp_dir().join(format!("careway-{}", setup.prefix));
        let setup = setup
            .with("CAREWAY_DATABASE_CONNECTIONS", "4")
            .with("CAREWAY_RENEWALS_FOLDER", folder.display().to_string());
        let setup =
            smtp_url.into_iter().fold(setup, |setup, url| setup.with("CAREWAY_RENEWALS_SMTP_URL", url));
        let service = setup.start(|_| {}, careway_renewals::start).await;
        Self { service, folder }
    }

    pub(crate) async fn send(&self, request: SendRequest) -> Result<SendResponse, tonic::Status> {
        let mut client = NotificationServiceClient::new(self.foundation.registry.upstream(NAME));
        client.send(self.foundation.identity.request(request)).await.map(tonic::Response::into_inner)
    }

    /// The message's state, once it is `wanted`; panics when it does not become so.
    pub(crate) async fn becomes(&self, message_id: &str, wanted: &str) {
        let so = async || self.column(message_id, "state").await.as_deref() == Some(wanted);
        eventually(&format!("{message_id} is {wanted}"), so).await;
    }

    pub(crate) async fn column(&self, message_id: &str, column: &str) -> Option<String> {
        let query = format!("select {column}::text from message where message_id = '{message_id}'");
        sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&self.admin).await.unwrap()
    }

    pub(crate) fn files(&self) -> Vec<serde_json::Value> {
        let mut names: Vec<_> =
            std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let whole = names.iter().filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'));
        whole.map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }
}

impl Drop for TestRenewals {
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
