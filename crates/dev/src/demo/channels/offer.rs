//! What the clinic offers: calendars, an examination, its price; what it ticks for the call centre, and its activation.

use anyhow::ensure;
use careway_standalone::seed::Answer;
use serde_json::{Value, json};

use super::people::{Clinic, People};
use crate::demo::{
    steps::Steps,
    words::{money, text},
};

pub(super) const EXAMINATION: &str = "Ecografie abdominală";

/// What the call centre is to sell.
pub(super) struct Offer {
    /// The examination.
    pub(super) service: String,
    /// One of each is needed.
    pub(super) resources: Vec<String>,
}

/// Calendars, the examination, and the second of the eight steps: it is ticked.
pub(super) async fn publish(
    steps: &mut Steps,
    people: &People,
    clinic: &Clinic,
    connection: &str,
) -> anyhow::Result<Offer> {
    steps.step("Who and what is needed, and when they are there");
    let mut resources = Vec::new();
    for (kind, name, from, to) in
        [("PRACTITIONER", "Dr. Matei Ionescu", "09:00", "17:00"), ("ROOM", "Cabinet 2", "08:00", "20:00")]
    {
        let resource = json!({"kind": kind, "name": name});
        let made = steps.post(&clinic.rest, "/v1/resources", resource, 201).await?;
        let id = made.text("resource.resourceId").to_owned();
        set_hours(steps, clinic, &id, (from, to)).await?;
        resources.push(id);
    }
    steps.means("hours are read on that clock, through every change of summer and winter time");

    steps.step("What is examined: it needs the doctor and the room at once");
    let made = steps.post(&clinic.rest, "/v1/services", described(&resources, 30), 201).await?;
    let service = made.text("service.serviceId").to_owned();

    steps.step("Second of eight: the clinic ticks what the call centre is to sell");
    let ticks = json!({"serviceIds": [service]});
    steps.put(&clinic.rest, &format!("{connection}/services"), ticks).await?;
    steps.means(format!("{} does not see any of it yet", people.channel));
    Ok(Offer { service, resources })
}

/// Monday to Friday, from when to when.
async fn set_hours(steps: &Steps, clinic: &Clinic, id: &str, (from, to): (&str, &str)) -> anyhow::Result<()> {
    let path = format!("/v1/resources/{id}/calendar");
    let days = ["MON", "TUE", "WED", "THU", "FRI"];
    let weekly: Vec<_> =
        days.iter().map(|day| json!({"day": day, "hours": [{"from": from, "to": to}]})).collect();
    let calendar = json!({"calendar": {"zone": "Europe/Bucharest", "weekly": weekly}});
    let read = clinic.rest.get(&path).await?.ok()?;
    let words = format!("MON to FRI from {from} to {to}, on the clock of Europe/Bucharest");
    steps.asks("PUT", &path, &words.into());
    steps.hears(clinic.rest.put(&path, calendar).if_match(read.etag()).await?, 200)?;
    Ok(())
}

/// The third of the eight steps: it needs a price of the channel's own list.
pub(super) async fn activate(
    steps: &mut Steps,
    people: &People,
    clinic: &Clinic,
    connection: &str,
    offer: &Offer,
) -> anyhow::Result<()> {
    let rest = &clinic.rest;
    steps.step("Third of eight: the clinic activates the channel, and a price is missing");
    let activate = format!("{connection}/activate");
    let refused = steps.post(rest, &activate, json!({}), 409).await?;
    ensure!(refused.text("missing").contains("PRICE_MISSING"), "a price should be missing: {}", refused.body);
    let readiness = steps.get(rest, &format!("{connection}/readiness"), 200).await?;
    let row = |it: &Value| [text(&it["code"]), text(&it["words"])];
    steps.shows(["STILL MISSING", ""], readiness.list("missing").iter().map(row).collect());
    steps.means("now it is the price alone; the others come with the steps that follow");

    steps.step("A price of its own, and one for the call centre: first looked at, then kept");
    let edit = "/v1/prices/bulk-edit";
    let own = json!({"serviceIds": [offer.service], "currency": "RON", "set": "149.90"});
    steps.post(rest, edit, own, 200).await?;
    let copied = json!({"channelId": clinic.channel, "copyFromBase": true});
    steps.post(rest, edit, copied, 200).await?;
    let mut rounded = json!({
        "channelId": clinic.channel, "percent": "-5", "rounding": {"to": "5.00", "mode": "HALF_UP"}, "preview": true,
    });
    let looked = steps.post(rest, edit, rounded.clone(), 200).await?;
    shows(steps, &looked);
    rounded["preview"] = false.into();
    let kept = steps.post(rest, edit, rounded, 200).await?;
    ensure!(kept.at("prices.0.after.amount") == "140.00", "the price should be rounded: {}", kept.body);
    steps.means(format!("the clinic's own price stays; {} sells at 140 lei", people.channel));
    steps.post(rest, &activate, json!({}), 200).await?;
    Ok(())
}

/// The examination, so many minutes long.
pub(super) fn described(resources: &[String], minutes: i32) -> Value {
    let needs: Vec<_> = resources.iter().map(|id| json!({"resourceIds": [id]})).collect();
    json!({
        "code": "ECO-ABD", "name": EXAMINATION, "durationMinutes": minutes, "stepMinutes": 15, "needs": needs,
        "cancellationMinutes": 120,
    })
}

/// Prices before and after.
pub(super) fn shows(steps: &Steps, edited: &Answer) {
    let row = |it: &Value| [EXAMINATION.to_owned(), money(&it["before"]), money(&it["after"])];
    steps.shows(["EXAMINATION", "BEFORE", "AFTER"], edited.list("prices").iter().map(row).collect());
}
