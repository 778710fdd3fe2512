//! `cargo dev demo renewals`: a household's cards from the authority's lists to the renewed cover, against the running
//! `cargo dev up`: the list, what it costs, the payment, the authority that sees it at once, and the reminders on the way.

mod household;
mod lists;
mod payment;
mod reminders;

use careway_standalone::seed::Inbox;

use self::household::{Household, Office};
use super::steps::Steps;
use crate::checkout::Checkout;

/// Walks through a household's renewal, chapter by chapter.
pub(crate) async fn run(checkout: &Checkout) -> anyhow::Result<()> {
    let demo = super::demo(checkout)?;
    let office = Office::gather(&demo, &Inbox::new(checkout.inbox())).await?;
    let mut steps = Steps::begin(format!("A household renews its cards at {}", office.agent.organization));
    let steps = &mut steps;

    let mut household = Household::insured(&office).await?;
    lists::send(steps, &office, &household).await?;
    let due = lists::read(steps, &office, &household).await?;
    let reminded = reminders::send(steps, &office, &mut household).await?;
    payment::take(steps, &office, &due).await?;
    reminders::end(steps, &office, &reminded).await?;
    payment::take_back(steps, &office, &due).await?;
    steps.end();
    Ok(())
}
