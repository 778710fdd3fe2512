//! `cargo dev demo`: a patient's visit to a facility, from the desk to a dispute, against the running `cargo dev up`: who
//! does what, what is asked, what the answer means. Ends with an error as soon as anything is not as it should be.

mod benefits;
mod cast;
mod check_in;
mod claim;
mod dispute;
mod documents;
mod earlier;
mod preauthorization;
mod prescription;
mod report;
mod story;
mod words;

use anyhow::{Context, bail};
use careway_standalone::seed::{Demo, Inbox};

use self::{cast::Cast, claim::Support, story::Story};
use crate::{checkout::Checkout, status};

/// Walks through the visit, chapter by chapter.
pub(crate) async fn run(checkout: &Checkout) -> anyhow::Result<()> {
    let demo = demo(checkout)?;
    let mut cast = Cast::gather(&demo, Inbox::new(checkout.inbox())).await?;
    let mut story = Story::begin(format!("A visit to {}", cast.desk.organization));
    let story = &mut story;

    cast.tell(story)?;
    let mut patient = check_in::tell(story, &demo, &cast).await?;
    earlier::take_back(story, &cast, &patient).await?;
    let benefits = benefits::tell(story, &cast, &patient).await?;
    let preauthorization = preauthorization::tell(story, &mut cast, &mut patient).await?;
    let document = documents::add(story, &cast, &patient).await?;
    let support = Support { preauthorization: &preauthorization, document: &document };
    let claim = claim::tell(story, &mut cast, &mut patient, support).await?;
    benefits::tell_again(story, &cast, &patient, (&benefits, claim.payer)).await?;
    prescription::tell(story, &cast, &mut patient).await?;
    documents::read(story, &cast, &patient, &document).await?;
    dispute::tell(story, &cast, &patient, &claim).await?;
    story.end();
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
