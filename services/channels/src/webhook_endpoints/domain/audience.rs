//! Which endpoints hear an event.

use careway_kernel::OrganizationId;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Endpoint;

/// An event, as far as it decides who hears it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Happened<'a> {
    pub(crate) event_type: &'a str,
    /// What one must be allowed to read; none where it stays inside.
    pub(crate) told: Option<&'a str>,
    /// What it is about.
    pub(crate) subject: Uuid,
    pub(crate) parties: [Option<OrganizationId>; 2],
    pub(crate) at: DateTime<Utc>,
}

impl Endpoint {
    /// Whether the endpoint hears the event. A disabled one does, and its messages are held; but none hears of itself.
    pub(crate) fn hears(&self, event: &Happened<'_>) -> bool {
        let types = &self.settings.types;
        event.parties.contains(&Some(self.organization))
            && event.told.is_some_and(|told| self.permissions.iter().any(|held| held == told))
            && (types.is_empty() || types.iter().any(|chosen| chosen == event.event_type))
            && event.at >= self.enabled_from
            && event.subject != self.id.uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use careway_kernel::WebhookEndpointId;
    use serde_json::Value;

    use super::*;
    use crate::{
        vectors,
        webhook_endpoints::domain::{Cause, Failing, Ordering, Settings, secret::Scheme},
    };

    fn texts(of: &Value) -> Vec<String> {
        of.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    fn endpoint(given: &Value, organization: OrganizationId) -> Endpoint {
        let from = given["enabledFrom"].as_str().unwrap().parse().unwrap();
        let types = texts(&given["types"]);
        Endpoint {
            id: WebhookEndpointId::from_uuid(Uuid::nil()),
            organization,
            settings: Settings { url: String::new(), types, ordering: Ordering::Strict, rate: 0 },
            permissions: texts(&given["permissions"]),
            scheme: Scheme::Hmac,
            disabled: (given["state"] == "DISABLED").then_some(Cause::ByOwner),
            enabled_from: from,
            verified_at: None,
            failing: Failing::default(),
            version: 1,
            created_at: from,
        }
    }

    #[test]
    fn events_are_heard_by_whom_the_vectors_name() {
        let rows = vectors::read("deliveries.jsonl").into_iter().filter(|row| row["kind"] == "who");
        let mut played = 0;
        for row in rows {
            let mut known = BTreeMap::new();
            let mut party = |name: &Value| {
                let next = known.len() as u128 + 1;
                let name = name.as_str()?.to_owned();
                Some(*known.entry(name).or_insert_with(|| OrganizationId::from_uuid(Uuid::from_u128(next))))
            };
            let event = &row["event"];
            let happened = Happened {
                event_type: event["type"].as_str().unwrap(),
                told: event["toldTo"].as_str(),
                subject: Uuid::max(),
                parties: [party(&event["organization"]), party(&event["also"])],
                at: event["occurredAt"].as_str().unwrap().parse().unwrap(),
            };
            // One that was taken away is not among those that are asked.
            let there =
                row["endpoints"].as_array().unwrap().iter().filter(|given| given["state"] != "DELETED");
            let hearers = there.filter(|given| {
                let organization = party(&given["organization"]).unwrap();
                endpoint(given, organization).hears(&happened)
            });
            let hearers: Vec<_> = hearers.map(|given| given["name"].as_str().unwrap().to_owned()).collect();
            assert_eq!(hearers, texts(&row["getIt"]), "{row}");
            for given in row["endpoints"].as_array().unwrap() {
                let endpoint = endpoint(given, party(&given["organization"]).unwrap());
                assert!(!endpoint.hears(&Happened { subject: endpoint.id.uuid(), ..happened }));
            }
            played += 1;
        }
        assert_eq!(played, 4);
    }
}
