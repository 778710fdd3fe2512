//! What the call centre has booked: in every state that a booking comes to before its day, one that begins within minutes, and
//! a time that is held. A booking is never made for the past; the first of these is past soon.

use anyhow::Context;
use careway_kernel::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    super::{Answer, Rest},
    clinic::Clinic,
    text,
};

const BOOKINGS: &str = "/v1/channel/bookings";

/// An appointment.
struct Sale {
    /// The call centre's own number of it: what the seed finds it by.
    number: &'static str,
    examination: &'static str,
    patient: (&'static str, &'static str),
    note: &'static str,
    /// Not before so many days from now.
    days: i64,
    then: Option<Then>,
}

/// What became of it.
enum Then {
    /// The front desk confirms it.
    Confirmed,
    /// The front desk declines it, for this reason.
    Declined(&'static str),
    /// The front desk cancels it, for this reason.
    CancelledByClinic(&'static str),
    /// The call centre cancels it, for this reason.
    CancelledByChannel(&'static str),
}

const SALES: [Sale; 8] = [
    Sale {
        number: "GA-88101",
        examination: "GARDA",
        patient: ("Cristian Neagu", "+40721234501"),
        note: "",
        days: 0,
        then: None,
    },
    Sale {
        number: "GA-88102",
        examination: "CONS-CARD",
        patient: ("Maria Popescu", "+40721234502"),
        note: "",
        days: 1,
        then: None,
    },
    Sale {
        number: "GA-88103",
        examination: "ECO-ABD",
        patient: ("Olga Schneider", "+40721234503"),
        note: "Vine cu un interpret",
        days: 1,
        then: None,
    },
    Sale {
        number: "GA-88104",
        examination: "ECO-CORD",
        patient: ("Vasile Munteanu", "+40721234504"),
        note: "",
        days: 2,
        then: Some(Then::Confirmed),
    },
    Sale {
        number: "GA-88105",
        examination: "ECO-CORD",
        patient: ("Irina Lungu", "+40721234505"),
        note: "",
        days: 2,
        then: None,
    },
    Sale {
        number: "GA-88106",
        examination: "ECO-CORD",
        patient: ("Sorin Barbu", "+40721234506"),
        note: "",
        days: 2,
        then: Some(Then::Declined("Aparatul este în revizie")),
    },
    Sale {
        number: "GA-88107",
        examination: "CONS-CARD",
        patient: ("Daniela Stan", "+40721234507"),
        note: "",
        days: 3,
        then: Some(Then::CancelledByClinic("Medicul este bolnav")),
    },
    Sale {
        number: "GA-88108",
        examination: "CONS-MI",
        patient: ("Gheorghe Oprea", "+40721234508"),
        note: "",
        days: 3,
        then: Some(Then::CancelledByChannel("Pacientul a renunțat")),
    },
];

/// Books what is not booked, and does what is done about it; then holds a time.
pub(super) async fn book(clinic: &Clinic, agent: &Rest, front_desk: &Rest) -> anyhow::Result<()> {
    for sale in &SALES {
        let booking = sale.make(clinic, agent).await.with_context(|| sale.number)?;
        sale.go_on(&booking, agent, front_desk).await.with_context(|| sale.number)?;
    }
    let (_, slot) = first_free(agent, clinic.id("CONS-MI"), 1).await?;
    agent.post("/v1/channel/holds", json!({"slotId": slot})).await?.ok()?;
    Ok(())
}

impl Sale {
    /// The booking's id.
    async fn make(&self, clinic: &Clinic, agent: &Rest) -> anyhow::Result<String> {
        let known = agent.get(&format!("{BOOKINGS}?externalId={}", self.number)).await?.ok()?;
        if let Some(known) = known.list("bookings").first() {
            return Ok(text(known, "bookingId").to_owned());
        }
        let (free, slot) = first_free(agent, clinic.id(self.examination), self.days).await?;
        let (name, phone) = self.patient;
        let requested = json!({
            "slotId": slot, "expectedPrice": free.at("price"), "expectedDurationMinutes": free.at("durationMinutes"),
            "externalId": self.number, "note": self.note, "patient": {"name": name, "phone": phone},
        });
        let booked = agent.post(BOOKINGS, requested).await?.ok()?;
        Ok(booked.text("booking.bookingId").to_owned())
    }

    async fn go_on(&self, booking: &str, agent: &Rest, front_desk: &Rest) -> anyhow::Result<()> {
        let own = format!("/v1/bookings/{booking}");
        let (by, path, body, done) = match &self.then {
            None => return Ok(()),
            Some(Then::Confirmed) => (front_desk, format!("{own}/confirm"), json!({}), "BOOKING_NOT_PENDING"),
            Some(Then::Declined(reason)) => {
                (front_desk, format!("{own}/decline"), json!({"reason": reason}), "BOOKING_NOT_PENDING")
            }
            Some(Then::CancelledByClinic(reason)) => {
                (front_desk, format!("{own}/cancel"), json!({"reason": reason}), "BOOKING_ALREADY_CANCELLED")
            }
            Some(Then::CancelledByChannel(reason)) => {
                let path = format!("{BOOKINGS}/{booking}/cancel");
                (agent, path, json!({"reason": reason}), "BOOKING_ALREADY_CANCELLED")
            }
        };
        by.post(&path, body).await?.ok_or(done)?;
        Ok(())
    }
}

/// At what an examination is sold, and its first slot not before so many days from now.
async fn first_free(agent: &Rest, examination: &str, days: i64) -> anyhow::Result<(Answer, Value)> {
    let from = Clock::system().now() + TimeDelta::days(days) + TimeDelta::minutes(1);
    let written = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let free = format!(
        "/v1/channel/availability?serviceId={examination}&from={}&to={}",
        written(from),
        written(from + TimeDelta::days(10))
    );
    let free = agent.get(&free).await?.ok()?;
    let slot = free.at("slots.0.slotId").clone();
    anyhow::ensure!(slot.is_string(), "nothing is free");
    Ok((free, slot))
}
