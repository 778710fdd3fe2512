//! A closed case takes no more answers; what is asked later is a new case, which is found like every other.

use anyhow::ensure;
use serde_json::{Value, json};

use super::people::{Asked, People};
use crate::demo::{steps::Steps, words::text};

/// The partner closes it; nothing is added to it any more, from the portal or by mail.
pub(super) async fn close(steps: &mut Steps, people: &People, case: &Asked) -> anyhow::Result<()> {
    let (path, requester) = (&case.path, &people.requester.rest);
    steps.step("The partner is content and closes it");
    let closed = steps.post(requester, &format!("{path}/close"), json!({}), 200).await?;
    let may = crate::demo::words::texts(closed.list("case.actions"));
    steps.means(format!("all that is left to do: {may}"));

    steps.step("A late answer: not in the portal, and not by mail");
    let refused =
        steps.post(requester, &format!("{path}/messages"), json!({"body": "One more thing"}), 409).await?;
    steps.means(refused.text("detail"));
    let became = people.deliver(steps, &people.mail(case, "One more thing."), &case.answered_at).await?;
    ensure!(became.text("outcomes.0.reason") == "CASE_CLOSED", "it should be refused: {}", became.body);
    steps.means("the mail is kept, and its sender told once a day how to go on");
    Ok(())
}

/// The closed case is followed up by a new one.
pub(super) async fn follow_up(steps: &mut Steps, people: &People, case: &Asked) -> anyhow::Result<()> {
    let (path, requester) = (&case.path, &people.requester.rest);
    steps.step("The button on top of a closed case: what is submitted there is a new case");
    let more = json!({"description": "The price is wrong again since this morning."});
    let opened = steps.post(requester, &format!("{path}/follow-ups"), more, 201).await?;
    let number = opened.text("case.number");
    ensure!(opened.text("case.followUpOf.number") == case.number, "it should name what it follows: {opened}");
    steps.means(format!("{number} has the topic, the identifiers and the people of {}", case.number));

    steps.step("Its history says who did what, and by which way");
    let history = steps.get(requester, &format!("{path}/history"), 200).await?;
    let row = |it: &Value| [text(&it["change"]), text(&it["channel"]), text(&it["after"])];
    let shown = history.list("changes").iter().filter(|it| it["change"] != "PARTICIPANTS");
    steps.shows(["CHANGE", "BY", "AFTER"], shown.map(row).collect());
    Ok(())
}

/// Number, reference and identifier find it.
pub(super) async fn find(steps: &mut Steps, people: &People, case: &Asked) -> anyhow::Result<()> {
    steps.step("Support finds it by whatever a partner quotes");
    let own = format!("SHO-{}", people.serial);
    for (quoted, count) in [(&case.number, 1), (&case.reference, 1), (&own, 2)] {
        let found = steps.get(&people.agent.rest, &format!("/v1/cases?q={quoted}"), 200).await?;
        let found = found.list("cases");
        ensure!(found.len() == count, "{quoted} finds {} cases", found.len());
        let row = |it: &Value| [text(&it["number"]), text(&it["state"]), text(&it["subject"])];
        steps.shows(["NUMBER", "STATE", "SUBJECT"], found.iter().map(row).collect());
    }
    Ok(())
}
