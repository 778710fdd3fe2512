//! The world of the vectors in memory: who may do what, which cases there are, what finds them.

use std::collections::BTreeMap;

use careway_kernel::{AccountId, CaseId, OrganizationId};
use serde_json::Value;
use uuid::Uuid;

use super::{
    super::{
        mail::Mail,
        matching::reference,
        outcome::FoundCase,
        sender::{Membership, Sender},
    },
    placeholders::value,
    read,
};

/// What is there when a mail comes in.
pub(super) struct World {
    json: Value,
    pub(super) disabled: Vec<String>,
    /// What finds a case: references, identifiers, numbers.
    names: BTreeMap<String, String>,
}

impl World {
    pub(super) fn new() -> Self {
        let json: Value = serde_json::from_str(&read("world.json")).unwrap();
        let mut names = BTreeMap::new();
        for case in list(&json["cases"]) {
            let key = text(&case["key"]);
            names.insert(value(&format!("number {key}")), key.to_owned());
            names.insert(value(&format!("root {key}")), key.to_owned());
            for account in list(&json["accounts"]) {
                names.insert(value(&format!("token {key} {}", text(&account["key"]))), key.to_owned());
            }
            for message in list(&case["messages"]) {
                names.extend(message["messageId"].as_str().map(|id| (id.to_owned(), key.to_owned())));
                for who in list(&message["notices"]) {
                    let id = value(&format!("id {} {}", text(&message["key"]), text(who)));
                    names.insert(id, key.to_owned());
                }
            }
        }
        Self { json, disabled: Vec::new(), names }
    }

    /// What identity says of an address.
    pub(super) fn sender(&self, address: &str) -> Sender {
        let accounts = list(&self.json["accounts"]);
        let Some(account) = accounts.iter().find(|account| account["email"] == address) else {
            return Sender::default();
        };
        let key = text(&account["key"]);
        let membership = |membership: &Value| {
            let organization = text(&membership["organization"]);
            let role = text(&membership["role"]);
            let codes = self.organization(organization)["codes"].clone();
            Membership {
                account: AccountId::from_uuid(id(key)),
                organization: OrganizationId::from_uuid(id(organization)),
                is_platform: self.organization(organization)["kind"] == "PLATFORM",
                is_active: membership["status"] == "ACTIVE" && !self.disabled.iter().any(|gone| gone == key),
                may_read: true,
                may_write: role != "READER",
                may_handle: role.starts_with("SUPPORT"),
                codes: list(&codes).iter().map(|code| text(&code["value"]).to_owned()).collect(),
            }
        };
        Sender(list(&account["memberships"]).iter().map(membership).collect())
    }

    /// The case that a mail's hints find, in their order.
    pub(super) fn found(&self, mail: &Mail, recipient: &str, sender: &Sender) -> Option<FoundCase> {
        let envelope = reference::of_address(recipient, "support@careway.example");
        let hints = &mail.hints;
        let is_signed = |id: &&String| id.ends_with("@careway.example");
        let strong = envelope.iter().chain(&hints.addressed);
        let ids =
            hints.answered.iter().filter(is_signed).chain(hints.answered.iter().filter(|id| !is_signed(id)));
        let strong = strong.chain(ids).chain(&hints.written).find_map(|name| self.names.get(name));
        let numbered = || {
            let cases = hints.numbers.iter().filter_map(|number| self.names.get(number));
            cases.into_iter().find(|key| sender.may_read(self.case(key).organization))
        };
        strong.or_else(numbered).map(|key| self.case(key))
    }

    fn case(&self, key: &str) -> FoundCase {
        let cases = list(&self.json["cases"]);
        let case = cases.iter().find(|case| case["key"] == key).unwrap();
        let follow_up = cases.iter().find(|other| other["followUpOf"] == key && other["state"] != "CLOSED");
        FoundCase {
            id: CaseId::from_uuid(id(key)),
            organization: OrganizationId::from_uuid(id(text(&case["organization"]))),
            is_closed: case["state"] == "CLOSED",
            follow_up: follow_up.map(|case| CaseId::from_uuid(id(text(&case["key"])))),
        }
    }

    fn organization(&self, key: &str) -> &Value {
        list(&self.json["organizations"]).iter().find(|organization| organization["key"] == key).unwrap()
    }
}

/// A key of the world as an id.
pub(super) fn id(key: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes[..key.len()].copy_from_slice(key.as_bytes());
    Uuid::from_bytes(bytes)
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
