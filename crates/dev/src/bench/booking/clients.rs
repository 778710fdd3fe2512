//! The channel's system: books, is refused, asks what is free and looks times up, over connections of its own.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::{Context, bail, ensure};
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::offer::{Offer, Slot};
use crate::bench::{client::Connection, workers::Worker};

/// What a client does, again and again.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// Books a time that is free.
    Book,
    /// Books a time that is taken, and is refused.
    BeRefused,
    /// Asks what is free within a month.
    AskForAMonth,
    /// Looks a thousand times up.
    LookUp,
}

/// How often a client asks again for what was put off.
const MOST_TRIES: usize = 50;

/// What was answered to a booking.
enum Tried {
    Booked,
    Taken,
    /// The platform has too much to do: the same is to be asked again.
    Busy,
}

/// What the clients share.
pub(super) struct Centre {
    pub(super) offer: Offer,
    /// The next time that nobody booked.
    pub(super) next: AtomicU64,
    asked: AtomicU64,
    /// That are looked up at once.
    looked_up: u64,
}

impl Centre {
    pub(super) fn new(offer: Offer, looked_up: u64) -> Self {
        Self { offer, next: AtomicU64::new(0), asked: AtomicU64::new(0), looked_up }
    }

    /// So many times that nobody booked, one after the other.
    pub(super) fn fresh(&self, count: u64) -> anyhow::Result<Vec<Slot>> {
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        (first..first + count).map(|number| self.offer.slot(number)).collect()
    }
}

/// One client.
pub(super) struct Client {
    pub(super) centre: Arc<Centre>,
    pub(super) connection: Connection,
    pub(super) act: Act,
}

impl Worker for Client {
    async fn perform(&mut self) -> anyhow::Result<()> {
        match self.act {
            Act::Book => {
                let slot = self.centre.fresh(1)?[0];
                ensure!(self.book(slot).await?, "a free time was refused");
            }
            Act::BeRefused => {
                let calendars = self.centre.offer.calendars.len() as u64;
                let number = self.centre.asked.fetch_add(1, Ordering::Relaxed) % calendars;
                let slot = self.centre.offer.slot(number)?;
                ensure!(!self.book(slot).await?, "a time was booked twice");
            }
            Act::AskForAMonth => self.ask_for_a_month().await?,
            Act::LookUp => self.look_up().await?,
        }
        Ok(())
    }
}

impl Client {
    /// Whether the time is booked now: else somebody had it.
    pub(super) async fn book(&mut self, slot: Slot) -> anyhow::Result<bool> {
        match self.try_to_book(slot, Uuid::new_v4()).await? {
            Tried::Booked => Ok(true),
            Tried::Taken => Ok(false),
            Tried::Busy => bail!("a booking was put off"),
        }
    }

    /// The same, asking again under the same key whenever it is put off; how often it was.
    pub(super) async fn insist(&mut self, slot: Slot) -> anyhow::Result<(bool, usize)> {
        let key = Uuid::new_v4();
        for put_off in 0..MOST_TRIES {
            match self.try_to_book(slot, key).await? {
                Tried::Booked => return Ok((true, put_off)),
                Tried::Taken => return Ok((false, put_off)),
                Tried::Busy => {}
            }
        }
        bail!("a booking was put off {MOST_TRIES} times")
    }

    async fn try_to_book(&mut self, slot: Slot, key: Uuid) -> anyhow::Result<Tried> {
        let offer = &self.centre.offer;
        let body = offer.request(slot).to_string();
        let (status, answer) = self.connection.ask("/v1/channel/bookings", &offer.token, key, body).await?;
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        match (status, answer["reason"].as_str().unwrap_or_default()) {
            (StatusCode::CREATED, _) => Ok(Tried::Booked),
            (StatusCode::CONFLICT, "SLOT_TAKEN") => Ok(Tried::Taken),
            (StatusCode::SERVICE_UNAVAILABLE, _) => Ok(Tried::Busy),
            (status, reason) => bail!("a booking was answered {status} {reason}"),
        }
    }

    async fn ask_for_a_month(&mut self) -> anyhow::Result<()> {
        let offer = &self.centre.offer;
        let number = self.centre.asked.fetch_add(1, Ordering::Relaxed);
        let calendar = usize::try_from(number % offer.calendars.len() as u64)?;
        let (from, to) = (offer.first_day, offer.first_day + chrono::Days::new(31));
        let path = format!(
            "/v1/channel/availability?serviceId={}&from={from}T00:00:00Z&to={to}T00:00:00Z",
            offer.calendars[calendar].1
        );
        let answer = self.connection.get(&path, &offer.token).await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let slots = answer["slots"].as_array().context("no slots")?;
        ensure!(slots.len() > 500, "only {} slots in a month", slots.len());
        Ok(())
    }

    async fn look_up(&mut self) -> anyhow::Result<()> {
        let offer = &self.centre.offer;
        let looked_up = self.centre.looked_up;
        let ids: Vec<String> =
            (0..looked_up).map(|number| Ok(offer.id(offer.slot(number)?))).collect::<anyhow::Result<_>>()?;
        let body = json!({"slotIds": ids}).to_string();
        let answer = self.connection.post("/v1/channel/availability/lookup", &offer.token, body).await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let slots = answer["slots"].as_array().map_or(0, Vec::len) as u64;
        ensure!(slots == looked_up, "{slots} of {looked_up} slots were looked up");
        Ok(())
    }
}
