//! The one REST gateway: the contract's routes behind the edge stack, and the few endpoints that cannot be RPCs.
//! It holds no business rule and no database.

mod config;
mod connections;
mod edge;
mod endpoints;
pub mod process;

use std::{iter, sync::Arc};

use anyhow::Context;
use axum::Router;
use careway_service::{Foundation, Stopping, Upstream};
use careway_transcoding::{Settings, Tag, Transcoder};
use chrono::NaiveDate;
use prost_reflect::DescriptorPool;
use tokio::net::TcpListener;
use tower::{BoxError, ServiceExt, util::BoxCloneSyncService};

pub use careway_transcoding::{ProblemDoc, Route};
pub use config::Config;

/// The gateway, ready to be served.
pub struct Gateway {
    router: Router,
    transcoder: Arc<Transcoder>,
    limits: connections::Limits,
}

impl Gateway {
    /// Builds every route of the contract. Services are found in the foundation's registry when they are called.
    ///
    /// # Errors
    /// A contract that cannot be a REST interface: colliding routes, an RPC without an access option.
    pub fn build(
        config: &Config,
        foundation: &Foundation,
        readiness: endpoints::health::Readiness,
    ) -> anyhow::Result<Self> {
        let transcoder = transcoder(config, &foundation.public_url)?;
        let api = edge::plain_before(transcoder.router(|service| Some(upstream(foundation, service)))?);
        let api = edge::Permits::new(foundation.policy().clone(), transcoder.routes()).before(api);
        let transcoder = Arc::new(transcoder);
        let edge = edge::Edge::new(config, foundation, transcoder.routes())?;
        let limits = connections::Limits::new(config);
        let own = endpoints::router(config, foundation, &transcoder)?;
        let router = edge.around(own.merge(api));
        Ok(Self { router: endpoints::health::router(readiness).merge(router), transcoder, limits })
    }

    /// The OpenAPI document with the examples of this day.
    pub fn openapi(&self, today: NaiveDate) -> serde_json::Value {
        self.transcoder.openapi(today)
    }

    /// Every route of the contract, for tests over all of them.
    pub fn routes(&self) -> &[Route] {
        self.transcoder.routes()
    }

    /// Answers REST until the process closes its ports; then drains, for as long as it may.
    pub async fn serve(self, listener: TcpListener, stopping: Stopping) {
        connections::serve(listener, self.router, self.limits, stopping).await;
    }
}

pub use endpoints::health::Readiness;

fn transcoder(config: &Config, public_url: &str) -> anyhow::Result<Transcoder> {
    let settings = Settings {
        title: "Careway".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        description: include_str!("introduction.md").to_owned(),
        server: public_url.to_owned(),
        max_json_bytes: config.max_json_bytes,
        extra_paths: endpoints::openapi_paths(),
        tags: tags(),
        contact: Some(public_url.to_owned()),
        ..Settings::default()
    };
    Transcoder::new(contract()?, settings)
}

/// Every route of the contract, for documents made from it.
pub fn routes() -> anyhow::Result<Vec<Route>> {
    Ok(Transcoder::new(contract()?, Settings::default())?.routes().to_vec())
}

/// In the order in which a partner meets them: who calls, the patient at the desk, care and its payment, renewals, help,
/// booking by channels.
const TAGS: [&str; 59] = [
    "Session",
    "Account",
    "ApiClient",
    "Key",
    "Organization",
    "Member",
    "Plan",
    "Contract",
    "Tariff",
    "Coverage",
    "Benefit",
    "ClaimRules",
    "Visit",
    "VisitOverride",
    "VisitRules",
    "MedicalFile",
    "Document",
    "Preauthorization",
    "Prescription",
    "Claim",
    "PaymentAdvice",
    "Agency",
    "RenewalSettings",
    "Participant",
    "Import",
    "DataIssue",
    "Renewal",
    "Template",
    "Campaign",
    "Message",
    "OptOut",
    "Case",
    "Attachment",
    "CaseNotice",
    "CaseForm",
    "ServiceLevel",
    "WorkCalendar",
    "InboundMail",
    "InterestForm",
    "Channel",
    "ChannelContract",
    "Connection",
    "Consent",
    "JointTest",
    "ChannelNotice",
    "Resource",
    "OfferedService",
    "Closure",
    "Price",
    "Slot",
    "Hold",
    "ChannelBooking",
    "Booking",
    "Feed",
    "SmartScheduling",
    "ActionsCenter",
    "EventType",
    "WebhookEndpoint",
    "WebhookMessage",
];

fn tags() -> Vec<Tag> {
    let tag =
        |name: &str, description: &str| Tag { name: name.to_owned(), description: description.to_owned() };
    let contract = TAGS.iter().map(|name| tag(name, ""));
    iter::once(tag(endpoints::OAUTH_TAG, "Tokens for partners' systems, and the keys to verify tokens by."))
        .chain(contract)
        .collect()
}

/// Every reason that a problem may have, as the contract declares them.
pub fn problems() -> anyhow::Result<Vec<ProblemDoc>> {
    careway_transcoding::problems(&contract()?)
}

fn contract() -> anyhow::Result<DescriptorPool> {
    DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).context("the contract")
}

/// `careway.visits.v1.VisitService` is answered by the service `visits`.
fn upstream(foundation: &Foundation, service: &str) -> careway_transcoding::Upstream {
    let context = service.split('.').nth(1).unwrap_or_default();
    let upstream: Upstream = foundation.registry.upstream(context);
    BoxCloneSyncService::new(upstream.map_err(BoxError::from))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The names of the tags that operations have, and of those that the document describes.
    fn named() -> (BTreeSet<String>, Vec<String>) {
        let settings =
            Settings { extra_paths: endpoints::openapi_paths(), tags: tags(), ..Settings::default() };
        let transcoder = Transcoder::new(contract().unwrap(), settings).unwrap();
        let document = transcoder.openapi(NaiveDate::default());
        let operations = document["paths"].as_object().unwrap().values();
        let operations = operations.flat_map(|path| path.as_object().unwrap().values());
        let used = operations.map(|operation| operation["tags"][0].as_str().unwrap().to_owned()).collect();
        let described = document["tags"].as_array().unwrap().iter();
        (used, described.map(|tag| tag["name"].as_str().unwrap().to_owned()).collect())
    }

    #[test]
    fn every_tag_has_its_place_in_the_journey() {
        let (used, described) = named();
        let placed: Vec<String> = tags().into_iter().map(|tag| tag.name).collect();
        assert_eq!(described, placed, "a tag of the contract has no place");
        assert_eq!(placed.iter().cloned().collect::<BTreeSet<_>>(), used, "a place is of no tag");
    }
}
