//! Both texts of a reminder, composed as for sending: on one core, card after card.

use std::time::Instant;

use anyhow::{Context, ensure};
use careway_renewals::BuiltInReminder;

use crate::say;

/// Measures so many rounds; thousand cards in a second, of each.
pub(super) fn measure(cards: u32, rounds: usize) -> anyhow::Result<Vec<f64>> {
    let reminder = BuiltInReminder::find().context("there is no built-in reminder")?;
    let mut measured = Vec::with_capacity(rounds);
    for round in 1..=rounds {
        let step = say::begin(format!("composing {cards} reminders, round {round} of {rounds}"));
        let since = Instant::now();
        let mut segments = 0;
        for card in 0..cards {
            let number = format!("{:010}", 7_000_000_000_u64 + u64::from(card));
            let name = format!("Trần Thị Hoà {}", ["Ân", "Ơn", "Phúc", "Đức"][card as usize % 4]);
            let values = [
                &*number,
                &*name,
                "22/09/2018",
                "BI0902I",
                "Đại lý thu BHYT Hộ gia đình Phường Long Thạnh Mỹ",
            ];
            let [plain, marked] = reminder.segments(values).context("a card without words")?;
            segments += plain + marked;
        }
        let elapsed = since.elapsed();
        ensure!(segments > 4 * cards as usize, "the texts are too short");
        measured.push(f64::from(cards) / elapsed.as_secs_f64() / 1e3);
        step.done(format!("{cards} cards in {}", say::seconds(elapsed)));
    }
    Ok(measured)
}
