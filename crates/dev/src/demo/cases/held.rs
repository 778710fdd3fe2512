//! A mail in the partner's name that its domain disowns waits for a person.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::people::{Asked, People};
use crate::demo::{steps::Steps, words::text};

/// Somebody writes in the partner's name, and support throws it away.
pub(super) async fn spoof(steps: &mut Steps, people: &People, case: &Asked) -> anyhow::Result<()> {
    steps.step("Somebody who saw the number writes in the partner's name");
    let forged = people.mail(case, "Please pay to our new account from today on.").forged();
    let became = people.deliver(steps, &forged, &case.answered_at).await?;
    ensure!(became.text("outcomes.0.outcome") == "HELD", "nobody should believe it: {}", became.body);

    steps.step("Support looks at what is held, and decides");
    let agent = &people.agent.rest;
    let held = steps.get(agent, "/v1/held-mail", 200).await?;
    let row = |it: &Value| [text(&it["reason"]), text(&it["author"]), text(&it["subject"])];
    steps.shows(["WHY", "SAYS TO BE", "SUBJECT"], held.list("heldMail").iter().map(row).collect());
    let id = became.text("outcomes.0.inboundMailId");
    let ours = held.list("heldMail").iter().find(|it| it["inboundMailId"] == id);
    ours.context("a mail that was held is in the list")?;
    steps.post(agent, &format!("/v1/held-mail/{id}/discard"), json!({}), 204).await?;
    steps.means("it is kept, and nobody was written to");
    Ok(())
}
