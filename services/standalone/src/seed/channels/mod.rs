//! Appointments as the demo has them sold: a clinic in Bucharest, and three call centres with which it is connected, or is
//! about to be; one of them sells already.

mod clinic;
mod connecting;
mod joint_test;
mod notices;
mod sales;

use std::collections::HashMap;

use anyhow::Context;
use chrono::NaiveDate;
use serde_json::{Value, json};

use self::{clinic::Clinic, connecting::Connecting};
use super::{
    Rest,
    organizations::{CHANNEL, CLINICA, DRAFTED_CHANNEL, Organization, TESTED_CHANNEL},
    sign_in, until,
};

/// What a provider declares, by language.
const DECLARATION: [(&str, &str); 2] = [
    (
        "en",
        "The provider agrees that the channel publishes its services and prices and books its appointments, and keeps them right.",
    ),
    (
        "ro",
        "Furnizorul este de acord ca serviciile și prețurile sale să fie publicate și programate prin canal și răspunde de ele.",
    ),
];

/// A call centre, its people signed in.
struct Channel {
    id: String,
    /// Where an intent is written to.
    onboarding: String,
    administrator: Rest,
    editor: Rest,
    /// Who that is.
    editor_name: String,
}

/// Makes all of it, or what an interrupted run left. `today` is Bucharest's.
pub(super) async fn sell(
    anybody: &Rest,
    operator: &Rest,
    support: &Rest,
    ids: &HashMap<&str, String>,
    today: NaiveDate,
) -> anyhow::Result<()> {
    let administrator = sign_in(anybody, &CLINICA, "ADMINISTRATOR").await?;
    publish_declaration(operator, today).await?;
    let clinic = Clinic::furnish(administrator).await.context("furnishing a clinic")?;
    let mut channels = Vec::new();
    for organization in [&CHANNEL, &TESTED_CHANNEL, &DRAFTED_CHANNEL] {
        channels.push(introduce(anybody, organization, ids, &clinic).await?);
    }
    let [sells, tested, drafted] = <[Channel; 3]>::try_from(channels).ok().context("three channels")?;

    Connecting::begin(&clinic, &drafted).await?;
    let trying = async {
        let connecting = Connecting::begin(&clinic, &tested).await?;
        connecting.prepare(today).await?;
        connecting.begin_test().await
    };
    let selling = async {
        let connecting = Connecting::begin(&clinic, &sells).await?;
        connecting.prepare(today).await?;
        connecting.go_live().await?;
        anyhow::Ok(connecting)
    };
    let (connecting, ()) = tokio::try_join!(selling, trying).context("connecting a clinic")?;
    let agent = sign_in(anybody, &CHANNEL, "AGENT").await?;
    let front_desk = sign_in(anybody, &CLINICA, "FRONT_DESK").await?;
    sales::book(&clinic, &agent, &front_desk).await.context("booking appointments")?;
    notices::tell(&connecting, support).await.context("telling a channel of changes")
}

/// Publishes the declaration of consent, unless there is one.
async fn publish_declaration(operator: &Rest, today: NaiveDate) -> anyhow::Result<()> {
    if !operator.get("/v1/consents").await?.ok()?.list("consents").is_empty() {
        return Ok(());
    }
    let text = |(language, text): &(&str, &str)| json!({"language": language, "text": text});
    let texts: Vec<Value> = DECLARATION.iter().map(text).collect();
    operator.post("/v1/consents", json!({"from": today.to_string(), "texts": texts})).await?.ok()?;
    Ok(())
}

/// The channel says where it is written to, as soon as it is known to the clinic.
async fn introduce(
    anybody: &Rest,
    organization: &'static Organization,
    ids: &HashMap<&str, String>,
    clinic: &Clinic,
) -> anyhow::Result<Channel> {
    let id = ids.get(organization.code).context("a channel that is not registered")?.clone();
    let administrator = sign_in(anybody, organization, "ADMINISTRATOR").await?;
    let editor = sign_in(anybody, organization, "EDITOR").await?;
    let own = format!("/v1/channels/{id}");
    let known = until("a channel to be known to providers", async || {
        let found = clinic.rest.get(&own).await?;
        if found.reason() == "NOT_FOUND" { Ok(None) } else { found.ok().map(Some) }
    })
    .await?;
    let onboarding = organization.address("onboarding");
    if known.text("channel.onboardingAddress").is_empty() {
        let profile = json!({"onboardingAddress": onboarding, "language": "ro"});
        administrator.put(&own, profile).if_match(known.etag()).await?.ok()?;
    }
    let people = organization.people().into_iter();
    let editor_name = people.filter(|it| it.roles == ["EDITOR"]).map(|it| it.name).collect();
    Ok(Channel { id, onboarding, administrator, editor, editor_name })
}

/// A field of an answer's part.
fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
