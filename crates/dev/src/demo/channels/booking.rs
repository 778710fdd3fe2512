//! An agent of the call centre sells an appointment, and is refused what cannot be.

use anyhow::ensure;
use serde_json::{Value, json};

use super::{
    joint_test::{availability, slot},
    offer::Offer,
    people::{Clinic, People},
};
use crate::demo::{
    steps::Steps,
    words::{instant, money, text},
};

const BOOKINGS: &str = "/v1/channel/bookings";

/// What was booked.
pub(super) struct Booked {
    /// `/v1/channel/bookings/{booking_id}`.
    pub(super) path: String,
    pub(super) id: String,
}

/// From the first look to the booking, and what is refused on the way.
pub(super) async fn book(
    steps: &mut Steps,
    people: &People,
    clinic: &Clinic,
    offer: &Offer,
) -> anyhow::Result<Booked> {
    let agent = &people.agent.rest;
    steps.step("A patient calls: when is an ultrasound possible?");
    let free = steps.get(agent, &availability(&offer.service), 200).await?;
    let row = |it: &Value| [instant(&it["start"]), instant(&it["end"])];
    steps.shows(["FROM", "TO"], free.list("slots").iter().take(3).map(row).collect());
    let (price, count) = (money(free.at("price")), free.list("slots").len());
    steps.means(format!("{count} slots in two weeks, at {price}"));

    steps.step("The agent holds the first while the patient decides: nobody else gets it for ten minutes");
    let held = steps.post(agent, "/v1/channel/holds", slot(&free, 0)?, 200).await?;
    let again = steps.post(agent, "/v1/channel/holds", slot(&free, 0)?, 409).await?;
    let wait = again.header("retry-after").unwrap_or_default();
    steps.means(format!("who asks meanwhile may ask again in {wait} s"));

    steps.step("The agent names a price from an old list: no booking, and the hold is kept");
    let mut requested = json!({
        "holdId": held.at("hold.holdId"), "expectedPrice": {"currency": "RON", "amount": "120.00"},
        "expectedDurationMinutes": 30, "externalId": format!("GA-{}", people.serial),
        "patient": {"name": "Maria Popescu", "phone": "+40721234567"},
    });
    let refused = steps.post(agent, BOOKINGS, requested.clone(), 409).await?;
    ensure!(refused.reason() == "PRICE_CHANGED", "the price should be refused: {refused}");
    steps.means(format!("it is {}: the agent asks the patient again", refused.text("price")));

    steps.step("At the right price it is booked");
    requested["expectedPrice"] = free.at("price").clone();
    let booked = steps.post(agent, BOOKINGS, requested, 201).await?;
    let id = booked.text("booking.bookingId").to_owned();
    let heard = people.system.next("BookingMade", |data| data["bookingId"] == id.as_str()).await?;
    steps.told(&heard);
    ensure!(!heard.data.to_string().contains("Popescu"), "a message has ids alone: {}", heard.data);

    steps.step("A second patient wants the same time");
    let second = json!({
        "slotId": free.at("slots.0.slotId"), "expectedPrice": free.at("price"), "expectedDurationMinutes": 30,
        "patient": {"name": "Ion Radu", "phone": "+40721234568"},
    });
    let refused = steps.post(agent, BOOKINGS, second, 409).await?;
    ensure!(refused.reason() == "SLOT_TAKEN", "it should be taken: {refused}");
    steps.means("two bookings never overlap: the database itself refuses the second");

    steps.step(format!("{} sees who comes", clinic.name));
    let coming = steps.get(&clinic.rest, "/v1/bookings", 200).await?;
    let booked: Vec<_> = coming.list("bookings").iter().filter(|it| it["test"] != true).collect();
    ensure!(booked.len() == 1, "one booking is no test: {}", coming.body);
    let row = |it: &&Value| {
        [text(&it["localStart"]), text(&it["state"]), money(&it["price"]), text(&it["patient"]["name"])]
    };
    steps.shows(["AT THE CLINIC'S CLOCK", "", "PRICE", "PATIENT"], booked.iter().map(row).collect());
    Ok(Booked { path: format!("{BOOKINGS}/{id}"), id })
}
