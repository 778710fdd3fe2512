//! The world of the vectors, faked where it is another service's: identity knows its people, renewals takes reports.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use careway_contract::{
    identity::v1::{
        Membership, OrganizationCode, account::Status as AccountStatus,
        account_service_server::AccountServiceServer, organization::Kind,
    },
    renewals::v1::{
        ReportBounceRequest, ReportBounceResponse, SendRequest, SendResponse,
        notification_service_server::{NotificationService, NotificationServiceServer},
    },
};
use careway_kernel::{AccountId, Clock, OrganizationId};
use careway_service::{Foundation, OrganizationKind};
use careway_testing::{Person, TokenSigner, upstream};
use serde_json::Value;
use tonic::{Request, Response, Status, service::Routes};

/// A file of the vectors.
pub(crate) fn read(file: &str) -> Vec<u8> {
    let path = format!("{}/../../tests/vectors/cases/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rows of a file of the vectors.
pub(crate) fn rows(file: &str) -> Vec<Value> {
    let text = String::from_utf8(read(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Who is in the world.
#[derive(Clone)]
pub(crate) struct World {
    json: Arc<Value>,
    accounts: Arc<HashMap<String, AccountId>>,
    organizations: Arc<HashMap<String, OrganizationId>>,
    disabled: Arc<Mutex<Vec<String>>>,
    reports: Arc<Mutex<Vec<String>>>,
    away: Arc<Mutex<bool>>,
    is_made: Arc<Mutex<bool>>,
}

impl World {
    pub(crate) fn new(clock: &Clock) -> Self {
        let json: Value = serde_json::from_slice(&read("world.json")).unwrap();
        let keys = |list_of: &str| {
            list(&json[list_of]).iter().map(|one| text(&one["key"]).to_owned()).collect::<Vec<_>>()
        };
        let accounts = keys("accounts").into_iter().map(|key| (key, AccountId::new(clock))).collect();
        let organizations =
            keys("organizations").into_iter().map(|key| (key, OrganizationId::new(clock))).collect();
        Self {
            accounts: Arc::new(accounts),
            organizations: Arc::new(organizations),
            json: Arc::new(json),
            disabled: Arc::default(),
            reports: Arc::default(),
            away: Arc::default(),
            is_made: Arc::default(),
        }
    }

    pub(crate) fn accounts(&self) -> &[Value] {
        list(&self.json["accounts"])
    }

    pub(crate) fn cases(&self) -> &[Value] {
        list(&self.json["cases"])
    }

    pub(crate) fn account_keys(&self) -> impl Iterator<Item = &str> {
        list(&self.json["accounts"]).iter().map(|account| text(&account["key"]))
    }

    pub(crate) fn account(&self, key: &str) -> AccountId {
        self.accounts[key]
    }

    pub(crate) fn organization(&self, key: &str) -> OrganizationId {
        self.organizations[key]
    }

    /// Somebody, as one of their first organization.
    pub(crate) fn person(&self, key: &str) -> Person {
        let account = self.account_of(key);
        let organization = text(&account["memberships"][0]["organization"]);
        let kind = match self.organization_of(organization)["kind"].as_str() {
            Some("PLATFORM") => OrganizationKind::Platform,
            _ => OrganizationKind::Partner,
        };
        Person { organization: self.organization(organization), kind, account: self.account(key) }
    }

    /// Takes somebody's access away.
    pub(crate) fn disable(&self, key: &str) {
        self.disabled.lock().unwrap().push(key.to_owned());
    }

    /// Its cases are there. Until then everybody counts, also who lost access since: cases are made as if before.
    pub(crate) fn is_made(&self) {
        *self.is_made.lock().unwrap() = true;
    }

    /// Whether identity answers.
    pub(crate) fn identity_is_away(&self, away: bool) {
        *self.away.lock().unwrap() = away;
    }

    /// The return addresses of the reports that renewals got.
    pub(crate) fn reports(&self) -> Vec<String> {
        self.reports.lock().unwrap().clone()
    }

    /// Stands in for identity and renewals beside a service.
    pub(crate) fn beside(&self, signer: &TokenSigner) -> impl Fn(&Foundation) + use<> {
        let (world, keys) = (self.clone(), signer.clone());
        move |foundation| {
            let identity = Routes::new(AccountServiceServer::new(world.clone())).add_service(keys.keys());
            foundation.registry.provide("identity", upstream(identity));
            let renewals = Routes::new(NotificationServiceServer::new(world.clone()));
            foundation.registry.provide("renewals", upstream(renewals));
        }
    }

    fn account_of(&self, key: &str) -> &Value {
        list(&self.json["accounts"]).iter().find(|account| account["key"] == key).unwrap()
    }

    fn organization_of(&self, key: &str) -> &Value {
        list(&self.json["organizations"]).iter().find(|organization| organization["key"] == key).unwrap()
    }

    /// What somebody is and may do, organization by organization.
    pub(crate) fn memberships(&self, account: &Value) -> Vec<Membership> {
        let key = text(&account["key"]);
        let is_disabled = self.disabled.lock().unwrap().iter().any(|disabled| disabled == key);
        let memberships = list(&account["memberships"]).iter().map(|membership| {
            let organization = text(&membership["organization"]);
            let of = self.organization_of(organization);
            let is_early = !*self.is_made.lock().unwrap();
            let is_active = is_early || membership["status"] == "ACTIVE" && !is_disabled;
            let permissions: &[&str] = match text(&membership["role"]) {
                "READER" => &["cases.read"],
                "SUPPORT_AGENT" => &["cases.read", "cases.write", "cases.handle"],
                "SUPPORT_LEAD" => &["cases.read", "cases.write", "cases.handle", "cases.manage"],
                _ => &["cases.read", "cases.write"],
            };
            let kind = if of["kind"] == "PLATFORM" { Kind::Platform } else { Kind::Partner };
            let status = if is_active { AccountStatus::Active } else { AccountStatus::Disabled };
            let code = |code: &Value| OrganizationCode {
                value: text(&code["value"]).to_owned(),
                ..Default::default()
            };
            Membership {
                account_id: self.account(key).to_string(),
                organization_id: self.organization(organization).to_string(),
                organization_kind: kind.into(),
                organization_name: text(&of["name"]).to_owned(),
                codes: list(&of["codes"]).iter().map(code).collect(),
                email: text(&account["email"]).to_owned(),
                name: text(&account["name"]).to_owned(),
                status: status.into(),
                permissions: if is_active {
                    permissions.iter().map(|it| (*it).to_owned()).collect()
                } else {
                    Vec::new()
                },
                language: text(&of["locale"]).to_owned(),
            }
        });
        memberships.collect()
    }

    /// Unless it is away.
    pub(crate) fn answers(&self) -> Result<(), Status> {
        if *self.away.lock().unwrap() { Err(Status::unavailable("away")) } else { Ok(()) }
    }
}

#[tonic::async_trait]
impl NotificationService for World {
    async fn report_bounce(
        &self,
        request: Request<ReportBounceRequest>,
    ) -> Result<Response<ReportBounceResponse>, Status> {
        self.reports.lock().unwrap().push(request.into_inner().return_address);
        Ok(Response::new(ReportBounceResponse::default()))
    }

    async fn send(&self, _: Request<SendRequest>) -> Result<Response<SendResponse>, Status> {
        Err(Status::unimplemented("mail that comes in sends none itself"))
    }
}
