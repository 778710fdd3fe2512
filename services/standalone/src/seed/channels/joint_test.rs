//! What a channel does in a joint test, so that Careway sees it.

use anyhow::{Context, ensure};
use chrono::Days;
use serde_json::{Value, json};

use super::super::{Answer, Rest};

/// What is tried.
pub(super) struct Tried<'a> {
    /// The channel's editor.
    pub(super) editor: &'a Rest,
    /// Who comes for the channel.
    pub(super) person: String,
    /// `/v1/connections/{connection_id}`.
    pub(super) connection: &'a str,
    /// The examination that is booked.
    pub(super) service: &'a str,
}

/// Begins a test, and does what a channel does first: it reads its catalogue, asks what is free, and holds a time.
pub(super) async fn begin(tried: &Tried<'_>) -> anyhow::Result<()> {
    Trial::begin(tried).await?;
    Ok(())
}

/// Begins a test, and does all that it is to see; where it is signed.
pub(super) async fn play(tried: &Tried<'_>) -> anyhow::Result<String> {
    let trial = Trial::begin(tried).await?;
    trial.book().await?;
    for step in ["DURATION_RECEIVED", "SIGNATURE"] {
        let check = format!("{}/steps/{step}/check", trial.path);
        let checked = trial.editor.post(&check, json!({})).await?.ok()?;
        ensure!(*checked.at("green") == true, "{step} was not seen: {}", checked.body);
    }
    Ok(format!("{}/sign", trial.path))
}

/// A test that runs.
struct Trial<'a> {
    editor: &'a Rest,
    /// `/v1/connections/{connection_id}/tests/{test_id}`.
    path: String,
    free: Answer,
    hold: Answer,
}

impl<'a> Trial<'a> {
    async fn begin(tried: &Tried<'a>) -> anyhow::Result<Self> {
        let editor = tried.editor;
        let people = json!({"providerPerson": "Ana Dumitrescu", "channelPerson": tried.person});
        let begun = editor.post(&format!("{}/tests", tried.connection), people).await?.ok()?;
        let test = begun.text("connection.jointTest.testId");
        editor.get("/v1/channel/catalogue").await?.ok()?;
        let day = careway_kernel::Clock::system().now().date_naive();
        let free = format!(
            "/v1/channel/availability?serviceId={}&from={}T00:00:00Z&to={}T00:00:00Z",
            tried.service,
            day + Days::new(1),
            day + Days::new(15)
        );
        let free = editor.get(&free).await?.ok()?;
        let hold = editor.post("/v1/channel/holds", slot(&free, 0)?).await?.ok()?;
        Ok(Self { editor, path: format!("{}/tests/{test}", tried.connection), free, hold })
    }

    /// Is refused a time that is held, books it, moves the booking and cancels it.
    async fn book(&self) -> anyhow::Result<()> {
        let Self { editor, free, hold, .. } = self;
        let refused = editor.post("/v1/channel/holds", slot(free, 0)?).await?;
        ensure!(refused.reason() == "SLOT_HELD", "a time can be held twice: {refused}");
        let requested = json!({
            "holdId": hold.at("hold.holdId"), "expectedPrice": free.at("price"),
            "expectedDurationMinutes": free.at("durationMinutes"), "externalId": "TEST-1",
            "patient": {"name": "Test Pacient", "phone": "+40721000000"},
        });
        let booked = editor.post("/v1/channel/bookings", requested).await?.ok()?;
        let booking = format!("/v1/channel/bookings/{}", booked.text("booking.bookingId"));
        editor.post(&format!("{booking}/reschedule"), slot(free, 1)?).await?.ok()?;
        let cancelled = json!({"reason": "A test"});
        editor.post(&format!("{booking}/cancel"), cancelled).await?.ok()?;
        Ok(())
    }
}

fn slot(free: &Answer, at: usize) -> anyhow::Result<Value> {
    let slot = free.list("slots").get(at).context("nothing is free for a test")?;
    Ok(json!({"slotId": slot["slotId"]}))
}
