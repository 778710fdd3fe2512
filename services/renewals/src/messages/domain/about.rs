//! What a message is about, and who reads it: kept with the message, since recipient and words are found when it is sent.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// An event as rules look at it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Event {
    /// Its full protobuf name.
    pub(crate) event_type: String,
    /// The context that says it, like `visits`.
    pub(crate) context: String,
    /// What it is about, as that context calls it: `CLAIM`, and its id. It is an event's first field.
    pub(crate) kind: String,
    pub(crate) id: String,
    /// Every field; `true` and `false` are of a bool.
    pub(crate) fields: HashMap<String, String>,
}

impl Event {
    /// A field's value; empty when there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct About {
    /// The context that is asked for the values, like `visits`.
    pub(crate) context: String,
    /// What it is, as that context calls it, like `CLAIM`.
    pub(crate) kind: String,
    pub(crate) id: String,
    /// Where the event happened.
    pub(crate) facility_id: String,
    /// What was decided, of an event that tells a decision. A later one has a message of its own.
    pub(crate) state: String,
    pub(crate) reader: Reader,
}

/// Who reads a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reader {
    /// By SMS.
    Member { member_id: String },
    /// Those of an organization who have a permission, by mail.
    Staff { organization_id: String, permission: String },
    /// Whoever the notice names, in its own words.
    Named,
    /// One of them, by mail; those who have a permission when that one cannot be written to.
    Author { organization_id: String, account_id: String, permission: String },
}

impl Reader {
    /// Whose id it is: an event gives rise to one message of a template for each.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Member { member_id } => member_id,
            Self::Staff { organization_id, .. } => organization_id,
            Self::Named => "",
            Self::Author { account_id, .. } => account_id,
        }
    }
}
