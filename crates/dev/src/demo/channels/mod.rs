//! `cargo dev demo channels`: a clinic's appointments come into a call centre, against the running `cargo dev up`: the eight steps
//! from the contract to the first booking, what is refused, a price and a duration that change, and the end.

mod booking;
mod changes;
mod contract;
mod end;
mod joint_test;
mod live;
mod offer;
mod people;
mod set_up;

use careway_standalone::seed::{Inbox, remove_left};

use self::people::People;
use super::steps::Steps;
use crate::checkout::Checkout;

/// Walks through a connection, chapter by chapter.
pub(crate) async fn run(checkout: &Checkout) -> anyhow::Result<()> {
    let demo = super::demo(checkout)?;
    let mut people = People::gather(&demo, &Inbox::new(checkout.inbox())).await?;
    let mut steps = Steps::begin(format!("A clinic sells its appointments by {}", people.channel));
    let steps = &mut steps;

    let clinic = contract::join(steps, &people).await?;
    let connection = contract::declare(steps, &mut people, &clinic).await?;
    let offer = offer::publish(steps, &people, &clinic, &connection).await?;
    offer::activate(steps, &people, &clinic, &connection, &offer).await?;
    set_up::consent(steps, &mut people, &clinic, &connection).await?;
    set_up::connect(steps, &people, &connection, &offer).await?;
    let test = joint_test::play(steps, &people, &connection, &offer).await?;
    live::go(steps, &mut people, &clinic, (&connection, &test)).await?;
    let booked = booking::book(steps, &people, &clinic, &offer).await?;
    changes::price(steps, &people, &clinic, (&connection, &offer, &booked)).await?;
    changes::duration(steps, &people, &clinic, (&offer, &booked)).await?;
    end::suspend(steps, &people, &clinic, (&connection, &offer)).await?;
    end::switch_off(steps, &mut people, &clinic, (&connection, &booked)).await?;
    end::look_back(steps, &people).await?;
    remove_left(&people.administrator.rest).await?;
    steps.end();
    Ok(())
}
