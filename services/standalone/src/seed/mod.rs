//! The demo network, made as people would make it: over REST, by operators, administrators and officers who sign in,
//! with the links of real invitations; and a few days' work in it: patients treated, claims in every state. What is made
//! is always the same.
//!
//! [`demo`] makes it; the rest is what it is made with, for whoever else acts over REST: [`Rest`] calls the gateway,
//! [`Inbox`] reads what people are sent, [`acts`] are the things they do.

pub mod acts;
mod answer;
mod care;
mod cases;
mod families;
mod inbox;
mod organizations;
mod plans;
mod prices;
mod rest;
mod rwanda;
mod scheme;
mod until;
mod vietnam;

use std::{collections::HashMap, path::Path};

use anyhow::Context;
use careway_kernel::{Clock, CountryCode};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use self::{
    acts::{await_desk, hire, register},
    care::Care,
    families::Member,
    organizations::{
        AGENCY, ALL, CHANNEL, CLINIC, DENTAL_OPTICAL, HOSPITAL, Organization, PARTNER, PASSWORD,
    },
    scheme::Scheme,
};
pub use self::{
    answer::Answer,
    inbox::{Inbox, Mark, Message},
    rest::{Credentials, Request, Rest},
    until::until,
};

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
    if is_complete(&anybody).await? {
        return Ok(demo);
    }

    let operator = anybody.sign_in(operator).await.context("the operator cannot sign in")?;
    let inbox = Inbox::new(inbox);
    let registered = ALL
        .iter()
        .map(async |it| anyhow::Ok((it.code, register(&operator, it.registration(), it.code).await?)));
    let ids: HashMap<_, _> = try_join_all(registered).await?.into_iter().collect();

    let today = Clock::system().today(CountryCode::RW.default_time_zone());
    let entered = schemes.iter().map(async |scheme| {
        staff(&operator, &inbox, scheme.payer, &ids).await?;
        let officer = sign_in(&anybody, scheme.payer, "BENEFITS_OFFICER").await?;
        scheme
            .enter(&officer, &ids, today)
            .await
            .with_context(|| format!("entering what {} insures", scheme.payer.name))
    });
    let treating = [&HOSPITAL, &CLINIC, &DENTAL_OPTICAL].map(async |facility| {
        staff(&operator, &inbox, facility, &ids).await?;
        await_desk(&sign_in(&anybody, facility, "FRONT_DESK").await?).await
    });
    let others = [&AGENCY, &PARTNER].map(|it| staff(&operator, &inbox, it, &ids));
    tokio::try_join!(try_join_all(entered), try_join_all(treating), try_join_all(others))?;
    let care = Care::begin(&anybody, &inbox, &ids, today).await?;
    care.give(&schemes).await.context("treating the first patients")?;
    staff(&operator, &inbox, &CHANNEL, &ids).await?;
    Ok(demo)
}

/// Appoints an organization's administrator, and lets the administrator hire everybody else.
async fn staff(
    operator: &Rest,
    inbox: &Inbox,
    organization: &Organization,
    ids: &HashMap<&str, String>,
) -> anyhow::Result<()> {
    let hiring = || format!("hiring for {}", organization.name);
    let id = ids.get(organization.code).context("an organization that is not registered")?;
    let people = organization.people();
    let (administrator, staff) = people.split_first().context("an organization without people")?;
    let administrator =
        hire(operator, Some(id), inbox, administrator, PASSWORD).await.with_context(hiring)?;
    let administrator = operator.sign_in(&administrator).await.with_context(hiring)?;
    for person in staff {
        hire(&administrator, None, inbox, person, PASSWORD).await.with_context(hiring)?;
    }
    Ok(())
}

/// The channel's last account is the last thing made: whoever can sign in with it finds a complete network.
async fn is_complete(anybody: &Rest) -> anyhow::Result<bool> {
    let people = CHANNEL.people();
    let last = people.last().context("a channel without people")?;
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
    };
    let mut logins: Vec<_> = ALL
        .iter()
        .flat_map(|organization| {
            organization.people().into_iter().map(move |person| (organization.name, person))
        })
        .map(|(organization, person)| login(organization, &person.roles.join(", "), &person.email, PASSWORD))
        .collect();
    logins.push(login("Careway", "OPERATOR", &operator.email, &operator.password));
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
