//! `cargo dev demo`: a patient's visit to a facility, from the desk to a dispute, against the running `cargo dev up`: who
//! does what, what is asked, what the answer means. Ends with an error as soon as anything is not as it should be.

mod benefits;
pub(crate) mod cases;
pub(crate) mod channels;
mod check_in;
mod claim;
mod dispute;
mod documents;
mod earlier;
mod people;
mod preauthorization;
mod prescription;
pub(crate) mod renewals;
mod report;
mod steps;
mod words;

use anyhow::{Context, bail};
use careway_standalone::seed::{Demo, Inbox};

use self::{claim::Support, people::People, steps::Steps};
use crate::{checkout::Checkout, status};

/// What is walked through beside the visit.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Story {
    /// A household's cards, from the authority's lists to the renewed cover
    Renewals,
    /// A partner's case, from the question to the follow-up, in the portal and by mail
    Cases,
    /// A clinic's appointments in a call centre, from the contract to the first booking and the end
    Channels,
}

/// Walks through the visit, chapter by chapter.
pub(crate) async fn run(checkout: &Checkout) -> anyhow::Result<()> {
    let demo = demo(checkout)?;
    let mut people = People::gather(&demo, Inbox::new(checkout.inbox())).await?;
    let mut steps = Steps::begin(format!("A visit to {}", people.desk.organization));
    let steps = &mut steps;

    people.tell(steps)?;
    let mut patient = check_in::tell(steps, &demo, &people).await?;
    earlier::take_back(steps, &people, &patient).await?;
    let benefits = benefits::tell(steps, &people, &patient).await?;
    let preauthorization = preauthorization::tell(steps, &mut people, &mut patient).await?;
    let document = documents::add(steps, &people, &patient).await?;
    let support = Support { preauthorization: &preauthorization, document: &document };
    let claim = claim::tell(steps, &mut people, &mut patient, support).await?;
    benefits::tell_again(steps, &people, &patient, (&benefits, claim.payer)).await?;
    prescription::tell(steps, &people, &mut patient).await?;
    documents::read(steps, &people, &patient, &document).await?;
    dispute::tell(steps, &people, &patient, &claim).await?;
    steps.end();
    Ok(())
}

fn demo(checkout: &Checkout) -> anyhow::Result<Demo> {
    if status::platform(checkout)?.is_none_or(|running| running.gateway.is_none()) {
        bail!("the platform is not running; start it with `cargo dev up` in another terminal");
    }
    let file = checkout.private_path().join("demo.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).context(".dev/demo.json is damaged; `cargo dev up` writes it again")
}
