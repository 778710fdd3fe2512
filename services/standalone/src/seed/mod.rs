//! The demo network, made as people would make it: over REST, by operators, administrators and officers who sign in,
//! with the links of real invitations; and a few days' work in it: patients treated, claims in every state, partners helped,
//! appointments sold. What is made is always the same.
//!
//! [`demo`] makes it; the rest is what it is made with, for whoever else acts over REST: [`Rest`] calls the gateway,
//! [`Inbox`] reads what people are sent, [`Events`] what they watch, [`ChannelSystem`] is told by webhooks, [`acts`] are the
//! things they do.

pub mod acts;
mod answer;
mod care;
mod cases;
mod channel_system;
mod channels;
mod collecting;
mod events;
mod families;
mod inbox;
mod mail;
mod organizations;
mod plans;
mod prices;
mod rest;
mod rwanda;
mod scheme;
mod support;
mod until;
mod vietnam;

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use anyhow::Context;
use careway_kernel::{Clock, CountryCode};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use self::{
    acts::{Person, await_desk, hire, register},
    care::Care,
    families::Member,
    organizations::{
        AGENCY, ALL, CHANNEL, CLINIC, CLINICA, DENTAL_OPTICAL, DRAFTED_CHANNEL, HOSPITAL, Organization,
        PARTNER, PASSWORD, SECOND_AGENCY, TESTED_CHANNEL,
    },
    scheme::Scheme,
};
pub use self::{
    answer::Answer,
    channel_system::{ChannelSystem, Heard, remove_left},
    events::{Event, Events},
    inbox::{Inbox, Mark, Message},
    mail::{AUTHSERV_ID, Mail, SUPPORT},
    rest::{Credentials, Request, Rest},
    until::until,
};

/// Who sells appointments, and by whom.
const SELLING: [&str; 2] = [CLINICA.name, CHANNEL.name];

/// What is in the network, for those who try it: the content of `.dev/demo.json`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Demo {
    /// The gateway's base URL.
    pub gateway: String,
    /// Who can sign in. The first front desk is of a facility that treats the first member.
    pub logins: Vec<Login>,
    /// Members who are covered and can be reached by phone.
    pub members: Vec<Insured>,
}

/// Somebody who can sign in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// What they are, like `FRONT_DESK`.
    pub role: String,
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The name of the organization they work for.
    pub organization: String,
    /// Shown to those who try the network: the first of each role, and everybody who sells or books appointments.
    #[serde(default)]
    pub shown: bool,
}

/// A member who can be checked in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Insured {
    /// The payer's number for the member.
    pub member_number: String,
    /// The national identity number, as printed.
    pub national_id: String,
    /// Where codes go, E.164.
    pub phone: String,
    /// The payer's name.
    pub payer: String,
}

impl Demo {
    /// The first login with this role.
    pub fn login(&self, role: &str) -> Option<&Login> {
        self.logins.iter().find(|login| login.role == role)
    }
}

impl Login {
    /// What to sign in with.
    pub fn credentials(&self) -> Credentials {
        Credentials::new(self.email.clone(), self.password.clone())
    }
}

/// Makes the demo network behind this gateway, unless it is there. `inbox` is the platform's message folder. What an
/// interrupted run left is completed.
pub async fn demo(gateway: &str, operator: &Credentials, inbox: &Path) -> anyhow::Result<Demo> {
    let anybody = Rest::new(gateway)?.patient();
    let schemes = [rwanda::umurage(), rwanda::inkingi(), vietnam::household_scheme()];
    let demo = describe(&anybody, operator, &schemes);
    if is_made(&anybody, &DRAFTED_CHANNEL).await? {
        return Ok(demo);
    }

    let operator = anybody.sign_in(operator).await.context("the operator cannot sign in")?;
    let registered = ALL
        .iter()
        .map(async |it| anyhow::Ok((it.code, register(&operator, it.registration(), it.code).await?)));
    let ids: HashMap<_, _> = try_join_all(registered).await?.into_iter().collect();
    let making = Making { anybody, operator, inbox: Inbox::new(inbox), ids };
    // A network of an earlier version has all of the first part, and is not treated or helped twice.
    if !is_made(&making.anybody, &CHANNEL).await? {
        making.insure_and_help(&schemes).await?;
    }
    making.sell().await?;
    Ok(demo)
}

/// With what the network is made.
struct Making {
    anybody: Rest,
    operator: Rest,
    inbox: Inbox,
    /// Of the organizations, by code.
    ids: HashMap<&'static str, String>,
}

impl Making {
    /// Payers, facilities and agencies with their work, and partners who get help.
    async fn insure_and_help(&self, schemes: &[Scheme; 3]) -> anyhow::Result<()> {
        let Self { anybody, operator, inbox, ids } = self;
        let today = Clock::system().today(CountryCode::RW.default_time_zone());
        let entered = schemes.iter().map(async |scheme| {
            self.staff(scheme.payer).await?;
            let officer = sign_in(anybody, scheme.payer, "BENEFITS_OFFICER").await?;
            scheme
                .enter(&officer, ids, today)
                .await
                .with_context(|| format!("entering what {} insures", scheme.payer.name))
        });
        let treating = [&HOSPITAL, &CLINIC, &DENTAL_OPTICAL].map(async |facility| {
            self.staff(facility).await?;
            await_desk(&sign_in(anybody, facility, "FRONT_DESK").await?).await
        });
        let others = [&AGENCY, &SECOND_AGENCY, &PARTNER].map(|it| self.staff(it));
        tokio::try_join!(try_join_all(entered), try_join_all(treating), try_join_all(others))?;
        let [.., household_scheme] = schemes;
        let collecting = collecting::enter(
            anybody,
            ids,
            &household_scheme.families,
            Clock::system().today(CountryCode::VN.default_time_zone()),
        );
        collecting.await.context("entering what an authority has agencies collect")?;
        let care = Care::begin(anybody, inbox, ids, today).await?;
        care.give(schemes).await.context("treating the first patients")?;
        for person in support::staff() {
            hire(operator, None, inbox, &person, PASSWORD).await.context("hiring for support")?;
        }
        self.staff_but_the_last(&CHANNEL).await?;
        support::help(anybody, operator, ids, PASSWORD).await.context("helping the first partners")?;
        self.staff(&CHANNEL).await
    }

