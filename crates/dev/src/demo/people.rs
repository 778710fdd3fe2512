//! Who takes part in the demo: people who sign in, each with their mailbox, and the patient with a phone.

use anyhow::Context;
use careway_standalone::seed::{Answer, Demo, Inbox, Insured, Login, Mark, Message, Rest};

use super::steps::Steps;

/// Everybody who signs in.
pub(super) struct People {
    pub(super) anybody: Rest,
    pub(super) inbox: Inbox,
    pub(super) desk: Person,
    pub(super) clinician: Person,
    pub(super) clerk: Person,
    /// Of another facility, if there is one.
    pub(super) pharmacist: Person,
    pub(super) reviewer: Person,
    pub(super) officer: Person,
}

/// Somebody who signed in.
pub(super) struct Person {
    pub(super) rest: Rest,
    pub(super) role: String,
    pub(super) organization: String,
    pub(super) mail: Mailbox,
    session: Answer,
}

/// The patient, and the visit they were admitted for.
pub(super) struct Patient {
    pub(super) member: Insured,
    pub(super) member_id: String,
    pub(super) phone: Mailbox,
    /// `/v1/visits/{visit_id}`.
    pub(super) visit: String,
    pub(super) visit_number: String,
    /// What the link in the SMS of the admission ends with.
    pub(super) dispute_token: String,
}

/// A phone or a mailbox, read in the order in which messages come.
pub(super) struct Mailbox {
    inbox: Inbox,
    address: String,
    read: Mark,
}

impl People {
    /// Signs everybody in: the first front desk and its colleagues, and the people of the first member's payer.
    pub(super) async fn gather(demo: &Demo, inbox: Inbox) -> anyhow::Result<Self> {
        let anybody = Rest::new(&demo.gateway)?;
        let payer = &demo.members.first().context(".dev/demo.json has no members")?.payer;
        let facility = &demo.login("FRONT_DESK").context(".dev/demo.json has no FRONT_DESK")?.organization;
        let of = async |role: &str, organization: &str| Person::of(demo, role, organization, &inbox).await;
        let elsewhere = demo.logins.iter().find(|it| it.role == "PHARMACIST" && it.organization != *facility);
        let pharmacy = elsewhere.map_or(facility, |login| &login.organization);
        Ok(Self {
            desk: of("FRONT_DESK", facility).await?,
            clinician: of("CLINICIAN", facility).await?,
            clerk: of("CLAIMS_CLERK", facility).await?,
            pharmacist: of("PHARMACIST", pharmacy).await?,
            reviewer: of("MEDICAL_REVIEWER", payer).await?,
            officer: of("BENEFITS_OFFICER", payer).await?,
            anybody,
            inbox,
        })
    }

    /// The day begins.
    pub(super) fn tell(&self, steps: &mut Steps) -> anyhow::Result<()> {
        steps.step("The front desk opens the portal in the morning");
        let credentials = serde_json::json!({"email": self.desk.mail.address, "password": "…"});
        steps.asks("POST", "/v1/sessions", &credentials);
        let session = steps.hears(self.desk.session.clone(), 200)?;
        let permissions = super::words::texts(session.list("permissions"));
        steps.means(format!("{} may {permissions}", self.desk.name()));
        steps.means("the others have signed in too, and may what their roles may:");
        let others = [&self.clinician, &self.clerk, &self.pharmacist, &self.reviewer, &self.officer];
        let row = |it: &Person| [it.name().to_owned(), it.role.clone(), it.organization.clone()];
        steps.shows(["WHO", "ROLE", "OF"], others.map(row).into());
        Ok(())
    }

    /// Whose account this is, if they take part.
    pub(super) fn name_of(&self, account: &str) -> Option<&str> {
        let all = [&self.desk, &self.clinician, &self.clerk, &self.pharmacist, &self.reviewer, &self.officer];
        let found = all.into_iter().find(|it| it.session.text("account.accountId") == account);
        found.map(Person::name)
    }
}

impl Person {
    /// The demo's person of this role there.
    pub(super) async fn of(
        demo: &Demo,
        role: &str,
        organization: &str,
        inbox: &Inbox,
    ) -> anyhow::Result<Self> {
        let login = demo.logins.iter().find(|it| it.role == role && it.organization == organization);
        let login = login.with_context(|| format!(".dev/demo.json has no {role} of {organization}"))?;
        Self::sign_in(&Rest::new(&demo.gateway)?, login, inbox).await
    }

    async fn sign_in(anybody: &Rest, login: &Login, inbox: &Inbox) -> anyhow::Result<Self> {
        let session = anybody.token(&login.credentials()).await?.ok()?;
        Ok(Self {
            rest: anybody.with_token(session.text("accessToken")),
            role: login.role.clone(),
            organization: login.organization.clone(),
            mail: Mailbox::of(inbox, &login.email)?,
            session,
        })
    }

    pub(super) fn name(&self) -> &str {
        self.session.text("account.name")
    }
}

impl Mailbox {
    /// What came so far counts as read.
    pub(super) fn of(inbox: &Inbox, address: &str) -> anyhow::Result<Self> {
        Ok(Self { inbox: inbox.clone(), address: address.to_owned(), read: inbox.mark()? })
    }

    /// What is written to it.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// The next message; it is waited for.
    pub(super) async fn next(&mut self) -> anyhow::Result<Message> {
        let message = self.inbox.next(&self.read, &self.address).await?;
        self.read = message.place.clone();
        Ok(message)
    }

    /// The next message, if it is there.
    pub(super) fn find_next(&mut self) -> anyhow::Result<Option<Message>> {
        let messages = self.inbox.messages_to(&self.address)?;
        let next = messages.into_iter().find(|message| message.place > self.read);
        if let Some(next) = &next {
            self.read = next.place.clone();
        }
        Ok(next)
    }

    /// The next one that names this.
    pub(super) async fn about(&mut self, what: &str) -> anyhow::Result<Message> {
        loop {
            let message =
                self.next().await.with_context(|| format!("{} is told nothing of {what}", self.address))?;
            if message.text.contains(what) {
                return Ok(message);
            }
        }
    }
}
