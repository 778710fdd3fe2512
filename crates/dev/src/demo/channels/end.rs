//! The clinic stops the channel for a while, and then for good: nothing is sold any more, and what is booked stands.

use std::collections::BTreeMap;

use anyhow::ensure;
use serde_json::json;

use super::{
    booking::Booked,
    joint_test::{availability, slot},
    offer::Offer,
    people::{Clinic, People},
};
use crate::demo::steps::Steps;

/// Suspended, nothing can be held; resumed, it can.
pub(super) async fn suspend(
    steps: &mut Steps,
    people: &People,
    clinic: &Clinic,
    (connection, offer): (&str, &Offer),
) -> anyhow::Result<()> {
    let agent = &people.agent.rest;
    steps.step("The clinic stops the channel for a while");
    let free = agent.get(&availability(&offer.service)).await?.ok()?;
    steps.post(&clinic.rest, &format!("{connection}/suspend"), json!({}), 200).await?;
    let refused = steps.post(agent, "/v1/channel/holds", slot(&free, 1)?, 409).await?;
    ensure!(refused.reason() == "CONNECTION_NOT_LIVE", "it should stand still: {refused}");
    let by_other =
        steps.post(&people.administrator.rest, &format!("{connection}/resume"), json!({}), 409).await?;
    ensure!(by_other.reason() == "CONNECTION_WRONG_STATE", "a cause is lifted by whose it is: {by_other}");
    steps.means("a cause is lifted by whose it is");
    let resumed = steps.post(&clinic.rest, &format!("{connection}/resume"), json!({}), 200).await?;
    ensure!(resumed.text("connection.state") == "LIVE", "it should be live again: {}", resumed.body);
    Ok(())
}

/// It ends; the booking stands.
pub(super) async fn switch_off(
    steps: &mut Steps,
    people: &mut People,
    clinic: &Clinic,
    (connection, booked): (&str, &Booked),
) -> anyhow::Result<()> {
    steps.step("The clinic switches the channel off, for good");
    let ended = steps.post(&clinic.rest, &format!("{connection}/switch-off"), json!({}), 200).await?;
    ensure!(ended.text("connection.endCause") == "SWITCHED_OFF", "it should say why: {}", ended.body);
    steps.post(&clinic.rest, &format!("{connection}/activate"), json!({}), 409).await?;
    steps.reads(&people.onboarding.about("încheiat").await?);
    steps.means("the connection has ended: nothing can be booked any more");
    let stands = steps.get(&people.agent.rest, &booked.path, 200).await?;
    ensure!(stands.text("booking.state") == "BOOKED", "what is booked stands: {}", stands.body);
    steps.means("what was booked stands, is seen by both, and can still be cancelled");
    loop {
        let changed = people.told(steps, "ConnectionChanged", connection).await?;
        if changed["to"] == "ENDED" {
            return Ok(());
        }
    }
}

/// What else the call centre's system was told.
pub(super) async fn look_back(steps: &mut Steps, people: &People) -> anyhow::Result<()> {
    steps.step("What else the call centre's system was told meanwhile");
    let mut counts = BTreeMap::new();
    for heard in people.system.rest() {
        *counts.entry(heard.name().to_owned()).or_insert(0) += 1;
    }
    let row = |(kind, count): (String, i32)| [kind, count.to_string()];
    steps.shows(["EVENT", "HOW OFTEN"], counts.into_iter().map(row).collect());
    ensure!(people.system.disbelieved() == 1, "{} messages were not believed", people.system.disbelieved());
    steps.means("every message was signed by its secret, but the one that was forged for the test");
    Ok(())
}
