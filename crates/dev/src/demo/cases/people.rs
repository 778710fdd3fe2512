//! Who takes part: people of a partner, one of another, those of support, and the mail server.

use anyhow::Context;
use careway_standalone::seed::{Answer, Demo, Inbox, Mail, Rest};

use crate::demo::{people::Person, steps::Steps};

/// Everybody who signs in.
pub(super) struct People {
    pub(super) anybody: Rest,
    pub(super) inbox: Inbox,
    /// Asks.
    pub(super) requester: Person,
    /// Of the same partner.
    pub(super) colleague: Person,
    /// Of the same partner: reads.
    pub(super) reader: Person,
    /// Of another one.
    pub(super) stranger: Person,
    pub(super) agent: Person,
    pub(super) lead: Person,
    /// Delivers mail.
    operator: Person,
    /// What makes the names of this run its own.
    pub(super) serial: String,
}

/// A case of the partner, and how it is answered by mail.
pub(super) struct Asked {
    /// `/v1/cases/{case_id}`.
    pub(super) path: String,
    pub(super) id: String,
    pub(super) number: String,
    pub(super) subject: &'static str,
    /// The requester's own address of it: support's with the reference after a plus.
    pub(super) answered_at: String,
    pub(super) reference: String,
}

impl People {
    /// Signs them in.
    pub(super) async fn gather(demo: &Demo, inbox: &Inbox) -> anyhow::Result<Self> {
        let partner = &demo.login("EDITOR").context(".dev/demo.json has no EDITOR")?.organization;
        let other = demo.logins.iter().find(|it| it.role == "EDITOR" && it.organization != *partner);
        let other = &other.context(".dev/demo.json has one partner alone")?.organization;
        let careway =
            &demo.login("SUPPORT_AGENT").context(".dev/demo.json has no SUPPORT_AGENT")?.organization;
        let of = async |role: &str, organization: &str| Person::of(demo, role, organization, inbox).await;
        Ok(Self {
            anybody: Rest::new(&demo.gateway)?,
            inbox: inbox.clone(),
            requester: of("EDITOR", partner).await?,
            colleague: of("ADMINISTRATOR", partner).await?,
            reader: of("READER", partner).await?,
            stranger: of("EDITOR", other).await?,
            agent: of("SUPPORT_AGENT", careway).await?,
            lead: of("SUPPORT_LEAD", careway).await?,
            operator: of("OPERATOR", careway).await?,
            serial: std::time::SystemTime::UNIX_EPOCH.elapsed()?.as_micros().to_string(),
        })
    }

    /// The requester's mail about a case.
    pub(super) fn mail(&self, case: &Asked, text: &str) -> Mail {
        let id = uuid::Uuid::new_v4().to_string();
        let subject = format!("Re: [{}] {}", case.number, case.subject);
        Mail::new(self.requester.mail.address(), &subject, text, &id)
    }

    /// The mail server delivers a mail; what became of it.
    pub(super) async fn deliver(&self, steps: &Steps, mail: &Mail, to: &str) -> anyhow::Result<Answer> {
        steps.asks("POST", &mail.path(to), &"message/rfc822".into());
        let became = steps.hears(mail.deliver(&self.operator.rest, to).await?, 200)?;
        let (outcome, reason) = (became.text("outcomes.0.outcome"), became.text("outcomes.0.reason"));
        steps.means(format!("the mail is {outcome} {reason}").trim_end());
        Ok(became)
    }
}
