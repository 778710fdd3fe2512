//! A clinic joins, agrees on a contract with the call centre, and says that it wants to sell by it.

use anyhow::{Context, ensure};
use careway_standalone::seed::{
    Credentials, Rest,
    acts::{Person, hire},
    until,
};
use chrono::{Days, Local};
use serde_json::{Value, json};

use super::people::{Clinic, People};
use crate::demo::{steps::Steps, words::text};

const NAME: &str = "Clinica Lumina";
const PASSWORD: &str = "lumina care nu se stinge";

/// An operator registers it, its administrator follows the invitation, and both sides confirm a contract.
pub(super) async fn join(steps: &mut Steps, people: &People) -> anyhow::Result<Clinic> {
    let operator = &people.operator.rest;
    steps.step("A clinic joins the network");
    let organization = json!({
        "kind": "FACILITY", "name": NAME, "country": "RO", "timeZone": "Europe/Bucharest", "locale": "ro",
        "codes": [{"kind": "FACILITY", "value": format!("RO-LUMINA-{}", people.serial)}],
    });
    let registered = steps.post(operator, "/v1/organizations", organization, 201).await?;
    let rest = administrator(people, registered.text("organization.organizationId")).await?;
    steps.means("Irina Manea is invited as its administrator, follows the link in her mail and signs in");

    steps.step("It looks for a call centre, and records the contract that the two signed on paper");
    let channels = steps.get(&rest, "/v1/channels?pageSize=200", 200).await?;
    let row = |it: &Value| [text(&it["name"]), text(&it["onboardingAddress"])];
    let listed = channels.list("channels");
    steps.shows(["CHANNEL", "WRITTEN TO AT"], listed.iter().map(row).collect());
    let channel = listed.iter().find(|it| it["name"] == people.channel.as_str());
    let channel = text(&channel.context("the call centre is not among the channels")?["channelId"]);
    let from = Local::now().date_naive() - Days::new(1);
    let contract = json!({
        "partnerId": channel, "number": format!("GA-{}", people.serial), "from": from.to_string(), "currency": "RON",
    });
    let made = steps.post(&rest, "/v1/channel-contracts", contract, 201).await?;
    let confirm = format!("/v1/channel-contracts/{}/confirm", made.text("channelContract.contractId"));
    steps.post(&rest, &confirm, json!({}), 409).await?;
    steps.means("who recorded a contract cannot confirm it: the other side does");
    steps.post(&people.administrator.rest, &confirm, json!({}), 200).await?;
    Ok(Clinic { name: NAME, rest, channel })
}

async fn administrator(people: &People, organization: &str) -> anyhow::Result<Rest> {
    let person = Person {
        name: "Irina Manea".to_owned(),
        email: format!("irina{}@lumina.example", people.serial),
        roles: vec!["ADMINISTRATOR".to_owned()],
    };
    let operator = &people.operator.rest;
    let credentials: Credentials =
        hire(operator, Some(organization), &people.inbox, &person, PASSWORD).await?;
    operator.sign_in(&credentials).await
}

/// The first of the eight steps: the call centre is written to, customer service in copy; the connection's path.
pub(super) async fn declare(
    steps: &mut Steps,
    people: &mut People,
    clinic: &Clinic,
) -> anyhow::Result<String> {
    steps.step("First of eight: the clinic declares its intent");
    let begun =
        steps.post(&clinic.rest, "/v1/connections", json!({"channelId": clinic.channel}), 201).await?;
    let path = format!("/v1/connections/{}", begun.text("connection.connectionId"));
    steps.post(&clinic.rest, &format!("{path}/declare-intent"), json!({}), 200).await?;
    let mail = people.onboarding.about(clinic.name).await?;
    steps.reads(&mail);
    let copy = people.customer_service.about(clinic.name).await?;
    ensure!(copy.text == mail.text, "customer service should have the same mail: {}", copy.text);
    steps.means(format!(
        "in the call centre's language: {} wants to connect. Customer service is in copy, at {}",
        clinic.name, copy.to
    ));
    until("the mail to count as delivered", async || {
        let read = clinic.rest.get(&path).await?.ok()?;
        Ok((read.text("connection.intent") == "ACCEPTED").then_some(()))
    })
    .await?;
    Ok(path)
}
