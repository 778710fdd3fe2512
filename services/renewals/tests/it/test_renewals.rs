//! The service started for one test, and asked as Careway's other services ask it.

use std::{collections::HashMap, ops::Deref, path::PathBuf};

use careway_contract::renewals::v1::{
    SendRequest, SendResponse, notification_service_client::NotificationServiceClient, send_request,
};
use careway_renewals::{MIGRATOR, NAME};
use careway_service::{Foundation, OrganizationKind};
use careway_testing::{FaultProxy, Person, TestService, TestSetup, TokenSigner, eventually, key, upstream};
use tonic::{Request, service::Routes};

pub(crate) struct TestRenewals {
    service: TestService,
    pub(crate) folder: PathBuf,
    signer: TokenSigner,
    operator: Person,
}

impl Deref for TestRenewals {
    type Target = TestService;
    fn deref(&self) -> &TestService {
        &self.service
    }
}

impl TestRenewals {
    pub(crate) async fn start(smtp_url: Option<&str>) -> Self {
        let smtp_url: Vec<_> = smtp_url.into_iter().map(|url| ("CAREWAY_RENEWALS_SMTP_URL", url)).collect();
        Self::start_with(&smtp_url).await
    }

    /// With these routes, as a file of settings has them.
    pub(crate) async fn start_with_routes(routes: &str) -> Self {
        let file = routes_file(routes);
        Self::start_with(&[("CAREWAY_RENEWALS_ROUTES", &file)]).await
    }

    /// With none: it keeps what it is asked to send.
    pub(crate) async fn start_without_routes() -> Self {
        Self::start_in(None, &[]).await
    }

    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_in(Some("CAREWAY_RENEWALS_FOLDER"), settings).await
    }

    /// With these routes, and a database that can be taken away.
    pub(crate) async fn start_behind_a_proxy(routes: &str) -> (FaultProxy, Self) {
        let (proxy, setup) = TestSetup::of(NAME, &MIGRATOR).await.behind_a_proxy().await;
        let file = routes_file(routes);
        let settings = [("CAREWAY_RENEWALS_ROUTES", file.as_str())];
        (proxy, Self::start_of(setup, Some("CAREWAY_RENEWALS_FOLDER"), &settings).await)
    }

    async fn start_in(folder_setting: Option<&str>, settings: &[(&str, &str)]) -> Self {
        Self::start_of(TestSetup::of(NAME, &MIGRATOR).await, folder_setting, settings).await
    }

    async fn start_of(setup: TestSetup, folder_setting: Option<&str>, settings: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("careway-{}", setup.prefix));
        let setup = setup.with("CAREWAY_DATABASE_CONNECTIONS", "4");
        let setup = match folder_setting {
            Some(name) => setup.with(name, folder.display().to_string()),
            None => setup,
        };
        let (signer, operator) =
            (TokenSigner::new(&setup.clock), Person::of(OrganizationKind::Platform, &setup.clock));
        let keys = signer.clone();
        let beside = move |foundation: &Foundation| {
            foundation.registry.provide("identity", upstream(Routes::new(keys.keys())));
        };
        let service = setup.with_all(settings).start(beside, careway_renewals::start).await;
        Self { service, folder, signer, operator }
    }

    /// An operator's request.
    pub(crate) fn operator<M>(&self, message: M) -> Request<M> {
        self.signer.request(&self.operator, &["messages.read", "messages.redrive"], &key(), message)
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

/// A file with these routes, beside one with a password and one with a secret.
pub(crate) fn routes_file(routes: &str) -> String {
    let folder = std::env::temp_dir().join(format!("careway-routes-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("password"), "secret\n").unwrap();
    std::fs::write(folder.join("callbacks"), "a secret of twenty-four characters").unwrap();
    let file = folder.join("routes.toml");
    std::fs::write(&file, routes.replace("$HERE", &folder.to_string_lossy())).unwrap();
    file.to_string_lossy().into_owned()
}

/// A route to this carrier, with more settings of the route and of the session.
pub(crate) fn smpp_route(name: &str, address: &str, more: &str, session: &str) -> String {
    format!(
        r#"
        [[route]]
        name = "{name}"
        sender = "NETCO"
        {more}
        [route.smpp]
        address = "{address}"
        system_id = "careway"
        password_file = "$HERE/password"
        {session}
        "#
    )
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
