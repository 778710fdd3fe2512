//! `cargo dev demo cases`: a partner gets help, from the portal and from the inbox, against the running `cargo dev up`: who joins,
//! what is asked, the answers, the end of a case and what follows it, and a mail that nobody believes.

mod answers;
mod end;
mod held;
mod interest;
mod people;
mod question;

use careway_standalone::seed::Inbox;

use self::people::People;
use super::steps::Steps;
use crate::checkout::Checkout;

/// Walks through a case, chapter by chapter.
pub(crate) async fn run(checkout: &Checkout) -> anyhow::Result<()> {
    let demo = super::demo(checkout)?;
    let mut people = People::gather(&demo, &Inbox::new(checkout.inbox())).await?;
    let mut steps = Steps::begin(format!("{} asks support", people.requester.organization));
    let steps = &mut steps;

    interest::join(steps, &people).await?;
    let case = question::ask(steps, &mut people).await?;
    answers::exchange(steps, &mut people, &case).await?;
    answers::solve(steps, &mut people, &case).await?;
    end::close(steps, &people, &case).await?;
    end::follow_up(steps, &people, &case).await?;
    end::find(steps, &people, &case).await?;
    held::spoof(steps, &people, &case).await?;
    steps.end();
    Ok(())
}
