//! Support as the demo has it: its people, when they work and how fast they answer, a form of their own, and twelve cases of two
//! partners in every state; by mail, too, and one mail that waits because nobody knows who wrote it.

mod mails;
mod promises;
mod stories;
mod story;

use std::collections::HashMap;

use anyhow::Context;
use futures::future::try_join_all;

use self::{
    mails::{ARRIVED, SPOOFED},
    stories::STORIES,
    story::{Act, Story},
};
use super::{
    Answer, Credentials, Rest,
    acts::Person,
    organizations::{CHANNEL, Organization, PARTNER},
    sign_in,
};

/// Who helps: role, name and address; all of them are the platform's.
const STAFF: [(&str, &str, &str); 2] = [
    ("SUPPORT_AGENT", "Grace Uwera", "grace@careway.example"),
    ("SUPPORT_LEAD", "Paul Mugabo", "paul@careway.example"),
];

/// The people of support.
pub(super) fn staff() -> Vec<Person> {
    let person = |(role, name, email): &(&str, &str, &str)| Person {
        name: (*name).to_owned(),
        email: (*email).to_owned(),
        roles: vec![(*role).to_owned()],
    };
    STAFF.iter().map(person).collect()
}

/// Support's agent, signed in.
pub(super) async fn sign_in_agent(anybody: &Rest, password: &str) -> anyhow::Result<Rest> {
    let [(_, _, email), _] = STAFF;
    anybody.sign_in(&Credentials::new(email, password)).await
}

/// Those who ask and answer, signed in.
struct People {
    agent: Rest,
    /// By their organization's code and their role.
    partners: HashMap<(&'static str, &'static str), Rest>,
}

/// Makes all of it, or what an interrupted run left: every command has a key of its own, under which it is done once.
pub(super) async fn help(
    anybody: &Rest,
    operator: &Rest,
    ids: &HashMap<&str, String>,
    password: &str,
) -> anyhow::Result<()> {
    let of_support =
        STAFF.map(async |(_, _, email)| anybody.sign_in(&Credentials::new(email, password)).await);
    let [agent, lead] =
        <[Rest; 2]>::try_from(try_join_all(of_support).await?).ok().context("support has two people")?;
    promises::make(&lead, ids).await.context("setting what support promises")?;

    let posts = [
        (&PARTNER, "ADMINISTRATOR"),
        (&PARTNER, "EDITOR"),
        (&CHANNEL, "ADMINISTRATOR"),
        (&CHANNEL, "EDITOR"),
    ];
    let partners = posts.map(async |(organization, role): (&'static Organization, _)| {
        anyhow::Ok(((organization.code, role), sign_in(anybody, organization, role).await?))
    });
    let partners = try_join_all(partners).await?.into_iter().collect();
    let people = People { agent, partners };
    for story in &STORIES {
        people.tell(story).await.with_context(|| format!("case {}", story.reference))?;
    }
    for arrived in &ARRIVED {
        let case = mails::deliver(operator, arrived).await?;
        people.act(&case, arrived.id, arrived.course).await.with_context(|| arrived.id)?;
    }
    mails::deliver_spoofed(operator, &SPOOFED).await
}

impl People {
    /// Opens a case, and does what is done about it.
    async fn tell(&self, story: &Story) -> anyhow::Result<()> {
        let by = self.person(story.partner, story.by)?;
        let opened = by.post("/v1/cases", story.opening()).key(&format!("seed-case-{}", story.reference));
        let case = opened.await?.ok()?;
        let path = format!("/v1/cases/{}", case.text("case.caseId"));
        self.act(&path, story.reference, story.course).await?;
        if let Some(followed) = &story.follow_up {
            let path = format!("{path}/follow-ups");
            let key = format!("seed-follow-up-{}", story.reference);
            by.post(&path, followed.body()).key(&key).await?.ok()?;
        }
        Ok(())
    }

    async fn act(&self, case: &str, reference: &str, course: &[Act]) -> anyhow::Result<()> {
        for (place, act) in course.iter().enumerate() {
            let key = format!("seed-{reference}-act-{place:02}");
            self.do_once(case, act, &key).await?;
        }
        Ok(())
    }

    async fn do_once(&self, case: &str, act: &Act, key: &str) -> anyhow::Result<Answer> {
        let by = match act.by() {
            Some((organization, role)) => self.person(organization, role)?,
            None => &self.agent,
        };
        by.post(&format!("{case}/{}", act.verb()), act.body()).key(key).await?.ok()
    }

    fn person(&self, organization: &Organization, role: &'static str) -> anyhow::Result<&Rest> {
        let found = self.partners.get(&(organization.code, role));
        found.with_context(|| format!("{} has no {role}", organization.name))
    }
}
