//! The declaration of consent, which the call centre is told of, and the call centre's own settings.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{
    offer::Offer,
    people::{Clinic, People},
};
use crate::demo::{steps::Steps, words::text};

/// The fourth of the eight steps: the very text that was read is accepted.
pub(super) async fn consent(
    steps: &mut Steps,
    people: &mut People,
    clinic: &Clinic,
    connection: &str,
) -> anyhow::Result<()> {
    steps.step("Fourth of eight: the clinic reads the declaration of consent, and accepts it");
    let published = steps.get(&clinic.rest, "/v1/consents", 200).await?;
    let texts = published.list("consents.0.texts");
    let row = |it: &Value| [text(&it["language"]), text(&it["text"])];
    steps.shows(["", "THE DECLARATION"], texts.iter().map(row).collect());
    let read = texts.iter().find(|it| it["language"] == "ro").context("no declaration in Romanian")?;
    let accept = format!("{connection}/accept-consent");
    let version = published.at("consents.0.consentVersion");
    let other = json!({"consentVersion": version, "textHash": "0".repeat(64)});
    steps.post(&clinic.rest, &accept, other, 409).await?;
    steps.means("what is accepted is a text, by its hash: nobody consents to words that were not shown");
    let accepted = json!({"consentVersion": version, "textHash": read["textHash"]});
    steps.post(&clinic.rest, &accept, accepted, 200).await?;

    steps.step(format!("{} is told", people.channel));
    steps.reads(&people.onboarding.about(clinic.name).await?);
    steps.means("the clinic has accepted: now the call centre is to set up its side");
    Ok(())
}

/// The fifth of the eight steps: where the call centre's system is, and what it calls things.
pub(super) async fn connect(
    steps: &mut Steps,
    people: &People,
    connection: &str,
    offer: &Offer,
) -> anyhow::Result<()> {
    let administrator = &people.administrator.rest;
    steps.step("The call centre says where its system is told of events, and tries it");
    let endpoints = "/v1/webhook-endpoints";
    careway_standalone::seed::remove_left(administrator).await?;
    let made = steps.post(administrator, endpoints, json!({"url": people.system.url()}), 201).await?;
    people.system.believe(made.text("secret"))?;
    let test = format!("{endpoints}/{}/test", made.text("webhookEndpoint.endpointId"));
    let tested = steps.post(administrator, &test, json!({}), 200).await?;
    ensure!(*tested.at("answered") == true, "the system should answer: {}", tested.body);
    steps.told(&people.system.next("WebhookTest", |_| true).await?);
    steps.means("this demo is that system: it believes what the endpoint's secret signed (Standard Webhooks), and no more");

    steps.step("Fifth of eight: the call centre sets up its side");
    let set_up = json!({
        "healthUrl": people.system.url(), "codes": {(offer.service.clone()): "GA-204"},
        "contacts": {
            "technical": people.administrator.mail.address(), "emergency": "+40 21 555 0100",
            "operations": people.editor.mail.address(),
        },
    });
    steps.post(&people.editor.rest, &format!("{connection}/set-up"), set_up, 200).await?;
    steps.means("its system was asked whether it is well, and answered; from now on it is asked each minute");
    Ok(())
}
