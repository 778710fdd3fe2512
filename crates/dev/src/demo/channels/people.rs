//! Who takes part: the people of a call centre, its system, an operator, and a clinic that nobody has seen before.

use anyhow::Context;
use careway_standalone::seed::{ChannelSystem, Demo, Inbox, Rest, SUPPORT};
use serde_json::Value;

use crate::demo::{
    people::{Mailbox, Person},
    steps::Steps,
};

/// Everybody but the clinic.
pub(super) struct People {
    pub(super) inbox: Inbox,
    /// Registers organizations.
    pub(super) operator: Person,
    /// The call centre's name.
    pub(super) channel: String,
    /// Of the call centre.
    pub(super) administrator: Person,
    pub(super) editor: Person,
    pub(super) agent: Person,
    /// Of the call centre, too.
    pub(super) system: ChannelSystem,
    /// Where the call centre is written to.
    pub(super) onboarding: Mailbox,
    pub(super) customer_service: Mailbox,
    /// What makes the names of this run its own.
    pub(super) serial: String,
}

/// The clinic.
pub(super) struct Clinic {
    pub(super) name: &'static str,
    /// Its administrator, signed in.
    pub(super) rest: Rest,
    /// The call centre's id.
    pub(super) channel: String,
}

impl People {
    /// Signs them in, and starts the call centre's system.
    pub(super) async fn gather(demo: &Demo, inbox: &Inbox) -> anyhow::Result<Self> {
        let has = |organization: &str, role: &str| {
            demo.logins.iter().any(|it| it.organization == organization && it.role == role)
        };
        let sells = demo.logins.iter().find(|it| it.role == "AGENT" && has(&it.organization, "EDITOR"));
        let channel = &sells.context(".dev/demo.json has no call centre")?.organization;
        let careway = &demo.login("OPERATOR").context(".dev/demo.json has no OPERATOR")?.organization;
        let of = async |role: &str, organization: &str| Person::of(demo, role, organization, inbox).await;
        let administrator = of("ADMINISTRATOR", channel).await?;
        let domain = administrator.mail.address().rsplit('@').next().unwrap_or_default();
        Ok(Self {
            inbox: inbox.clone(),
            operator: of("OPERATOR", careway).await?,
            channel: channel.clone(),
            editor: of("EDITOR", channel).await?,
            agent: of("AGENT", channel).await?,
            system: ChannelSystem::start().await?,
            onboarding: Mailbox::of(inbox, &format!("onboarding@{domain}"))?,
            customer_service: Mailbox::of(inbox, SUPPORT)?,
            administrator,
            serial: std::time::SystemTime::UNIX_EPOCH.elapsed()?.as_micros().to_string(),
        })
    }

    /// The next thing of this kind that the call centre's system is told of a connection, which it believes.
    pub(super) async fn told(&self, steps: &Steps, kind: &str, connection: &str) -> anyhow::Result<Value> {
        let id = connection.rsplit('/').next().unwrap_or_default();
        let heard = self.system.next(kind, |data| data["connectionId"] == id).await?;
        steps.told(&heard);
        Ok(heard.data)
    }
}