    /// A clinic, and call centres that sell its appointments.
    async fn sell(&self) -> anyhow::Result<()> {
        let hired = [&CHANNEL, &CLINICA, &TESTED_CHANNEL].map(|it| self.staff(it));
        tokio::try_join!(try_join_all(hired), self.staff_but_the_last(&DRAFTED_CHANNEL))?;
        let agent = support::sign_in_agent(&self.anybody, PASSWORD).await?;
        let today = Clock::system().today(CountryCode::RO.default_time_zone());
        let sold = channels::sell(&self.anybody, &self.operator, &agent, &self.ids, today);
        sold.await.context("selling the first appointments")?;
        self.staff(&DRAFTED_CHANNEL).await
    }

    /// Appoints an organization's administrator, and lets the administrator hire everybody else.
    async fn staff(&self, organization: &Organization) -> anyhow::Result<()> {
        self.employ(organization, &organization.people()).await
    }

    /// The same without the last account: whoever can sign in with that one finds everything before it.
    async fn staff_but_the_last(&self, organization: &Organization) -> anyhow::Result<()> {
        let people = organization.people();
        let (_, all_but_the_last) = people.split_last().context("an organization without people")?;
        self.employ(organization, all_but_the_last).await
    }

    /// The same with these people of the organization, its administrator first.
    async fn employ(&self, organization: &Organization, people: &[Person]) -> anyhow::Result<()> {
        let Self { operator, inbox, ids, .. } = self;
        let hiring = || format!("hiring for {}", organization.name);
        let id = ids.get(organization.code).context("an organization that is not registered")?;
        let (administrator, staff) = people.split_first().context("an organization without people")?;
        let administrator =
            hire(operator, Some(id), inbox, administrator, PASSWORD).await.with_context(hiring)?;
        let administrator = operator.sign_in(&administrator).await.with_context(hiring)?;
        for person in staff {
            hire(&administrator, None, inbox, person, PASSWORD).await.with_context(hiring)?;
        }
        Ok(())
    }
}

/// Whether everything is made up to the last account of this organization.
async fn is_made(anybody: &Rest, organization: &Organization) -> anyhow::Result<bool> {
    let people = organization.people();
    let last = people.last().context("an organization without people")?;
    let answer = anybody.token(&Credentials::new(last.email.clone(), PASSWORD)).await?;
    Ok(answer.ok_or("CREDENTIALS_REJECTED")?.status.is_success())
}

async fn sign_in(anybody: &Rest, organization: &Organization, role: &str) -> anyhow::Result<Rest> {
    let people = organization.people();
    let person = people.iter().find(|person| person.roles.iter().any(|held| held == role));
    let person = person.with_context(|| format!("{} has no {role}", organization.name))?;
    anybody.sign_in(&Credentials::new(person.email.clone(), PASSWORD)).await
}

fn describe(anybody: &Rest, operator: &Credentials, schemes: &[Scheme]) -> Demo {
    let login = |organization: &str, role: &str, email: &str, password: &str| Login {
        role: role.to_owned(),
        email: email.to_owned(),
        password: password.to_owned(),
        organization: organization.to_owned(),
        shown: false,
    };
    let mut logins: Vec<_> = ALL
        .iter()
        .flat_map(|organization| {
            organization.people().into_iter().map(move |person| (organization.name, person))
        })
        .map(|(organization, person)| login(organization, &person.roles.join(", "), &person.email, PASSWORD))
        .collect();
    let support = support::staff().into_iter();
    logins.extend(support.map(|person| login("Careway", &person.roles.join(", "), &person.email, PASSWORD)));
    logins.push(login("Careway", "OPERATOR", &operator.email, &operator.password));
    let mut roles = HashSet::new();
    for login in &mut logins {
        login.shown = roles.insert(login.role.clone()) || SELLING.contains(&login.organization.as_str());
    }
    let members =
        schemes.iter().flat_map(|scheme| scheme.shown().filter_map(|member| insured(scheme, member)));
    Demo { gateway: anybody.base().to_owned(), logins, members: members.collect() }
}

fn insured(scheme: &Scheme, member: &Member) -> Option<Insured> {
    Some(Insured {
        member_number: member.number.clone(),
        national_id: member.national_id.clone()?,
        phone: member.mobile.clone()?,
        payer: scheme.payer.name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_front_desk_checks_the_first_member_in() {
        let schemes = [rwanda::umurage(), rwanda::inkingi(), vietnam::household_scheme()];
        let operator = Credentials::new("operator@careway.example", "secret");
        let demo = describe(&Rest::new("http://127.0.0.1:1/").unwrap(), &operator, &schemes);
        assert_eq!(demo.login("FRONT_DESK").unwrap().organization, HOSPITAL.name);
        assert_eq!((demo.members.len(), demo.members[0].payer.as_str()), (11, schemes[0].payer.name));
        assert!(
            schemes[0]
                .contracts
                .iter()
                .any(|(facility, care)| { facility.name == HOSPITAL.name && care.contains(&"OUTPATIENT") })
        );
        assert_eq!(demo.gateway, "http://127.0.0.1:1");
        assert!(serde_json::to_value(&demo).unwrap()["members"][0]["memberNumber"].is_string());
    }
}
