//! The two systems are tried together: every step turns green by what Careway saw.

use anyhow::{Context, ensure};
use careway_standalone::seed::Answer;
use chrono::{Days, Utc};
use serde_json::{Value, json};

use super::{offer::Offer, people::People};
use crate::demo::{steps::Steps, words::text};

/// The sixth of the eight steps; the test's path.
pub(super) async fn play(
    steps: &mut Steps,
    people: &People,
    connection: &str,
    offer: &Offer,
) -> anyhow::Result<String> {
    let (editor, agent) = (&people.editor.rest, &people.agent.rest);
    steps.step("Sixth of eight: the two systems are tried together, on test calendars");
    let meeting = json!({"providerPerson": "Irina Manea", "channelPerson": people.editor.name()});
    let begun = steps.post(editor, &format!("{connection}/tests"), meeting, 200).await?;
    let test = format!("{connection}/tests/{}", begun.text("connection.jointTest.testId"));
    let refused = steps.post(editor, &format!("{test}/sign"), json!({}), 409).await?;
    let red = refused.text("missing").matches("STEP_NOT_GREEN").count();
    ensure!(red == 10, "all but HEALTH should be red: {}", refused.body);
    steps.means(format!("nobody signs a red step away: {red} of 11 were not seen yet"));

    steps.step("The call centre does what it will do every day, and Careway watches");
    steps.get(agent, "/v1/channel/catalogue", 200).await?;
    let free = steps.get(agent, &availability(&offer.service), 200).await?;
    let held = steps.post(agent, "/v1/channel/holds", slot(&free, 0)?, 200).await?;
    steps.post(agent, "/v1/channel/holds", slot(&free, 0)?, 409).await?;
    let requested = json!({
        "holdId": held.at("hold.holdId"), "expectedPrice": free.at("price"),
        "expectedDurationMinutes": free.at("durationMinutes"), "externalId": "TEST-1",
        "patient": {"name": "Test Pacient", "phone": "+40721000000"},
    });
    let booked = steps.post(agent, "/v1/channel/bookings", requested, 201).await?;
    ensure!(*booked.at("booking.test") == true, "it should be a test: {}", booked.body);
    let booking = format!("/v1/channel/bookings/{}", booked.text("booking.bookingId"));
    steps.post(agent, &format!("{booking}/reschedule"), slot(&free, 1)?, 200).await?;
    steps.post(agent, &format!("{booking}/cancel"), json!({"reason": "A test"}), 200).await?;
    steps.means("nothing of that took the clinic's time: a test books on calendars of its own");

    steps.step("Careway does its part: it tells of a duration, and sends a message whose body was changed on the way");
    for step in ["DURATION_RECEIVED", "SIGNATURE"] {
        let check = format!("{test}/steps/{step}/check");
        let checked = steps.post(editor, &check, json!({}), 200).await?;
        ensure!(*checked.at("green") == true, "{step} should be green: {}", checked.body);
    }
    people.told(steps, "ServiceDurationChanged", connection).await?;
    ensure!(people.system.disbelieved() == 1, "{} messages were not believed", people.system.disbelieved());
    steps.means("the forged one was refused, as it should be");
    let read = steps.get(editor, connection, 200).await?;
    let tried = read.list("connection.jointTest.steps");
    ensure!(tried.iter().all(|step| step["green"] == true), "a step is red: {tried:?}");
    let names: Vec<_> = tried.iter().map(|step| text(&step["step"])).collect();
    steps.means(format!("all {} are green: {}", tried.len(), names.join(", ")));
    Ok(test)
}

/// Where it is asked what is free from tomorrow on, for two weeks.
pub(super) fn availability(service: &str) -> String {
    let day = Utc::now().date_naive();
    let (from, to) = (day + Days::new(1), day + Days::new(15));
    format!("/v1/channel/availability?serviceId={service}&from={from}T00:00:00Z&to={to}T00:00:00Z")
}

/// One of the free slots, as a request has it.
pub(super) fn slot(free: &Answer, at: usize) -> anyhow::Result<Value> {
    let slot = free.list("slots").get(at).context("too little is free")?;
    Ok(json!({"slotId": slot["slotId"]}))
}
