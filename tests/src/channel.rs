//! A channel: a call centre that sells providers' appointments.

use serde_json::json;

use crate::{
    Rest, TestPlatform,
    network::{Founded, next},
};

/// A channel with its people.
pub struct Channel {
    /// The organization.
    pub id: String,
    /// Its administrator, signed in.
    pub administrator: Rest,
    /// An editor, who sets up and tests.
    pub editor: Rest,
    /// An agent of its call centre, who books.
    pub agent: Rest,
}

impl Channel {
    /// A channel in Romania.
    pub async fn of(platform: &TestPlatform) -> Self {
        let code = format!("RO-{}", next());
        let name = "Global Assistance";
        let organization = json!({
            "kind": "CHANNEL", "name": name, "country": "RO", "timeZone": "Europe/Bucharest", "locale": "ro",
            "codes": [{"kind": "MERCHANT", "value": code}],
        });
        let founded = Founded::register(platform, organization, name, &code).await;
        let editor = founded.staff(platform, &["EDITOR"]).await;
        let agent = founded.staff(platform, &["AGENT"]).await;
        Self { id: founded.id, administrator: founded.administrator, editor, agent }
    }
}
